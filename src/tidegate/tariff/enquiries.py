"""Enquiries about duty: what would be owed on goods that nobody has declared yet.

An enquiry is a JSON object. It becomes a row of the same frame that declarations become, is assessed by the
same code, and is answered with lines, findings and a total.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.duty_frame import DUTY_COLUMNS
from tidegate.declarations.findings import Finding
from tidegate.declarations.frame import GOODS_ITEM_COLUMNS, MONEY_SCALE, QUANTITY_SCALE
from tidegate.tariff.assessment import assess
from tidegate.tariff.rates.units import unit_code
from tidegate.tariff.telling import gap_finding, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.tariff.tables import TariffTables

_INT64 = 2**63 - 1


class Enquiry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of goods that somebody asks about. Money and quantities are numbers or strings of digits.

    ``quantities`` are by unit, in the schedule's word or the code of UN/ECE Recommendation 20; ``preference``
    is the programme or duty regime claimed; ``documents`` and ``statements`` are what would be stated.
    """

    code: str
    origin: str
    value: Decimal
    currency: str
    date: date
    incoterm: str | None = None
    quantities: dict[str, Decimal] = {}
    preference: str | None = None
    additional_codes: tuple[str, ...] = ()
    procedure: str = "4000"
    additional_procedures: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    freight: Decimal | None = None
    quota: str | None = None


class DutyLine(msgspec.Struct, frozen=True):
    """One tax on what was asked about; the rate in per cent, or as published where it is no single share."""

    type: str
    base: Decimal
    rate: str
    amount: Decimal
    currency: str
    derivation: str


class Answer(msgspec.Struct, frozen=True):
    """What would be owed; ``total`` is None where something could not be worked out."""

    lines: tuple[DutyLine, ...] = ()
    total: Decimal | None = None
    total_currency: str = ""
    findings: tuple[Finding, ...] = ()


_DECODER = msgspec.json.Decoder(Enquiry, strict=False)
# What leaves an amount open; the other gaps are advice about an amount that stands.
_OPEN = ("value", "negative", "exchange", "rate", "base", "unread", "quantity", "size", "charge", "override")
# Where in an enquiry a gap is to be mended.
_FIELDS = {
    "value": "value",
    "negative": "value",
    "size": "value",
    "exchange": "currency",
    "quantity": "quantities",
    "terms": "incoterm",
    "preference": "preference",
    "proof": "documents",
    "restricted": "documents",
    "quota": "quota",
}


def read_enquiry(line: bytes) -> Enquiry | Finding:
    """Read one enquiry from JSON; what is wrong with it is a finding."""
    try:
        enquiry = _DECODER.decode(line)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        return Finding("TG-ENQUIRY", "", f"This is no enquiry about duty: {error}.")
    for name, number in (("value", enquiry.value), *enquiry.quantities.items()):
        if not number.is_finite() or abs(number) * QUANTITY_SCALE > _INT64:
            return Finding(
                "TG-ENQUIRY", name, f"{number} is no number that can be worked with. Check its digits."
            )
        if number < 0 and name != "value":
            text = f"A quantity is not below 0, and this is {number} {name}. State what there is."
            return Finding("TG-QUANTITY", f"quantities/{name}", text)
    if not "".join(enquiry.code.split(".")).isdigit():
        text = f"{enquiry.code!r} is no commodity code. A code has digits, and points between them."
        return Finding("TG-CODE", "code", text)
    return enquiry


def answer(enquiries: Sequence[Enquiry], tables: TariffTables) -> list[Answer]:
    """Answer enquiries by the tables of an administration or a schedule, in their order."""
    found = assess(enquiry_frame(enquiries), tables)
    lines: list[list[DutyLine]] = [[] for _ in enquiries]
    findings: list[list[Finding]] = [[] for _ in enquiries]
    whole = [True] * len(enquiries)
    minor = Decimal(1).scaleb(-tables.minor_digits)
    for line in found.lines.iter_rows(named=True):
        lines[int(line["declaration"])].append(
            DutyLine(
                type=line["tax"],
                base=line["base"] * minor,
                rate=line["rate_text"] if line["rate"] is None else str(percent(line["rate"])),
                amount=line["amount"] * minor,
                currency=tables.currency,
                derivation=line["derivation"],
            )
        )
    for name, item, gap, detail in found.gaps.iter_rows():
        told = gap_finding(gap, detail, item)
        findings[int(name)].append(msgspec.structs.replace(told, location=_FIELDS.get(gap, "code")))
        whole[int(name)] &= gap not in _OPEN
    return [
        Answer(
            lines=tuple(of_one),
            total=sum((line.amount for line in of_one), 0 * minor) if complete else None,
            total_currency=tables.currency,
            findings=tuple(told),
        )
        for of_one, told, complete in zip(lines, findings, whole, strict=True)
    ]


def enquiry_frame(enquiries: Sequence[Enquiry]) -> pl.DataFrame:
    """Return enquiries as goods items with the duty columns; ``declaration`` is the place in the sequence."""
    columns = {**GOODS_ITEM_COLUMNS, **DUTY_COLUMNS}
    rows = [{**dict.fromkeys(columns), **_row(place, one)} for place, one in enumerate(enquiries)]
    return pl.DataFrame(rows, schema=columns)


def _row(place: int, one: Enquiry) -> dict[str, object]:
    mass = next((value for unit, value in one.quantities.items() if unit in ("kg", "KGM")), None)
    return {
        "declaration": str(place),
        "item": 1,
        "items": 1,
        "occurred": datetime.combine(one.date, time(12), UTC),
        "declaration_type": "IM",
        "procedure": one.procedure,
        "additional_procedure": " ".join(one.additional_procedures) or None,
        "commodity": "".join(one.code.split(".")),
        "additional_code": " ".join(one.additional_codes) or None,
        "origin": one.origin,
        "net_mass": _units(mass, QUANTITY_SCALE),
        "item_amount": _units(one.value, MONEY_SCALE),
        "currency": one.currency,
        "freight_amount": _units(one.freight, MONEY_SCALE),
        "freight_currency": one.currency,
        "incoterm": one.incoterm,
        "preference": one.preference,
        "documents": " ".join(one.documents) or None,
        "statements": " ".join(one.statements) or None,
        "quota": one.quota,
        "quantities": [
            {"unit": unit_code(unit) or unit, "quantity": _units(value, QUANTITY_SCALE)}
            for unit, value in one.quantities.items()
        ]
        or None,
    }


def _units(number: Decimal | None, scale: int) -> int | None:
    return None if number is None else int((number * scale).to_integral_value(ROUND_HALF_EVEN))
