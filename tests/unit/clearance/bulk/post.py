"""A post that takes uploads: a journal, responder and reader of low-value consignments, rows to send."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import polars as pl

from tidegate.clearance.bulk import BulkReader, BulkResponder, BulkTerms, decided_rows, lodge_part, parts_of
from tidegate.declarations.reduced import REDUCED_COLUMNS, ROW_COLUMNS, Lodgement
from tidegate.journal import answer, create_journal, follow, tables
from tidegate.node.administration import load_administration
from tidegate.node.bulk_terms import load_bulk_terms
from tidegate.simulation.parcels import parcels

KEY = bytes(range(32))
MOMENT = datetime(2026, 3, 1, 9, tzinfo=UTC)
SOUND = {
    "lrn": "P",
    "transport_document": "HAWB1",
    "importer": "Avery Example",
    "procedure": "4000",
    "additional_procedure": "C07",
    "commodity": "610910",
    "description": "T-shirt",
    "item_amount": "92.00",  # 100.00 XTS
    "currency": "EUR",
    "gross_mass": "9",
    "origin": "CN",
    "country_of_export": "CN",
}


def demo_terms(**policy) -> BulkTerms:
    """Return the terms of the demonstration administration, with some of its policy changed."""
    loaded = load_bulk_terms("demo", load_administration("demo").terms)
    return msgspec.structs.replace(loaded, policy=msgspec.structs.replace(loaded.policy, **policy))


def rows_of(*stated: dict, first: int = 1) -> pl.DataFrame:
    """Return rows, each the sound one with what is stated otherwise."""
    made = [
        {**dict.fromkeys(ROW_COLUMNS), **SOUND, "lrn": f"P{n}", **one, "row": n}
        for n, one in enumerate(stated, start=first)
    ]
    return pl.DataFrame(made, schema=ROW_COLUMNS)


def simulated(count: int, seed: int = 1) -> pl.DataFrame:
    """Return simulated parcels as they are read."""
    rows, _ = parcels(seed, 1, count)
    return rows.select(
        pl.int_range(1, pl.len() + 1).alias("row"),
        *REDUCED_COLUMNS,
        pl.lit(None, pl.String).alias("unread"),
        pl.lit(None, pl.String).alias("wrong"),
    )


class Post:
    def __init__(self, folder: Path, terms: BulkTerms | None = None) -> None:
        self.folder = folder
        self.terms = terms or demo_terms(random_share=0.0)
        self.journal = create_journal(folder / "journal", clock=lambda: MOMENT)

    def responder(self) -> BulkResponder:
        return BulkResponder(self.terms, KEY, self.journal)

    def lodgement(self, upload="U1", declarant="XA1", method="") -> Lodgement:
        office = self.terms.terms.default_office
        return Lodgement(
            upload=upload, declarant=declarant, occurred=MOMENT, office=office, payment_method=method
        )

    def lodge(self, rows, upload="U1", *, part=1000, last=True, **of):
        """Lodge rows in parts, and return their receipts."""
        parts = list(rows.iter_slices(part))
        return [
            lodge_part(self.journal, one, self.lodgement(upload, **of), last=last and n == len(parts))
            for n, one in enumerate(parts, start=1)
        ]

    def catch_up(self, batch=1000, responder=None) -> None:
        before = -1
        while before != self.journal.size:
            before = self.journal.size
            answer(self.journal, responder or self.responder(), self.folder / "responders", batch=batch)
        follow(self.journal, BulkReader(), self.folder / "read", batch=batch)

    def tables(self):
        return tables(BulkReader(), self.folder / "read")

    def decided(self, upload="U1") -> pl.DataFrame:
        """Return the decisions on an upload, row by row, without their places."""
        with self.tables() as read:
            parts = parts_of(read, upload)
        return pl.concat([decided_rows(self.journal, part.decided) for part in parts]).drop("place")

    def cleared(self, *stated: dict, upload="U1", **of) -> pl.DataFrame:
        """Lodge rows in one part, decide, and return the decisions."""
        self.lodge(rows_of(*stated), upload, **of)
        self.catch_up()
        return self.decided(upload)

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.journal.read(0, 1000)]


def codes(decided: pl.DataFrame) -> list[list[str]]:
    """Return the codes of the findings, row by row."""
    return [[one["code"] for one in found or []] for found in decided["findings"].to_list()]
