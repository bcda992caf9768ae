"""Form: whether what is stated can be taken at all, read off the classes and their WCO formats."""

from __future__ import annotations

from tidegate.declarations.rules.form_checks import (
    SCHEMA_LOCATION,
    beyond_the_fields,
    classes_with,
    empty_texts,
    lengths_and_letters,
    numbers,
    times,
)
from tidegate.declarations.rules.rule import EVERY, Case, Rule
from tidegate.declarations.stated import Beyond, Element

_WCO = "WCO Data Model 3.6, DMS declaration schema"
_NUMERIC = classes_with(("number", "amount", "measure"))
_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"
_MEASURE = f"{_ITEM}/Commodity/GoodsMeasure"

FORM_RULES = (
    Rule(
        code="TG-ELEMENT",
        text="{name} is not an element of this class. Check its spelling and place, or leave it out.",
        reference=_WCO,
        checks=beyond_the_fields("element", known=False),
        applies=EVERY,
        cases=(
            Case(
                "an element the class does not have",
                {_ITEM: Beyond("element", element=Element("{urn:x}Colour", text="red"))},
                f"{_ITEM}/Colour",
            ),
            Case("a class it has", {f"{_ITEM}/Buyer/ID": "CN123"}),
        ),
    ),
    Rule(
        code="TG-REPEATED",
        text="{name} may stand here once, as a value of its own kind. State it once, without elements in it.",
        reference=_WCO,
        checks=beyond_the_fields("element", known=True),
        applies=EVERY,
        cases=(
            Case(
                "a second type code",
                {"": Beyond("element", element=Element("TypeCode", text="IMD"))},
                "TypeCode",
            ),
            Case("a second document", {f"{_ITEM}/AdditionalDocument[2]/ID": "X"}),
        ),
    ),
    Rule(
        code="TG-STRAY",
        text="An attribute or text that the class has no place for stands here: {name}. It is not used.",
        reference=_WCO,
        severity="warning",
        checks=beyond_the_fields("attribute text"),
        applies=EVERY,
        cases=(
            Case("an attribute", {_ITEM: Beyond("attribute", name="colour", text="red")}, _ITEM),
            Case("text between elements", {_ITEM: Beyond("text", text="red")}, _ITEM),
            Case("a schema's place", {"": Beyond("attribute", name=SCHEMA_LOCATION, text="x")}),
        ),
    ),
    Rule(
        code="TG-ORDER",
        text="The elements of this class are not in the order of the schema. They are read all the same.",
        reference=_WCO,
        severity="warning",
        checks=beyond_the_fields("order"),
        applies=EVERY,
        cases=(
            Case("an order of its own", {_ITEM: Beyond("order", text="Origin Commodity")}, _ITEM),
            Case("the schema's order", {}),
        ),
    ),
    Rule(
        code="TG-EMPTY",
        text="This is stated without a value. Give the value or leave the element out.",
        reference="Tidegate",
        severity="warning",
        checks={of: empty_texts(of) for of in classes_with(("text",))},
        applies=EVERY,
        cases=(
            Case("an empty region", {f"{_ITEM}/Origin[1]/RegionID": ""}, f"{_ITEM}/Origin[1]/RegionID"),
            Case("no region", {f"{_ITEM}/Origin[1]/RegionID": None}),
        ),
    ),
    Rule(
        code="TG-LENGTH",
        text='"{value}" is not of the format {format} (it has {length} characters).',
        reference=_WCO,
        checks={of: lengths_and_letters(of) for of in classes_with(("text",))},
        applies=EVERY,
        cases=(
            Case(
                "a mode of two digits",
                {"BorderTransportMeans/ModeCode": "10"},
                "BorderTransportMeans/ModeCode",
            ),
            Case(
                "a description too long",
                {f"{_ITEM}/Commodity/Description": "x" * 513},
                f"{_ITEM}/Commodity/Description",
            ),
            Case("half a country", {"GoodsShipment/ExportCountry/ID": "C"}, "GoodsShipment/ExportCountry/ID"),
            Case("the longest description", {f"{_ITEM}/Commodity/Description": "x" * 512}),
        ),
    ),
    Rule(
        code="TG-NUMBER",
        text='"{value}" is not a number. Write digits with a full stop before decimals, such as 1250.75.',
        reference=_WCO,
        checks={of: numbers(of, "text") for of in _NUMERIC},
        applies=EVERY,
        cases=(
            Case(
                "words for a mass", {f"{_MEASURE}/GrossMassMeasure": "heavy"}, f"{_MEASURE}/GrossMassMeasure"
            ),
            Case(
                "a decimal comma", {f"{_MEASURE}/GrossMassMeasure": "820,5"}, f"{_MEASURE}/GrossMassMeasure"
            ),
            Case("digits with zeros before", {f"{_MEASURE}/GrossMassMeasure": "00820.50"}),
        ),
    ),
    Rule(
        code="TG-DIGITS",
        text="{value} has more digits or decimals than the format {format} holds.",
        reference=_WCO,
        checks={of: numbers(of, "digits") for of in _NUMERIC},
        applies=EVERY,
        cases=(
            Case(
                "seven decimals",
                {f"{_MEASURE}/GrossMassMeasure": "820.1234567"},
                f"{_MEASURE}/GrossMassMeasure",
            ),
            Case(
                "half a package",
                {f"{_ITEM}/Packaging[1]/QuantityQuantity": "30.5"},
                f"{_ITEM}/Packaging[1]/QuantityQuantity",
            ),
            Case("zeros after six decimals", {f"{_MEASURE}/GrossMassMeasure": "820.12345600"}),
        ),
    ),
    Rule(
        code="TG-NEGATIVE",
        text="{value} is below zero. Amounts, masses and counts are zero or more; deductions have a code.",
        reference="Tidegate",
        checks={of: numbers(of, "negative") for of in _NUMERIC},
        applies=EVERY,
        cases=(
            Case(
                "a mass below zero",
                {f"{_MEASURE}/NetNetWeightMeasure": "-1"},
                f"{_MEASURE}/NetNetWeightMeasure",
            ),
            Case("nothing", {f"{_MEASURE}/NetNetWeightMeasure": "0"}),
        ),
    ),
    Rule(
        code="TG-TIME",
        text='"{value}" is no moment of the format {format}: 102 is CCYYMMDD, 304 CCYYMMDDHHMMSS and zone.',
        reference="UN/EDIFACT code list 2379",
        checks={of: times(of) for of in classes_with(("time",))},
        applies=EVERY,
        cases=(
            Case("a thirteenth month", {"AcceptanceDateTime": "20261301093000Z 304"}, "AcceptanceDateTime"),
            Case("a day where a time is said", {"AcceptanceDateTime": "20260115 304"}, "AcceptanceDateTime"),
            Case("a day", {"AcceptanceDateTime": "20260115 102"}),
        ),
    ),
)
