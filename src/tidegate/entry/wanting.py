"""What wants something of an officer before arrival, kept while acts are folded.

Only what wants something has a line. So the list and its counts stay quick beside any number of entries.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec

from tidegate.acts import ConveyanceArrived, GoodsUnannounced
from tidegate.entry.model import Announcement
from tidegate.entry.queries import goods_end, loose_end
from tidegate.entry.register import Register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import apsw

    from tidegate.acts import Act

Want = Literal["loading", "control", "loose"]

WANTING = """
CREATE TABLE wanting (
    subject TEXT NOT NULL, conveyance TEXT NOT NULL, office TEXT NOT NULL, want TEXT NOT NULL,
    lodged INTEGER NOT NULL, PRIMARY KEY (subject, conveyance)
) WITHOUT ROWID;
CREATE INDEX wanting_anywhere ON wanting (want, lodged, subject, conveyance);
CREATE INDEX wanting_at_office ON wanting (office, want, lodged, subject, conveyance);
"""

WANTS: tuple[Want, ...] = get_args(Want)
# Reasons that time alone does not settle; what is on its way or not answered yet wants nothing of an officer.
_LOOSE = frozenset({"missed", "elsewhere", "undeclared"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNANNOUNCED = 0  # goods that nobody announced were lodged by nobody: they stand at the end


class Place(msgspec.Struct, frozen=True, order=True):
    """Where a line stands in the list: lodged when (microseconds since 1970, UTC), about what."""

    lodged: int
    subject: str
    conveyance: str


class Wanting(msgspec.Struct, frozen=True):
    """One line of the list: what is wanted of an entry, or of goods that none names; why, if it is loose."""

    want: Want
    place: Place
    text: str
    entry: Announcement | None = None


def want_of(entry: Announcement, arrivals: Mapping[str, datetime]) -> Want | None:
    """Return what an entry wants: that goods are not loaded, a control, something to meet, or nothing.

    ``arrivals`` are those of its conveyance, by office.
    """
    if entry.state == "arrived":
        return "control"
    if entry.ahead and entry.decision == "do not load":
        return "loading"
    if entry.ahead and entry.decision == "control at arrival":
        return "control"
    loose = not entry.declarations and loose_end(entry, arrivals).reason in _LOOSE
    return "loose" if loose else None


class Wanted:
    """What a batch of acts may have changed in the list."""

    def __init__(self, register: Register, tables: apsw.Connection) -> None:
        self._register = register
        self._tables = tables
        self._entries: set[str] = set()
        self._arrived: set[str] = set()
        self._goods: dict[tuple[str, str], str] = {}

    def note(self, act: Act) -> None:
        """Note what an act is about."""
        if isinstance(act, GoodsUnannounced):
            self._goods[act.reference, act.conveyance] = act.office
        elif isinstance(act, ConveyanceArrived):
            self._arrived.add(act.conveyance)
        elif isinstance(mrn := getattr(act, "mrn", None), str):
            self._entries.add(mrn)

    def store(self) -> None:
        """Write the lines anew, inside the transaction that is open; the register has folded the acts."""
        for conveyance in self._arrived:
            self._entries.update(one.mrn for one in self._register.on_board(conveyance))
        journeys: dict[str, Mapping[str, datetime]] = {}
        done: list[tuple[str]] = []
        lines = [
            (reference, conveyance, office, "loose", _UNANNOUNCED)
            for (reference, conveyance), office in sorted(self._goods.items())
        ]
        for mrn in sorted(self._entries):
            entry = self._register.entry(mrn)
            if entry is None:
                continue
            if entry.conveyance not in journeys:
                journeys[entry.conveyance] = _arrivals(self._register, entry.conveyance)
            want = want_of(entry, journeys[entry.conveyance])
            if want is None:
                done.append((mrn,))
            else:
                lines.append((mrn, "", entry.office, want, _microseconds(entry.lodged)))
        self._tables.executemany("DELETE FROM wanting WHERE subject = ? AND conveyance = ''", done)
        self._tables.executemany("INSERT OR REPLACE INTO wanting VALUES (?, ?, ?, ?, ?)", lines)


def wanting(
    tables: apsw.Connection,
    *,
    office: str = "",
    want: str = "",
    after: Place | None = None,
    limit: int = 50,
) -> list[Wanting]:
    """Return what wants something of an officer, the entries lodged last first, goods without one at the end.

    Empty filters let everything through; ``after`` is the place of the last line seen.
    """
    runs = [_run(tables, office, one, after, limit) for one in WANTS if want in ("", one)]
    register = Register(tables)
    found = []
    for place, what in merge(*runs, reverse=True):
        found.append(_told(register, place, what))
        if len(found) == limit:
            break
    return found


def wanting_counts(tables: apsw.Connection, *, office: str = "") -> dict[Want, int]:
    """Return how many lines each want has, at an office or everywhere."""
    where, values = ("WHERE office = ?", (office,)) if office else ("", ())
    rows = tables.execute(f"SELECT want, count(*) FROM wanting {where} GROUP BY want", values)  # noqa: S608 - words of our own
    found = dict(rows)
    return {one: found.get(one, 0) for one in WANTS}


def _run(
    tables: apsw.Connection, office: str, want: Want, after: Place | None, limit: int
) -> Iterator[tuple[Place, Want]]:
    where = "want = ?"
    values: list[str | int] = [want]
    if office:
        where += " AND office = ?"
        values.append(office)
    if after is not None:
        where += " AND (lodged, subject, conveyance) < (?, ?, ?)"
        values += [after.lodged, after.subject, after.conveyance]
    rows: Iterable[Any] = tables.execute(
        f"SELECT lodged, subject, conveyance FROM wanting WHERE {where} "  # noqa: S608 - names of our own
        "ORDER BY lodged DESC, subject DESC, conveyance DESC LIMIT ?",
        (*values, limit),
    )
    for lodged, subject, conveyance in rows:
        yield Place(lodged, subject, conveyance), want


def _told(register: Register, place: Place, want: Want) -> Wanting:
    if place.conveyance:
        office = register.unannounced_at(place.conveyance, place.subject)
        return Wanting(want, place, goods_end(place.conveyance, place.subject, office).text)
    entry = register.entry(place.subject)
    text = ""
    if want == "loose" and entry is not None:
        text = loose_end(entry, _arrivals(register, entry.conveyance)).text
    return Wanting(want, place, text, entry)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _arrivals(register: Register, conveyance: str) -> Mapping[str, datetime]:
    journey = register.journey(conveyance)
    return journey.arrivals if journey is not None else {}
