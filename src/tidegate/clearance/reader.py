"""From acts to the table of consignments: what is asked about is read from there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import CATALOGUE, Act, decode
from tidegate.clearance.life import TRANSITIONS, advance
from tidegate.clearance.shelf import CONSIGNMENTS, Shelf
from tidegate.clearance.work import WORK, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.journal import Entry

MRN_KEY = "mrn:"

CONSIGNMENT_KINDS = frozenset(event.partition(" ")[0] for _, event in TRANSITIONS)


class ClearanceReader:
    """Folds acts about consignments, in the order of the journal."""

    name = "clearance"
    version = 5
    kinds: frozenset[str] | None = CONSIGNMENT_KINDS
    schema = CONSIGNMENTS + WORK

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the table."""
        mrns = [mrn for entry in entries if (mrn := mrn_of(entry)) is not None]
        shelf, work = Shelf(tables), Work(tables, mrns)
        shelf.fetch(mrns)
        for entry in entries:
            mrn, act = mrn_of(entry), act_of(entry)
            if mrn is None or act is None:
                continue
            consignment = advance(shelf.get(mrn), act, entry.position, entry.occurred, entry.attachments)
            shelf.put(consignment)
            work.note(consignment, act, entry)
        shelf.store()
        work.store()


def mrn_of(entry: Entry) -> str | None:
    """Return the movement reference number an entry is about, or None."""
    return next((key.removeprefix(MRN_KEY) for key in entry.keys if key.startswith(MRN_KEY)), None)


def act_of(entry: Entry) -> Act | None:
    """Return the act of an entry; where its body was erased, what its envelope still tells of it, or None."""
    if entry.body is not None:
        return decode(entry.kind, entry.version, entry.body)
    mrn = mrn_of(entry)
    if mrn is None or not told_by_envelope(entry.kind, entry.version):
        return None
    return msgspec.convert({"mrn": mrn}, CATALOGUE[entry.kind, entry.version])


@cache
def told_by_envelope(kind: str, version: int) -> bool:
    """Tell whether an act needs nothing but its kind, its time and its consignment: that goods arrived, say.

    Such an act still counts once its body is erased, so that what one erases of oneself changes nothing for
    whose goods they were.
    """
    act = CATALOGUE.get((kind, version))
    return act is not None and [one.name for one in msgspec.structs.fields(act) if one.required] == ["mrn"]
