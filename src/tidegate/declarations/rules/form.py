"""Form: whether what is stated can be taken at all, read off the classes and their WCO formats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tidegate.declarations.classes import FieldPlan, class_plan, classes_below
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.rules.rule import EVERY, Breach, Case, Check, Rule, RuleContext
from tidegate.declarations.stated import Amount, Beyond, DateTime, Element, Measure, Stated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

_CLASSES = classes_below(Declaration)
_FORMAT = re.compile(r"(an|a|n)(\.\.)?(\d+)(?:,(\d+))?", re.ASCII)
_LETTERS = {"a": re.compile(r"[A-Za-z]*", re.ASCII), "n": re.compile(r"\d*", re.ASCII)}
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_WCO = "WCO Data Model 3.6, DMS declaration schema"


def _fields(of: type[Stated], *kinds: str) -> tuple[FieldPlan, ...]:
    return tuple(field for field in class_plan(of).fields if field.kind in kinds)


def _local(beyond: Beyond) -> str:
    name = beyond.element.name if beyond.element is not None else beyond.name
    return name.rpartition("}")[2][:80]


def _beyond(kinds: str, *, known: bool | None = None) -> dict[type[Stated], Check]:
    """Return checks for what is beyond the fields; ``known`` asks for names that are fields, or are not."""

    def check_of(of: type[Stated]) -> Check:
        names = class_plan(of).by_name()

        def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
            if not value.beyond:
                return ()
            return [
                Breach(one.at or (_local(one) if one.kind == "element" else ""), {"name": _local(one)})
                for one in value.beyond
                if one.kind in kinds
                and one.name != _SCHEMA_LOCATION
                and (known is None or known == (_local(one) in names))
            ]

        return check

    return {of: check_of(of) for of in _CLASSES}


def _texts(of: type[Stated]) -> Check:
    """Return the check of lengths and letters for the texts of a class."""
    limits = []
    for field in _fields(of, "text"):
        found = _FORMAT.fullmatch(field.format or "")
        assert found is not None, f"{of.__name__}.{field.name} has no format"
        most = int(found[3])
        limits.append(
            (field.attribute, field.name, field.format or "", 0 if found[2] else most, most, found[1])
        )

    def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
        breaches = []
        for attribute, name, form, least, most, letters in limits:
            text = getattr(value, attribute)
            if not text:
                continue
            pattern = _LETTERS.get(letters)
            if not least <= len(text) <= most or (pattern is not None and not pattern.fullmatch(text)):
                breaches.append(Breach(name, {"value": text, "format": form, "length": str(len(text))}))
        return breaches

    return check


def _number(held: object) -> Decimal | None:
    return held.value if isinstance(held, Amount | Measure) else held  # type: ignore[return-value]  # the plan's kind


def _numbers(of: type[Stated], wrong: str) -> Check:
    """Return the check of the numbers of a class: ``text`` in them, too many ``digits``, or ``negative``."""
    limits = []
    for field in _fields(of, "number", "amount", "measure"):
        found = _FORMAT.fullmatch(field.format or "")
        assert found is not None, f"{of.__name__}.{field.name} has no format"
        limits.append((field.attribute, field.name, field.format or "", int(found[3]), int(found[4] or 0)))

    def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
        breaches = []
        for attribute, name, form, whole, decimals in limits:
            held = getattr(value, attribute)
            if held is None and not any(one.at == name for one in value.beyond):
                continue
            number = _number(held)
            if number is None:
                is_wrong = wrong == "text"
            elif wrong == "digits":
                is_wrong = _too_long(number, whole, decimals)
            else:
                is_wrong = wrong == "negative" and number < 0
            if is_wrong:
                breaches.append(Breach(name, {"value": _said(value, name, number), "format": form}))
        return breaches

    return check


def _too_long(number: Decimal, whole: int, decimals: int) -> bool:
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).lstrip("0")
    while exponent < 0 and text.endswith("0"):  # zeros at the end of a fraction say nothing
        text, exponent = text[:-1], exponent + 1
    if not text:
        return False
    return max(len(text) + max(exponent, 0), -exponent) > whole or -exponent > decimals


def _said(value: Stated, name: str, number: Decimal | None) -> str:
    for one in value.beyond:
        if one.kind == "lexical" and one.at == name:
            return one.text.strip()
    return "" if number is None else format(number, "f")


def _times(of: type[Stated]) -> Check:
    fields = _fields(of, "time")
    lengths = {"102": (8,), "204": (14,), "304": (15, 17)}

    def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
        breaches = []
        for field in fields:
            held: DateTime | None = getattr(value, field.attribute)
            if held is None:
                continue
            expected = lengths.get(held.format_code or "304")
            text = held.text.strip()
            if expected is None or len(text) not in expected or held.moment() is None:
                breaches.append(Breach(field.name, {"value": text, "format": held.format_code or "304"}))
        return breaches

    return check


def _empty(of: type[Stated]) -> Check:
    fields = [(field.attribute, field.name) for field in _fields(of, "text")]

    def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
        return [Breach(name) for attribute, name in fields if getattr(value, attribute) == ""]

    return check


def _with(kinds: tuple[str, ...]) -> list[type[Stated]]:
    return [of for of in _CLASSES if _fields(of, *kinds)]


_NUMERIC = _with(("number", "amount", "measure"))
_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"
_MEASURE = f"{_ITEM}/Commodity/GoodsMeasure"

FORM_RULES = (
    Rule(
        code="TG-ELEMENT",
        text="{name} is not an element of this class. Check its spelling and place, or leave it out.",
        reference=_WCO,
        checks=_beyond("element", known=False),
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
        checks=_beyond("element", known=True),
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
        checks=_beyond("attribute text"),
        applies=EVERY,
        cases=(
            Case("an attribute", {_ITEM: Beyond("attribute", name="colour", text="red")}, _ITEM),
            Case("text between elements", {_ITEM: Beyond("text", text="red")}, _ITEM),
            Case("a schema's place", {"": Beyond("attribute", name=_SCHEMA_LOCATION, text="x")}),
        ),
    ),
    Rule(
        code="TG-ORDER",
        text="The elements of this class are not in the order of the schema. They are read all the same.",
        reference=_WCO,
        severity="warning",
        checks=_beyond("order"),
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
        checks={of: _empty(of) for of in _with(("text",))},
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
        checks={of: _texts(of) for of in _with(("text",))},
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
            Case("the longest description", {f"{_ITEM}/Commodity/Description": "x" * 512}),
        ),
    ),
    Rule(
        code="TG-NUMBER",
        text='"{value}" is not a number. Write digits with a full stop before decimals, such as 1250.75.',
        reference=_WCO,
        checks={of: _numbers(of, "text") for of in _NUMERIC},
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
        checks={of: _numbers(of, "digits") for of in _NUMERIC},
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
        checks={of: _numbers(of, "negative") for of in _NUMERIC},
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
        checks={of: _times(of) for of in _with(("time",))},
        applies=EVERY,
        cases=(
            Case("a thirteenth month", {"AcceptanceDateTime": "20261301093000Z 304"}, "AcceptanceDateTime"),
            Case("a day where a time is said", {"AcceptanceDateTime": "20260115 304"}, "AcceptanceDateTime"),
            Case("a day", {"AcceptanceDateTime": "20260115 102"}),
        ),
    ),
)
