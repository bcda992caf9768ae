"""What customs answers to low-value consignments: a decision on every row, and their release."""

from __future__ import annotations

from decimal import Decimal
from hashlib import shake_256
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    Act,
    ChannelAssigned,
    ConsignmentControlled,
    ConsignmentsDecided,
    ConsignmentsLodged,
    ConsignmentsPaid,
    TaxTotal,
    decode,
)
from tidegate.clearance.bulk.channels import assign_channels
from tidegate.clearance.bulk.deciding import decide_rows
from tidegate.clearance.bulk.model import UPLOAD_KEY, as_journalled, decided_rows, lodged_rows, lodgement_of
from tidegate.clearance.bulk.references import REFERENCES, References
from tidegate.clearance.bulk.waiting import WAITING, Waitings
from tidegate.clearance.loads import LOADS, load_days, store_loads
from tidegate.clearance.targeting import TARGETING_TABLES, Targeting, fold_standing
from tidegate.journal import Append, AttachmentErasedError, Cause, Draft, Key, attach_batches
from tidegate.risk.standing import TARGETING_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import apsw
    import polars as pl

    from tidegate.clearance.bulk.deciding import BulkTerms, DecidedRows
    from tidegate.declarations.reduced import Lodgement
    from tidegate.journal import Entry, Rows, SqliteJournal
    from tidegate.risk import Loads

_Answer = tuple[Act, "Rows | None"]


class BulkResponder:
    """Decides on the rows that were lodged, part by part, and releases what waits for nothing more.

    Like the responder of declarations it knows what it knows as of its own position: the profiles are those
    that stand there. Only accepted rows take their reference: what was rejected may be put right and lodged
    again under the same one.
    """

    name = "bulk"
    version = 1
    kinds = TARGETING_KINDS | {
        ChannelAssigned.KIND,
        ConsignmentControlled.KIND,
        ConsignmentsLodged.KIND,
        ConsignmentsPaid.KIND,
    }
    schema = REFERENCES + LOADS + WAITING + TARGETING_TABLES

    def __init__(self, terms: BulkTerms, key: bytes, journal: SqliteJournal) -> None:
        """Take the terms and the node's key; of the journal, only its attachments are used."""
        self._terms = terms
        self._key = key
        self._journal = journal
        self._author = Key(f"responder:{self.name}")
        self._targeting = Targeting(terms.terms, journal)

    def absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold entries without answering them; the decisions among them say what was accepted and waits."""
        loads, waitings = load_days(tables, {entry.occurred.date() for entry in entries}), Waitings(tables)
        for entry in entries:
            if entry.kind in TARGETING_KINDS:
                fold_standing(entry, tables)
                continue
            match _act(entry):
                case ConsignmentsDecided() as decided:
                    self._absorb_decided(entry, decided, loads, tables)
                case ChannelAssigned() as assigned:
                    _count(assigned, entry, loads)
                case ConsignmentsPaid() as paid:
                    waitings.pay(paid.upload)
                case ConsignmentControlled() as controlled:
                    waitings.control(controlled)
        store_loads(loads, tables)

    def respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> Sequence[Append]:
        """Answer a batch of entries, and fold both them and the answers."""
        loads, waitings = load_days(tables, {entry.occurred.date() for entry in entries}), Waitings(tables)
        answers: list[Append] = []
        for entry in entries:
            if entry.kind in TARGETING_KINDS:
                fold_standing(entry, tables)
                continue
            made: list[_Answer] = []
            match _act(entry):
                case ConsignmentsLodged() as lodged:
                    made = self._decided(entry, lodged, loads, tables)
                case ChannelAssigned() as assigned:
                    _count(assigned, entry, loads)
                case ConsignmentsPaid() as paid:
                    made = [(act, None) for act in waitings.pay(paid.upload)]
                case ConsignmentControlled() as controlled:
                    made = [(act, None) for act in waitings.control(controlled)]
            if made:
                answers.append(self._append(entry, made))
        store_loads(loads, tables)
        return answers

    def _decided(
        self, entry: Entry, act: ConsignmentsLodged, loads: Loads, tables: apsw.Connection
    ) -> list[_Answer]:
        lodgement, references = lodgement_of(act, entry.occurred), References(tables, self._key)
        try:
            rows = lodged_rows(self._journal, entry.position)
        except AttachmentErasedError:
            return []
        plain = self._terms.terms
        standing = msgspec.structs.replace(plain, profiles=self._targeting.stands(tables).profiles)
        decided = decide_rows(
            rows.drop("place"),
            lodgement,
            msgspec.structs.replace(self._terms, terms=standing),
            lambda asked: references.earlier(lodgement, asked),
        )
        channels = assign_channels(
            decided.rows, lodgement, policy=self._terms.policy, key=self._key, loads=loads
        )
        whole = as_journalled(rows["place"], decided.rows, channels, plain.tariff.minor_digits)
        batch = attach_batches(
            self._journal, whole, size=max(1, whole.height), entropy=_salts(self._key, entry.position)
        )
        references.add(lodgement, entry.position, _accepted(whole))
        released = Waitings(tables).add(act.upload, entry.position, whole)
        said = self._told(act, entry, decided, channels)
        return [(said, batch[0] if batch else None), *((one, None) for one in released)]

    def _told(
        self, act: ConsignmentsLodged, entry: Entry, decided: DecidedRows, channels: pl.DataFrame
    ) -> ConsignmentsDecided:
        rows, unit = decided.rows, Decimal(1).scaleb(-self._terms.terms.tariff.minor_digits)
        accepted = int(rows["accepted"].sum())
        counted = channels["channel"].drop_nulls().value_counts().sort("channel")
        return ConsignmentsDecided(
            upload=act.upload,
            lodged=entry.position,
            rows=rows.height,
            accepted=accepted,
            rejected=rows.height - accepted,
            channels=dict(counted.iter_rows()),
            taxes=tuple(
                TaxTotal(of, amount * unit, payable * unit)
                for of, amount, payable in decided.totals.iter_rows()
            ),
            due=int(rows["due"].sum()) * unit,
            due_now=int(rows["due_now"].sum()) * unit,
            currency=self._terms.terms.tariff.currency,
            findings=decided.findings,
        )

    def _absorb_decided(
        self, entry: Entry, act: ConsignmentsDecided, loads: Loads, tables: apsw.Connection
    ) -> None:
        lodged = self._journal.read(act.lodged, 1)[0]
        of = _act(lodged)
        if not isinstance(of, ConsignmentsLodged) or entry.rows is None:
            return
        try:
            rows = decided_rows(self._journal, entry.position)
        except AttachmentErasedError:
            return
        lodgement: Lodgement = lodgement_of(of, lodged.occurred)
        References(tables, self._key).add(lodgement, act.lodged, _accepted(rows))
        Waitings(tables).add(act.upload, act.lodged, rows)
        for channel in rows["channel"].drop_nulls().to_list():
            if channel in ("red", "yellow"):
                loads.add(lodgement.office, lodgement.occurred.date(), channel)

    def _append(self, entry: Entry, made: list[_Answer]) -> Append:
        drafts = []
        for n, (act, rows) in enumerate(made):
            upload: str = act.upload  # type: ignore[attr-defined]  # all of these acts are about an upload
            drafts.append(
                Draft(
                    kind=act.KIND,
                    version=act.VERSION,
                    occurred=entry.occurred,
                    author=self._author,
                    keys=(Key(UPLOAD_KEY + upload),),
                    body=act.encode(),
                    cause=Cause(self.name, entry.position, upload, n),
                    rows=rows,
                )
            )
        return Append(tuple(drafts))


def _act(entry: Entry) -> Act | None:
    return decode(entry.kind, entry.version, entry.body) if entry.body is not None else None


def _accepted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter("accepted").select("row", "lrn")


def _count(assigned: ChannelAssigned, entry: Entry, loads: Loads) -> None:
    """Count a control of a declaration: an office has one capacity for all that it looks at."""
    if assigned.channel in ("red", "yellow"):
        loads.add(assigned.office, entry.occurred.date(), assigned.channel)


def _salts(key: bytes, position: int) -> Callable[[int], bytes]:
    """Return salts that only the node can make, the same whenever the answer is computed again."""
    return lambda octets: shake_256(key + b"salts of decisions" + position.to_bytes(8)).digest(octets)
