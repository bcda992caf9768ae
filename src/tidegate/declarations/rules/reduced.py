"""Rules of the reduced data set (H7): what a row says, what may be declared so, and up to which value.

Codes are ours throughout. The data set and its procedures are those of the European Union; which of them an
administration takes, from when and up to which value, is data (``LowValue``).
"""

from __future__ import annotations

import polars as pl

from tidegate.declarations.reduced import REDUCED_COLUMNS, ROW_COLUMNS
from tidegate.declarations.references import LRN_LENGTH
from tidegate.declarations.rules.reduced_checks import (
    above,
    absent,
    excluded,
    limit,
    money,
    no_country,
    no_currency,
    no_ground,
    no_number,
    no_procedure,
    not_like,
    not_registered,
    strange_procedure,
    without_transport,
)
from tidegate.declarations.rules.reduced_rule import ReducedRule, RowCase

# Beside the stated columns: as what the same reference was accepted before, and the value in minor units.
JUDGED_COLUMNS: dict[str, pl.DataType] = {**ROW_COLUMNS, "earlier": pl.String(), "value": pl.Int64()}

_DATA_SET = "Delegated Regulation (EU) 2015/2446, annex B, column H7"
_RELIEF = "Regulation (EC) No 1186/2009, articles 23 to 27"
_SCHEME = "Directive 2006/112/EC, articles 369l to 369zb"


def sample_row() -> pl.DataFrame:
    """Return one row that is well made, on which the rules prove themselves."""
    stated = {
        "row": 1,
        "lrn": "PARCEL-0001",
        "transport_document": "HAWB0001",
        "importer": "Avery Example",
        "exporter": "Bright Lamps",
        "seller": "Bright Lamps",
        "procedure": "4000",
        "additional_procedure": "C07",
        "commodity": "940511",
        "description": "Desk lamp with a clamp",
        "item_amount": "24.90",
        "currency": "EUR",
        "gross_mass": "0.85",
        "packages": "1",
        "origin": "CN",
        "country_of_export": "CN",
        "value": 2490,
    }
    return pl.DataFrame([{name: stated.get(name) for name in JUDGED_COLUMNS}], schema=JUDGED_COLUMNS)


_AMOUNT = r"^\d{1,12}(\.\d{1,3})?$"
_MASS = r"^\d{1,12}(\.\d{1,6})?$"

REDUCED_RULES: tuple[ReducedRule, ...] = (
    ReducedRule(
        code="TG-H7-ROW",
        text="The row was not read and is kept as it came. {wrong} Put it right and lodge it again.",
        reference="Tidegate",
        checks={"": lambda _context: pl.col("unread").is_not_null()},
        cases=(
            RowCase("a row that breaks off", {"unread": "PARCEL-1,HA", "wrong": "It has 2 cells."}, ""),
            RowCase("a row that was read", {}),
        ),
    ),
    ReducedRule(
        code="TG-H7-NEEDED",
        text="Every row states {column}. State it.",
        reference=_DATA_SET,
        checks={name: absent(name) for name, column in REDUCED_COLUMNS.items() if column.needed},
        cases=(
            RowCase("no consignee", {"importer": None}, "importer"),
            RowCase("no commodity code", {"commodity": None}, "commodity"),
            RowCase("no exporter, which is not needed", {"exporter": None}),
            RowCase("a row that was not read states nothing", {"unread": "x", "lrn": None}),
        ),
    ),
    ReducedRule(
        code="TG-H7-TRANSPORT",
        text="Neither a transport document nor a UCR is stated. State one, so that the parcel is found.",
        reference=_DATA_SET,
        checks={"transport_document": without_transport},
        cases=(
            RowCase("neither", {"transport_document": None}, "transport_document"),
            RowCase("a UCR alone", {"transport_document": None, "ucr": "6XA123456789-P1"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-LRN",
        text='"{value}" cannot be your reference: it has 1 to 35 printable characters.',
        reference=_DATA_SET,
        checks={"lrn": not_like("lrn", rf"^[^\p{{C}}]{{1,{LRN_LENGTH}}}$")},
        cases=(
            RowCase("36 characters", {"lrn": "P" * 36}, "lrn"),
            RowCase("a line break", {"lrn": "P\n1"}, "lrn"),
            RowCase("35 characters", {"lrn": "P" * 35}),
        ),
    ),
    ReducedRule(
        code="TG-H7-TWICE",
        text="A consignment with the reference {value} was accepted before, as {earlier}. Give each its own.",
        reference="Tidegate",
        checks={"lrn": lambda _context: pl.col("earlier").is_not_null()},
        looks_at="references",
        cases=(
            RowCase("accepted before", {"earlier": "12#7"}, "lrn"),
            RowCase("a new one", {"lrn": "PARCEL-0002"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-CODE",
        text='"{value}" is not a commodity code: it has 6, 8 or 10 digits and nothing else.',
        reference=_DATA_SET,
        checks={"commodity": not_like("commodity", r"^\d{6}(\d{2}){0,2}$")},
        cases=(
            RowCase("seven digits", {"commodity": "9405110"}, "commodity"),
            RowCase("with a point", {"commodity": "9405.11"}, "commodity"),
            RowCase("ten digits", {"commodity": "9405110000"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-AMOUNT",
        text='"{value}" is not a price: write digits, with a point and up to three decimals: 19.90.',
        reference=_DATA_SET,
        checks={"item_amount": not_like("item_amount", _AMOUNT)},
        cases=(
            RowCase("a comma", {"item_amount": "19,90"}, "item_amount"),
            RowCase("below nothing", {"item_amount": "-1"}, "item_amount"),
            RowCase("nothing paid", {"item_amount": "0"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-CURRENCY",
        text='"{value}" is not a currency. Use an ISO 4217 code, such as EUR.',
        reference="ISO 4217",
        checks={"currency": no_currency},
        cases=(
            RowCase("no such currency", {"currency": "EUX"}, "currency"),
            RowCase("another one", {"currency": "CNY"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-MASS",
        text='"{value}" is not a gross mass: kilograms above 0, with a point and up to six decimals: 0.85.',
        reference=_DATA_SET,
        checks={
            "gross_mass": lambda _context: ~pl.col("gross_mass").str.contains(_MASS)
            | ~pl.col("gross_mass").str.contains("[1-9]")
        },
        cases=(
            RowCase("with its unit", {"gross_mass": "0.85 kg"}, "gross_mass"),
            RowCase("nothing", {"gross_mass": "0.000"}, "gross_mass"),
            RowCase("a gram", {"gross_mass": "0.001"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-PACKAGES",
        text='"{value}" is not a number of packages: a whole number from 1 on.',
        reference=_DATA_SET,
        checks={"packages": not_like("packages", r"^0*[1-9]\d{0,7}$")},
        cases=(
            RowCase("none", {"packages": "0"}, "packages"),
            RowCase("not said", {"packages": None}),
        ),
    ),
    ReducedRule(
        code="TG-H7-COUNTRY",
        text='"{value}" is not a country code. Use ISO 3166-1, such as CN, or a code of this administration.',
        reference="ISO 3166-1; Implementing Regulation (EU) 2020/1470, annex I",
        checks={name: no_country(name) for name in ("origin", "country_of_export")},
        cases=(
            RowCase("no such country", {"origin": "ZQ"}, "origin"),
            RowCase("small letters", {"country_of_export": "cn"}, "country_of_export"),
            RowCase("no origin, which is not needed", {"origin": None}),
        ),
    ),
    ReducedRule(
        code="TG-H7-PROCEDURE",
        text='"{value}" cannot be declared in the reduced data set. Its procedures are listed by customs.',
        reference=_DATA_SET,
        checks={"procedure": no_procedure},
        cases=(
            RowCase("inward processing", {"procedure": "5100"}, "procedure"),
            RowCase("release for free circulation", {"procedure": "4000"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-GROUND",
        text='"{value}" does not name one ground for the reduced data set, or names a procedure beyond it. '
        "State C07 for goods of negligible value or C08 for a gift, then F48 or F49 as needed.",
        reference=_RELIEF,
        checks={
            "additional_procedure": lambda context: no_ground(context) | strange_procedure(context),
        },
        cases=(
            RowCase("no ground", {"additional_procedure": "F49"}, "additional_procedure"),
            RowCase("two grounds", {"additional_procedure": "C07 C08"}, "additional_procedure"),
            RowCase("one that is not known", {"additional_procedure": "C07 Z99"}, "additional_procedure"),
            RowCase("a ground and a scheme", {"additional_procedure": "C07 F49"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-NUMBER",
        text="Additional procedure F48 needs the import scheme number of the seller or platform. State it.",
        reference=_SCHEME,
        checks={"fiscal_reference": no_number},
        cases=(
            RowCase("no number", {"additional_procedure": "C07 F48"}, "fiscal_reference"),
            RowCase("none needed", {"additional_procedure": "C07"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-IOSS",
        text='"{value}" is not a number of the import scheme: IM and ten digits.',
        reference=_SCHEME,
        checks={"fiscal_reference": not_like("fiscal_reference", r"^IM\d{10}$")},
        cases=(
            RowCase("nine digits", {"fiscal_reference": "IM999000001"}, "fiscal_reference"),
            RowCase("well made", {"fiscal_reference": "IM9990000017"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-PLATFORM",
        text="The number {value} is not registered on this day: value added tax is charged at import.",
        reference=_SCHEME,
        severity="warning",
        checks={"fiscal_reference": not_registered},
        cases=(
            RowCase(
                "not registered",
                {"additional_procedure": "C07 F48", "fiscal_reference": "IM9990000999"},
                "fiscal_reference",
            ),
            RowCase(
                "registered", {"additional_procedure": "C07 F48", "fiscal_reference": "IM9990000017"}
            ),
        ),
    ),
    ReducedRule(
        code="TG-H7-EXCLUDED",
        text="Goods of the code {value} are not for the reduced data set. Lodge a full declaration.",
        reference=_RELIEF,
        checks={"commodity": excluded},
        cases=(
            RowCase("tobacco", {"commodity": "240220"}, "commodity"),
            RowCase("lamps", {"commodity": "940511"}),
        ),
    ),
    ReducedRule(
        code="TG-H7-VALUE",
        text="No rate of exchange is held for that day: {value} {currency} has no value here. Use another.",
        reference="Regulation (EU) No 952/2013, article 53",
        checks={"item_amount": lambda _context: pl.col("value").is_null()},
        looks_at="value",
        cases=(
            RowCase("no rate", {"value": None}, "item_amount"),
            RowCase("a rate", {"value": 1}),
        ),
    ),
    ReducedRule(
        code="TG-H7-LIMIT",
        text="The consignment is worth {worth}, above the limit of {limit} for {additional_procedure}. "
        "Lodge a full declaration.",
        reference=_RELIEF,
        checks={"item_amount": above},
        words={
            "worth": lambda context: money(pl.col("value"), context),
            "limit": lambda context: money(limit(context), context),
        },
        looks_at="value",
        cases=(
            RowCase("above", {"value": 15001}, "item_amount"),
            RowCase("a gift above", {"additional_procedure": "C08", "value": 4501}, "item_amount"),
            RowCase("at the limit", {"value": 15000}),
        ),
    ),
)  # fmt: skip
STATED_RULES = tuple(rule for rule in REDUCED_RULES if rule.looks_at == "stated")
VALUE_RULES = tuple(rule for rule in REDUCED_RULES if rule.looks_at == "value")
REFERENCE_RULES = tuple(rule for rule in REDUCED_RULES if rule.looks_at == "references")
