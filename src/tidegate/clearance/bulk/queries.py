"""What may be asked about uploads: how far one is, what became of it, and what is known of one row."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.acts import ConsignmentsDecided, TaxTotal
from tidegate.clearance.bulk.model import DECIDED_COLUMNS, decided_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw

    from tidegate.journal import SqliteJournal

_DECODER = msgspec.json.Decoder(ConsignmentsDecided)


class UploadStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How far an upload is and what became of its rows; money in the unit of the currency.

    ``ended`` says that its last part is in the journal, ``decided`` how many of its rows are decided on.
    ``due_now`` is to be paid before rows are released that wait for payment.
    """

    upload: str
    declarant: str
    rows: int
    ended: bool
    decided: int
    accepted: int
    rejected: int
    released: int
    paid: bool
    channels: dict[str, int]
    findings: dict[str, int]
    taxes: tuple[TaxTotal, ...]
    due: Decimal
    due_now: Decimal
    currency: str


class Part(msgspec.Struct, frozen=True):
    """A part of an upload: where it was lodged and decided on (None until then); its first row and rows."""

    lodged: int
    decided: int | None
    first: int
    rows: int


class RowState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one row: its reference POSITION#PLACE, the decision, and whether it is released."""

    reference: str
    upload: str
    decision: dict[str, object]
    released: bool
    control: str | None = None


def upload_status(tables: apsw.Connection, upload: str) -> UploadStatus | None:
    """Return how far an upload is, or None where nothing of it was lodged."""
    found = list(
        tables.execute(
            "SELECT declarant, rows, last, told FROM parts WHERE upload = ? ORDER BY first", (upload,)
        )
    )
    if not found:
        return None
    decisions = [_DECODER.decode(told) for *_, told in found if told]
    channels, findings = Counter[str](), Counter[str]()
    taxes: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for decided in decisions:
        channels.update(decided.channels)
        findings.update(decided.findings)
        for total in decided.taxes:
            taxes[total.type][0] += total.amount
            taxes[total.type][1] += total.payable
    released = tables.execute("SELECT coalesce(sum(rows), 0) FROM releases WHERE upload = ?", (upload,)).get
    paid = tables.execute("SELECT count(*) FROM payments WHERE upload = ?", (upload,)).get
    return UploadStatus(
        upload=upload,
        declarant=found[0][0],
        rows=sum(rows for _, rows, _, _ in found),
        ended=any(last for _, _, last, _ in found),
        decided=sum(one.rows for one in decisions),
        accepted=sum(one.accepted for one in decisions),
        rejected=sum(one.rejected for one in decisions),
        released=int(released),
        paid=bool(paid),
        channels=dict(sorted(channels.items())),
        findings=dict(sorted(findings.items())),
        taxes=tuple(TaxTotal(of, *sums) for of, sums in sorted(taxes.items())),
        due=sum((one.due for one in decisions), Decimal(0)),
        due_now=sum((one.due_now for one in decisions), Decimal(0)),
        currency=decisions[0].currency if decisions else "",
    )


def uploads_of(tables: apsw.Connection, declarant: str, limit: int = 100) -> list[str]:
    """Return the uploads of a declarant, the newest first."""
    rows = tables.execute(
        "SELECT upload FROM parts WHERE declarant = ? GROUP BY upload ORDER BY min(lodged) DESC LIMIT ?",
        (declarant, limit),
    )
    return [upload for (upload,) in rows]


def parts_of(tables: apsw.Connection, upload: str) -> list[Part]:
    """Return the parts of an upload in the order of their rows."""
    rows = tables.execute(
        "SELECT lodged, decided, first, rows FROM parts WHERE upload = ? ORDER BY first", (upload,)
    )
    return [Part(*row) for row in rows]


def decisions_of(
    tables: apsw.Connection, journal: SqliteJournal, upload: str, first: int = 1, last: int | None = None
) -> Iterator[tuple[Part, pl.DataFrame]]:
    """Yield the decisions on the rows of an upload from ``first`` to ``last``, part by part."""
    for part in parts_of(tables, upload):
        beyond = last is not None and part.first > last
        if part.decided is None or part.first + part.rows <= first or beyond:
            continue
        rows = decided_rows(journal, part.decided)
        within = pl.col("row") >= first
        yield part, rows.filter(within if last is None else within & (pl.col("row") <= last))


def findings_of_rows(
    tables: apsw.Connection, journal: SqliteJournal, upload: str, *, after: int = 0, limit: int = 100
) -> list[dict[str, object]]:
    """Return rows with findings, from the row behind ``after`` on: row, lrn, accepted, findings."""
    told: list[dict[str, object]] = []
    for _, rows in decisions_of(tables, journal, upload, after + 1):
        found = rows.filter(pl.col("findings").list.len() > 0).head(limit - len(told))
        told += found.select("row", "lrn", "accepted", "findings").to_dicts()
        if len(told) >= limit:
            break
    return told


def row_state(tables: apsw.Connection, journal: SqliteJournal, lodged: int, place: int) -> RowState | None:
    """Return what is known of the row POSITION#PLACE, or None where there is none or it is not decided on."""
    part = tables.execute("SELECT upload, decided FROM parts WHERE lodged = ?", (lodged,)).get
    if part is None or part[1] is None:
        return None
    upload, decided = part
    rows = decided_rows(journal, decided).filter(pl.col("place") == place)
    if rows.is_empty():
        return None
    decision = rows.select(DECIDED_COLUMNS.keys()).row(0, named=True)
    control = tables.execute(
        "SELECT outcome FROM controls WHERE lodged = ? AND place = ?", (lodged, place)
    ).get
    return RowState(
        reference=f"{lodged}#{place}",
        upload=upload,
        decision=decision,
        released=_is_released(tables, lodged, place, decision["waits"]),
        control=control,
    )


def _is_released(tables: apsw.Connection, lodged: int, place: int, waits: str | None) -> bool:
    if waits is None:
        return False
    if waits == "control":
        asked = "SELECT count(*) FROM released_places WHERE lodged = ? AND place = ?"
        return bool(tables.execute(asked, (lodged, place)).get)
    asked = "SELECT count(*) FROM releases WHERE lodged = ? AND waited_for = ?"
    return bool(tables.execute(asked, (lodged, waits)).get)
