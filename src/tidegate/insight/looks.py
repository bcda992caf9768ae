"""Who looked at what, and who let whom in: a row for each, found by subject, by person and by time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import AccessEnded, AccessGiven, AccessLoosened, DataConsulted, decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    import apsw

    from tidegate.journal import Entry

_SCHEMA = """
CREATE TABLE looks (
    position INTEGER PRIMARY KEY, moment INTEGER NOT NULL, subject TEXT NOT NULL, page TEXT NOT NULL,
    person TEXT NOT NULL, role TEXT NOT NULL
);
CREATE INDEX looks_moment ON looks (moment, position);
CREATE INDEX looks_subject ON looks (subject, moment, position);
CREATE INDEX looks_person ON looks (person, moment, position);
CREATE TABLE accesses (
    position INTEGER PRIMARY KEY, moment INTEGER NOT NULL, person TEXT NOT NULL, author TEXT NOT NULL,
    what TEXT NOT NULL, role TEXT NOT NULL, office TEXT NOT NULL
);
CREATE INDEX accesses_moment ON accesses (moment, position);
CREATE INDEX accesses_person ON accesses (person, moment, position);
"""
_PERSON = "person:"
_ACCESS = (AccessGiven, AccessEnded, AccessLoosened)


class Look(msgspec.Struct, frozen=True):
    """Somebody looked: at which subject, on which page, in which role; ``moment`` in seconds since 1970."""

    position: int
    moment: int
    subject: str
    page: str
    person: str
    role: str


class Access(msgspec.Struct, frozen=True):
    """Something was done to a person's access, by whom; ``what`` is how, as the acts say it."""

    position: int
    moment: int
    person: str
    author: str
    what: str
    role: str
    office: str


class LooksReader:
    """Folds looks at personal data, and what is done to access, into rows."""

    name = "looks"
    version = 1
    kinds: frozenset[str] | None = frozenset({DataConsulted.KIND, *(one.KIND for one in _ACCESS)})
    schema = _SCHEMA

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the tables."""
        looked, accesses = [], []
        for entry in entries:
            if entry.body is None:
                continue
            act = decode(entry.kind, entry.version, entry.body)
            moment = int(entry.occurred.timestamp())
            author = entry.author.removeprefix(_PERSON)
            if isinstance(act, DataConsulted):
                looked.append((entry.position, moment, act.subject, act.page, author, act.role))
            elif isinstance(act, _ACCESS):
                about = next((key.removeprefix(_PERSON) for key in entry.keys), "")
                accesses.append((entry.position, moment, about, author, *_what(act)))
        tables.executemany("INSERT INTO looks VALUES (?, ?, ?, ?, ?, ?)", looked)
        tables.executemany("INSERT INTO accesses VALUES (?, ?, ?, ?, ?, ?, ?)", accesses)


def looks(
    tables: apsw.Connection,
    *,
    subject: str = "",
    person: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[int, int] | None = None,
    limit: int = 50,
) -> list[Look]:
    """Return who looked at what, the latest first.

    Of one ``subject``, of one ``person``, from ``since`` on and before ``until``; ``before`` is the moment
    and position of the row to go on after.
    """
    where, values = _where(
        (("subject", subject), ("person", person)), since=since, until=until, before=before
    )
    sql = f"SELECT * FROM looks WHERE {where} ORDER BY moment DESC, position DESC LIMIT ?"  # noqa: S608 - names of columns, values are bound
    return [Look(*row) for row in tables.execute(sql, (*values, limit))]


def accesses(
    tables: apsw.Connection,
    *,
    person: str = "",
    before: tuple[int, int] | None = None,
    limit: int = 50,
) -> list[Access]:
    """Return what was done to the access of a person, or of everybody, the latest first."""
    where, values = _where((("person", person),), before=before)
    sql = f"SELECT * FROM accesses WHERE {where} ORDER BY moment DESC, position DESC LIMIT ?"  # noqa: S608 - as above
    return [Access(*row) for row in tables.execute(sql, (*values, limit))]


def _what(act: AccessGiven | AccessEnded | AccessLoosened) -> tuple[str, str, str]:
    if isinstance(act, AccessGiven):
        return act.by, act.role, act.office
    if isinstance(act, AccessEnded):
        return "closed" if act.by == "closed" else "lost", "", ""
    return act.guard, "", ""


def _where(
    named: Iterable[tuple[str, str]],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[int, int] | None = None,
) -> tuple[str, list[object]]:
    terms = list(_terms(named, since, until, before))
    return " AND ".join(["1", *(term for term, _ in terms)]), [value for _, some in terms for value in some]


def _terms(
    named: Iterable[tuple[str, str]],
    since: datetime | None,
    until: datetime | None,
    before: tuple[int, int] | None,
) -> Iterator[tuple[str, tuple[object, ...]]]:
    for name, value in named:
        if value:
            yield f"{name} = ?", (value,)
    if since is not None:
        yield "moment >= ?", (int(since.timestamp()),)
    if until is not None:
        yield "moment < ?", (int(until.timestamp()),)
    if before is not None:
        yield "(moment, position) < (?, ?)", before
