"""Looking at personal data leaves an act: who looked, at what, where, on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import DataConsulted
from tidegate.journal import Append, Draft, Key, KeyIsNew
from tidegate_web.node import node, now

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tidegate_web.people.models import Person


def author_of(person: Person) -> str:
    """Return how the journal names a person: a personal key, which can be erased."""
    return f"person:{person.username}"


def note_consulted(request: HttpRequest, subject: str, page: str) -> None:
    """Note that the person who asks looks at a subject (an MRN, an operator) on a page; once a day each.

    The key of its own keeps such notes out of the story of the consignment itself.
    """
    person, moment = request.user, now()
    once = Key(f"consulted:{subject}:{page}:{moment.date().isoformat()}:{person.username}", personal=True)
    if node().journal.last(once) is not None:
        return  # noted: most looks need not wait for whoever appends
    act = DataConsulted(subject=subject, page=page, role=person.role)
    draft = Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=moment,
        author=Key(author_of(person), personal=True),
        keys=(once, Key(f"consulted:{subject}")),
        body=act.encode(),
    )
    node().journal.append([Append((draft,), (KeyIsNew(once),))])
