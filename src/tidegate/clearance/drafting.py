"""How acts of people and messages become drafts for the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.clearance.bounds import referable
from tidegate.clearance.refusals import OvertakenError
from tidegate.journal import Conflict, Draft, Key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tidegate.acts import Act
    from tidegate.journal import Appended


def draft(
    act: Act, occurred: datetime, author: Key, keys: Sequence[Key], attachments: tuple[str, ...] = ()
) -> Draft:
    """Return an act as the journal takes it."""
    return Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred,
        author=author,
        keys=tuple(keys),
        body=act.encode(),
        attachments=attachments,
    )


def author_key(name: str) -> Key:
    """Return the key of who acts; it stands for a person or firm, so that it can be erased."""
    return Key(referable(name), personal=True)


def position_of(answer: Appended | Conflict) -> int:
    """Return the position of the one act appended.

    Raises:
        OvertakenError: somebody else acted first.
    """
    if isinstance(answer, Conflict):
        text = f"Somebody else acted first, at position {answer.position}. Look again and decide anew."
        raise OvertakenError(text, position=answer.position)
    return answer.positions[0]
