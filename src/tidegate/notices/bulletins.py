"""Bulletins: what customs makes known to everybody, read from its acts; few, so no table is kept."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import BulletinPublished, BulletinWithdrawn, decode
from tidegate.journal import Append, Conflict, Draft, Key, KeyIsNew, KeyLastAt
from tidegate.notices.refusals import BadWordsError, OvertakenNoticeError, UnknownBulletinError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.journal import Entry, Journal

ALL_BULLETINS = Key("bulletins")
LONGEST_TITLE, LONGEST_WORDS = 140, 8_000
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LONGEST_NAME = 60
_READ_AT_ONCE = 1_000


class Bulletin(msgspec.Struct, frozen=True):
    """Something made known: when first, when last, and until which day it holds (None: until withdrawn)."""

    name: str
    title: str
    words: str
    published: datetime
    changed: datetime
    position: int
    until: date | None = None
    withdrawn: str = ""

    def holds(self, day: date) -> bool:
        """Tell whether it is to be shown on a day."""
        return not self.withdrawn and (self.until is None or day <= self.until)


def publish_bulletin(
    journal: Journal,
    occurred: datetime,
    author: Key,
    *,
    name: str,
    title: str,
    words: str,
    until: date | None = None,
    new: bool = False,
    seen: int | None = None,
) -> int:
    """Make something known under a name, or put other words in its place; returns the position.

    ``seen`` is the position of the words that are to be replaced, where it is to be those and no others.

    Raises:
        BadWordsError: the name, the title or the words have not the form they need, or the name is taken.
        OvertakenNoticeError: somebody published under this name in the meantime.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        text = f"A name has up to {_LONGEST_NAME} small letters and digits, with single hyphens in between."
        raise BadWordsError(text, "name")
    for field, said, most in (("title", title, LONGEST_TITLE), ("words", words, LONGEST_WORDS)):
        if not said.strip() or len(said) > most:
            raise BadWordsError(f"Say it in 1 to {most} characters, not {len(said)}.", field)
    known = bulletin_named(journal, name)
    if new and known is not None:
        raise BadWordsError(f"There is a bulletin {name!r} already. Choose another name.", "name")
    if seen is not None and known is not None and known.position != seen:
        raise OvertakenNoticeError(f"It was changed meanwhile, at position {known.position}.")
    act = BulletinPublished(bulletin=name, title=title.strip(), words=words.strip(), until=until)
    return _append(journal, act, occurred, author, known)


def withdraw_bulletin(journal: Journal, occurred: datetime, author: Key, *, name: str, reason: str) -> int:
    """Withdraw a bulletin, and say why; returns the position.

    Raises:
        UnknownBulletinError: there is none of this name that stands.
        BadWordsError: no reason is given, or a long one.
    """
    known = bulletin_named(journal, name)
    if known is None or known.withdrawn:
        raise UnknownBulletinError(f"There is no bulletin {name[:_LONGEST_NAME]!r} to withdraw.", "name")
    if not reason.strip() or len(reason) > LONGEST_WORDS:
        raise BadWordsError("Say why it is withdrawn.", "reason")
    return _append(journal, BulletinWithdrawn(bulletin=name, reason=reason.strip()), occurred, author, known)


def bulletins(journal: Journal, day: date | None = None) -> list[Bulletin]:
    """Return what is made known, the latest first; with a day, only what is to be shown on it."""
    found: dict[str, Bulletin] = {}
    for entry in _entries(journal, ALL_BULLETINS):
        _fold(found, entry)
    shown = [one for one in found.values() if day is None or one.holds(day)]
    return sorted(shown, key=lambda one: -one.position)


def bulletin_named(journal: Journal, name: str) -> Bulletin | None:
    """Return a bulletin by its name, or None."""
    found: dict[str, Bulletin] = {}
    for entry in _entries(journal, _key(name)):
        _fold(found, entry)
    return found.get(name)


def _fold(found: dict[str, Bulletin], entry: Entry) -> None:
    if entry.body is None:
        return
    act = decode(entry.kind, entry.version, entry.body)
    if isinstance(act, BulletinPublished):
        before = found.get(act.bulletin)
        first = before.published if before is not None else entry.occurred
        found[act.bulletin] = Bulletin(
            act.bulletin, act.title, act.words, first, entry.occurred, entry.position, act.until
        )
    elif isinstance(act, BulletinWithdrawn) and act.bulletin in found:
        changes = {"withdrawn": act.reason, "changed": entry.occurred, "position": entry.position}
        found[act.bulletin] = msgspec.structs.replace(found[act.bulletin], **changes)


def _append(
    journal: Journal,
    act: BulletinPublished | BulletinWithdrawn,
    occurred: datetime,
    author: Key,
    known: Bulletin | None,
) -> int:
    key = _key(act.bulletin)
    draft = Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred,
        author=author,
        keys=(key, ALL_BULLETINS),
        body=act.encode(),
    )
    condition = KeyIsNew(key) if known is None else KeyLastAt(key, known.position)
    answer = journal.append([Append((draft,), (condition,))])[0]
    if isinstance(answer, Conflict):
        raise OvertakenNoticeError("Somebody else was first. Look again.", "name")
    return answer.positions[0]


def _key(name: str) -> Key:
    return Key(f"bulletin:{name[:_LONGEST_NAME]}")


def _entries(journal: Journal, key: Key) -> Iterator[Entry]:
    start = 0
    while True:
        found = journal.about(key, start, _READ_AT_ONCE)
        yield from found
        if len(found) < _READ_AT_ONCE:
            return
        start = found[-1].position + 1
