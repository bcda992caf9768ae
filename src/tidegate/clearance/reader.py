"""From acts to the table of consignments: what is asked about is read from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import decode
from tidegate.clearance.life import TRANSITIONS, advance
from tidegate.clearance.shelf import CONSIGNMENTS, Shelf

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.journal import Entry

MRN_KEY = "mrn:"

CONSIGNMENT_KINDS = frozenset(event.partition(" ")[0] for _, event in TRANSITIONS)


class ClearanceReader:
    """Folds acts about consignments, in the order of the journal."""

    name = "clearance"
    version = 2
    kinds: frozenset[str] | None = CONSIGNMENT_KINDS
    schema = CONSIGNMENTS

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the table."""
        shelf = Shelf(tables)
        shelf.fetch(mrn for entry in entries if (mrn := mrn_of(entry)) is not None)
        for entry in entries:
            mrn = mrn_of(entry)
            if mrn is None or entry.body is None:
                continue
            act = decode(entry.kind, entry.version, entry.body)
            shelf.put(advance(shelf.get(mrn), act, entry.position, entry.occurred, entry.attachments))
        shelf.store()


def mrn_of(entry: Entry) -> str | None:
    """Return the movement reference number an entry is about, or None."""
    return next((key.removeprefix(MRN_KEY) for key in entry.keys if key.startswith(MRN_KEY)), None)
