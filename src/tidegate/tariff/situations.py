"""Asks the rules about each situation once, and tells the rows what they said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from tidegate.tariff.rules import Situation

if TYPE_CHECKING:
    from tidegate.tariff.tables import TariffTables

_ASKED = ["day", "procedure", "additional_procedure", "marks"]
_MARKED = ("statements", "documents", "fiscal_roles", "authorisations")

RELIEF_COLUMNS: dict[str, pl.DataType] = {
    "situation": pl.UInt32(),
    "relieved_tax": pl.String(),  # empty for all taxes
    "effect": pl.String(),
    "up_to": pl.Int64(),
    "relief_source": pl.String(),
}


def situate(items: pl.DataFrame, tables: TariffTables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the items with ``situation``, ``marks``, ``tariff``, ``instead``; and the reliefs by situation.

    ``tariff`` is null where nothing is due; ``instead`` is empty where there is no second one.
    """
    marked = items.with_columns(_marks(tables).alias("marks"))
    asked = marked.select(_ASKED).unique(maintain_order=True).with_row_index("situation")
    told: list[tuple[int, str | None, str]] = []
    reliefs: list[tuple[int, str, str, int | None, str]] = []
    for number, day, procedure, additional, marks in asked.iter_rows():
        situation = Situation(
            day, procedure or "", frozenset((additional or "").split()), frozenset((marks or "").split())
        )
        told.append((number, *_tariff(situation, tables)))
        reliefs += [
            (number, tax, relief.effect, relief.up_to, relief.source)
            for relief in tables.reliefs
            if relief.fits(situation)
            for tax in sorted(relief.taxes) or [""]
        ]
    schema = {"situation": pl.UInt32(), "tariff": pl.String(), "instead": pl.String()}
    answers = asked.join(
        pl.DataFrame(told, schema=schema, orient="row"), on="situation", maintain_order="left"
    )
    situated = marked.join(answers, on=_ASKED, how="left", nulls_equal=True, maintain_order="left")
    return situated, pl.DataFrame(reliefs, schema=RELIEF_COLUMNS, orient="row")


def _tariff(situation: Situation, tables: TariffTables) -> tuple[str | None, str]:
    for scope in tables.scopes:
        if scope.fits(situation):
            return scope.tariff or None, scope.instead
    return tables.tariffs[0], ""


def _marks(tables: TariffTables) -> pl.Expr:
    """Return the statements, documents, roles and authorisations that any rule asks about, in one text."""
    wanted = {mark for scope in tables.scopes for mark in scope.all_of | scope.none_of}
    wanted |= {mark for relief in tables.reliefs for mark in relief.all_of}
    wanted |= {mark for proof in tables.proofs for mark in proof.documents}
    certificates = tables.measures.measures["certificate"].drop_nulls().unique()
    wanted |= {mark for text in certificates for mark in text.split()}
    if not wanted:
        return pl.lit("")
    one_of = "|".join(re.escape(mark) for mark in sorted(wanted))
    stated = pl.concat_str([pl.col(column).fill_null("") for column in _MARKED], separator=" ")
    return stated.str.extract_all(rf"\b(?:{one_of})\b").list.unique().list.sort().list.join(" ")
