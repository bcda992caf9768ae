"""What the words of a test environment make happen, at acceptance and when an amendment brings new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import Act, DocumentsRequested, QueryRaised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.clearance.practice import Word


def triggered(mrn: str, words: Sequence[Word]) -> list[Act]:
    """Return the requests for documents and the questions that words stand for, in their order."""
    acts: list[Act] = []
    for word in words:
        grounds = f"The goods are described with the word {word.text}."
        if word.documents:
            blocking = word.documents == "blocking"
            acts.append(DocumentsRequested(mrn=mrn, blocking=blocking, grounds=grounds))
        if word.query:
            acts.append(QueryRaised(mrn=mrn, authority=word.query, text=grounds))
    return acts
