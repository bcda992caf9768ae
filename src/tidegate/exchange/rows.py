"""From acts to rows: what agreements are evaluated over, one row an act and goods item.

What was declared is read from the version of the declaration that was in force when the act was recorded. A
row is a function of the journal up to the position of its act.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from tidegate.acts import (
    ChannelAssigned,
    ControlRecorded,
    DeclarationAmended,
    DeclarationAssessed,
    DeclarationLodged,
    GoodsArrived,
    GoodsExited,
    decode,
)
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.declarations.messages import read_message
from tidegate.declarations.wire.xml import XmlLimits
from tidegate.exchange.evaluation import ROW_SCHEMA
from tidegate.exchange.terms import FIELDS, SHAREABLE, STAGES
from tidegate.journal import AttachmentErasedError, Entry, Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tidegate.acts import Act
    from tidegate.journal import Journal

MRN_KEY = "mrn:"
_HELD = 4_096  # declarations kept as read; a declaration is shared at several steps of its life
_NO_LIMITS = XmlLimits(2**40, 10_000)  # what was taken at the door is read again whatever the door's limits
_MONEY = FIELDS["due"].scale
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # rows take the moment of their act, not one from the frame


class Declared(msgspec.Struct, frozen=True):
    """What a version of a declaration states, as goods-item columns; no items where it was erased."""

    ucr: str | None
    items: tuple[dict[str, Any], ...]


class Rows:
    """Makes rows of entries; declarations once read are kept at hand."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._read: OrderedDict[str, Declared] = OrderedDict()

    def frame(self, entries: Iterable[Entry]) -> pl.DataFrame:
        """Return the rows of the shareable acts among entries, with ROW_SCHEMA, in order of position."""
        rows = [row for entry in entries if entry.kind in SHAREABLE for row in self.rows(entry)]
        return pl.DataFrame(rows, schema=ROW_SCHEMA, orient="row")

    def rows(self, entry: Entry) -> list[dict[str, Any]]:
        """Return the rows of one act; none where it was erased or is about no declaration."""
        mrn = mrn_of(entry)
        if mrn is None or entry.body is None:
            return []
        act = decode(entry.kind, entry.version, entry.body)
        if isinstance(act, DeclarationLodged):
            return self._rows(entry, act, _State(act, entry, _first(entry), STAGES[entry.kind]))
        state = self._state(mrn, entry.position)
        return [] if state is None else self._rows(entry, act, state)

    def standing_rows(self, mrn: str, until: int) -> list[dict[str, Any]]:
        """Return the rows of a declaration as it stood at a position, as if it were lodged so."""
        state = self._state(mrn, until)
        return [] if state is None else self._rows(state.entry, state.lodged, state)

    def _rows(self, entry: Entry, act: Act, state: _State) -> list[dict[str, Any]]:
        declared = self.declared(state.version) if state.version else Declared(None, ())
        shared = {
            "position": entry.position,
            "kind": entry.kind,
            "subject": state.lodged.mrn,
            "recorded": entry.recorded,
            "mrn": state.lodged.mrn,
            "ucr": declared.ucr,
            "direction": state.lodged.direction,
            "stage": state.stage,
            "occurred": entry.occurred,
            **_particular(act),
        }
        return [
            {name: shared.get(name, item.get(name)) for name in ROW_SCHEMA}
            for item in declared.items or ({},)
        ]

    def declared(self, digest: str) -> Declared:
        """Return what an attachment with a declaration states."""
        if digest in self._read:
            self._read.move_to_end(digest)
            return self._read[digest]
        found = self._declared(digest)
        self._read[digest] = found
        if len(self._read) > _HELD:
            self._read.popitem(last=False)
        return found

    def _declared(self, digest: str) -> Declared:
        try:
            data = self._journal.attachment(digest)
        except AttachmentErasedError:
            return Declared(None, ())
        declaration = read_message(data, _NO_LIMITS).declaration
        if declaration is None:
            return Declared(None, ())
        shipment = declaration.goods_shipment
        ucr = shipment.ucr.trader_assigned_reference_id if shipment and shipment.ucr else None
        frame = goods_item_frame([Lodged("", _EPOCH, declaration)])
        return Declared(ucr, tuple(frame.iter_rows(named=True)))

    def _state(self, mrn: str, until: int) -> _State | None:
        """Return what is known of a declaration at a position; None where its lodging was erased."""
        state: _State | None = None
        for one in history_of(self._journal, mrn, until):
            if one.kind == DeclarationLodged.KIND and one.body is not None:
                act = decode(one.kind, one.version, one.body)
                assert isinstance(act, DeclarationLodged)
                state = _State(act, one, _first(one), STAGES[one.kind])
            elif state is not None:
                state.stage = STAGES.get(one.kind, state.stage)
                if one.kind == DeclarationAmended.KIND:
                    state.version = _first(one)
        return state


class _State(msgspec.Struct):
    """A declaration at a position: its lodging, the attachment with the version in force, its stage."""

    lodged: DeclarationLodged
    entry: Entry
    version: str
    stage: str


def _first(entry: Entry) -> str:
    return entry.attachments[0] if entry.attachments else ""


def history_of(journal: Journal, mrn: str, until: int) -> Sequence[Entry]:
    """Return the entries about a declaration up to and with a position."""
    found: list[Entry] = []
    start = 0
    while True:
        part = journal.about(Key(MRN_KEY + mrn), start)
        found += (one for one in part if one.position <= until)
        if not part or part[-1].position >= until:
            return found
        start = part[-1].position + 1


def mrn_of(entry: Entry) -> str | None:
    """Return the declaration that an entry is about, or None."""
    return next((key.removeprefix(MRN_KEY) for key in entry.keys if key.startswith(MRN_KEY)), None)


def _particular(act: Act) -> dict[str, Any]:
    """Return what only acts of this kind say."""
    if isinstance(act, ChannelAssigned):
        return {"channel": act.channel}
    if isinstance(act, ControlRecorded):
        return {"outcome": act.outcome, "found": act.found}
    if isinstance(act, GoodsArrived | GoodsExited):
        return {"place": act.place or None}
    if isinstance(act, DeclarationAssessed):
        return {"due": int(act.due * _MONEY), "due_currency": act.currency}
    return {}
