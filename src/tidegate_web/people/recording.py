"""The record of what is done to accounts: acts by pseudonym, beside the accounts themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import AccessEnded, AccessGiven, AccessLoosened
from tidegate.journal import Append, Draft, Key
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of

if TYPE_CHECKING:
    from typing import Literal

    Given = Literal["made", "changed", "reopened", "group", "provider"]

    from tidegate_web.people.models import Person

PROVIDER = Key("sign-in:administration")  # who gives and takes roles by groups
COMMAND = Key("command:people")


def by(person: Person) -> Key:
    """Return who does something to an account."""
    return Key(author_of(person), personal=True)


def note_given(author: Key, about: Person, how: Given) -> None:
    """Note that a person was given access, as what the account says now."""
    _note(author, about, AccessGiven(role=about.role, office=about.office, by=how))


def note_ended(author: Key, about: Person, how: Literal["closed", "group"]) -> None:
    """Note that a person's access ended."""
    _note(author, about, AccessEnded(by=how))


def note_loosened(author: Key, about: Person, guard: Literal["factor", "lock", "password"]) -> None:
    """Note that a guard was taken off a person's account."""
    _note(author, about, AccessLoosened(guard=guard))


def _note(author: Key, about: Person, act: AccessGiven | AccessEnded | AccessLoosened) -> None:
    draft = Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=now(),
        author=author,
        keys=(Key(author_of(about), personal=True),),
        body=act.encode(),
    )
    node().journal.append([Append((draft,))])
