"""Advice to trade: what goods would cost, which preference would help and what proof it takes, which papers.

The answer without a preference is compared with one answer for each preference that measures grant to the
origin. Papers are the certificates that measures ask for.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.tariff.enquiries import Answer, Enquiry, answer, enquiry_frame
from tidegate.tariff.matching import fitting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tidegate.tariff.schedule_tables import Programme
    from tidegate.tariff.tables import TariffTables


class Saving(msgspec.Struct, frozen=True):
    """A preference that would make it cheaper, by how much, and the proof of origin it takes."""

    preference: str
    name: str
    saves: Decimal
    total: Decimal
    proof: str
    source: str


class Paper(msgspec.Struct, frozen=True):
    """A document that the goods need, and why."""

    documents: str
    why: str
    source: str


class Advice(msgspec.Struct, frozen=True):
    """What goods would cost as asked, which preferences would save something, and which papers are needed."""

    answer: Answer
    preferences: tuple[Saving, ...] = ()
    papers: tuple[Paper, ...] = ()


def advise(enquiry: Enquiry, tables: TariffTables, known: Mapping[str, Programme]) -> Advice:
    """Return advice about goods; ``known`` describes programmes by their code."""
    plain = msgspec.structs.replace(enquiry, preference=None)
    regimes = _regimes(plain, tables)
    tried = [msgspec.structs.replace(enquiry, preference=regime) for regime in regimes]
    as_asked, without, *with_each = answer([enquiry, plain, *tried], tables)
    savings = [
        _saving(enquiry, regime, (without.total - told.total, told.total), tables, known)
        for regime, told in zip(regimes, with_each, strict=True)
        if _granted(told)
        and without.total is not None
        and told.total is not None
        and told.total < without.total
    ]
    return Advice(
        as_asked, tuple(sorted(savings, key=lambda one: (-one.saves, one.preference))), _papers(plain, tables)
    )


def _granted(told: Answer) -> bool:
    return all(finding.code != "TG-PREFERENCE" for finding in told.findings)


def _regimes(enquiry: Enquiry, tables: TariffTables) -> Sequence[str]:
    """Return the preferences that any measure grants to goods of this code."""
    code = "".join(enquiry.code.split("."))
    measures = tables.measures.measures
    of_code = measures.filter(
        pl.col("for_preference").is_not_null()
        & (pl.col("for_preference") != tables.default_preference)
        & (pl.lit(code).str.starts_with(pl.col("prefix")))
    )
    return of_code["for_preference"].unique().sort().to_list()


def _saving(
    enquiry: Enquiry,
    regime: str,
    money: tuple[Decimal, Decimal],
    tables: TariffTables,
    known: Mapping[str, Programme],
) -> Saving:
    """Return a preference with what it saves and what it comes to (``money``), and the proof it takes."""
    saves, total = money
    programme = known.get(regime)
    if programme is not None:
        return Saving(regime, programme.name, saves, total, programme.proof, programme.source)
    for proof in tables.proofs:
        if (
            proof.in_force(enquiry.date)
            and regime.startswith(proof.preference)
            and proof.origin in ("", enquiry.origin)
        ):
            return Saving(
                regime, proof.name, saves, total, f"one of {', '.join(proof.documents)}", proof.source
            )
    return Saving(regime, "", saves, total, "no proof of origin is held for it; ask customs", "")


def _papers(enquiry: Enquiry, tables: TariffTables) -> tuple[Paper, ...]:
    """Return the documents that restrictions ask for."""
    keys = enquiry_frame([enquiry]).with_columns(
        pl.lit(0, pl.UInt32).alias("key"),
        pl.col("occurred").dt.date().alias("day"),
        pl.col("origin").alias("claimed_origin"),
        pl.lit(tables.default_preference).alias("regime"),
        pl.lit("").alias("marks"),
    )
    fits = fitting(keys, tables.measures, tables.groups).filter(pl.col("kind") == "restriction")
    return tuple(
        Paper((certificate or "").replace(" ", " or "), text, source)
        for certificate, text, source in fits.select("certificate", "rate_text", "source").iter_rows()
    )
