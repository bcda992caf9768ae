"""What keeps JSON from being a declaration, and a declaration read from JSON from being written as XML."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from lxml import etree

from tidegate.declarations.classes import FieldPlan, class_plan, walk
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.findings import Finding
from tidegate.declarations.stated import MAX_DIGITS, Amount, Beyond, DateTime, Element, Measure, exact_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.declarations.stated import Stated

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ARTICLES = {str: "text", list: "a list", dict: "an object", int: "a number", float: "a number"}
_MOST_DEPTH = 64
_SHOWN = 60
_LEAVES: dict[str, Any] = {
    "text": str | None,
    "number": Decimal | None,
    "amount": Amount | None,
    "measure": Measure | None,
    "time": DateTime | None,
}


def not_taken(raw: object, of: type[Stated] = Declaration, place: str = "") -> Iterator[Finding]:
    """Yield everything in decoded JSON that is not as the class has it; msgspec itself stops at the first."""
    if not isinstance(raw, dict):
        yield _wrong(place, f"an object was expected here, not {_article(raw)}.")
        return
    fields = class_plan(of).by_name()
    for name, held in raw.items():
        below = f"{place}/{name[:_SHOWN]}" if place else name[:_SHOWN]
        field = fields.get(name)
        if name == "Beyond":
            yield from _not_converted(held, tuple[Beyond, ...], below)
        elif field is None:
            text = f"{of.__name__} has no such name. Check its spelling and place, or leave it out."
            yield Finding("TG-JSON-FIELD", below, text)
        elif field.kind != "class":
            yield from _not_converted(held, _LEAVES[field.kind], below)
        elif not field.many:
            if held is not None:
                yield from not_taken(held, _class_of(field), below)
        elif isinstance(held, list):
            for number, one in enumerate(held, start=1):
                yield from not_taken(one, _class_of(field), f"{below}[{number}]")
        else:
            yield _wrong(below, f"a list was expected here, not {_article(held)}.")


def not_kept(declaration: Declaration, *, texts: bool) -> Iterator[Finding]:
    """Yield what XML could not say or would say otherwise; ``texts`` looks at every character too."""
    for place, value in walk(declaration):
        for field in class_plan(type(value)).fields:
            held = getattr(value, field.attribute)
            if held is None or field.kind == "class":
                continue
            below = f"{place}/{field.name}" if place else field.name
            if field.kind in {"number", "amount", "measure"}:
                number = held if isinstance(held, Decimal) else held.value
                if number is not None and not _is_bounded(number):
                    yield _wrong(below, f"a number of at most {MAX_DIGITS} digits was expected here.")
            if texts and any(_NOT_IN_XML.search(text) for text in _texts(held)):
                yield _wrong(below, "this text has a character that XML does not allow.")
        for beyond in value.beyond:
            yield from _not_beyond(value, beyond, f"{place}/Beyond" if place else "Beyond")


def _class_of(field: FieldPlan) -> type[Stated]:
    assert field.holds is not None
    return field.holds


def _article(raw: object) -> str:
    if isinstance(raw, bool):
        return "true or false"
    return _ARTICLES.get(type(raw), "null")


def _wrong(place: str, text: str) -> Finding:
    return Finding("TG-JSON-VALUE", place or "Declaration", text[:1].upper() + text[1:])


def _not_converted(held: object, to: Any, place: str) -> Iterator[Finding]:
    try:
        msgspec.convert(held, to, builtin_types=())
    except msgspec.ValidationError as error:
        what, _, inner = str(error).partition(" - at `$")
        at = inner.rstrip("`").replace(".", "/").replace("[...]", "")
        yield _wrong(place + at, f"{what.replace('`', '')}.")


def _is_bounded(number: Decimal) -> bool:
    if not number.is_finite():
        return False
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    return len(digits) + abs(exponent) <= MAX_DIGITS


def _texts(held: object) -> tuple[str, ...]:
    if isinstance(held, str):
        return (held,)
    words = (getattr(held, name, None) for name in ("text", "format_code", "currency_id", "unit_code"))
    return tuple(word for word in words if word)


def _not_beyond(value: Stated, beyond: Beyond, place: str) -> Iterator[Finding]:
    """Yield what is wrong with something kept beyond the fields: it must be XML and agree with the values."""
    field = class_plan(type(value)).by_name().get(beyond.at)
    no_number = field is not None and field.kind == "number" and beyond.kind in {"lexical", "attribute"}
    if beyond.at and (field is None or (getattr(value, field.attribute) is None and not no_number)):
        yield _wrong(place, "this is about a field that is not stated.")
    elif _NOT_IN_XML.search(beyond.text) or (beyond.kind == "attribute" and not _is_name(beyond.name)):
        yield _wrong(place, "this is not a name and a text as XML has them.")
    elif beyond.kind == "lexical" and not (field and _agrees(getattr(value, field.attribute), beyond.text)):
        yield _wrong(place, "the exact text says another value than its field.")
    elif beyond.kind == "element" and (beyond.element is None or not _is_element(beyond.element)):
        yield _wrong(place, f"this is not an element that XML could hold, at most {_MOST_DEPTH} deep.")


def _agrees(held: object, text: str) -> bool:
    if isinstance(held, str):
        return text.strip() == held
    if isinstance(held, DateTime):
        return text == held.text
    return exact_decimal(text) == (held.value if isinstance(held, Amount | Measure) else held)


def _is_element(element: Element) -> bool:
    waiting = [(element, 1)]
    while waiting:
        one, depth = waiting.pop()
        words = (one.text, one.tail, *one.attributes.values())
        if depth > _MOST_DEPTH or any(_NOT_IN_XML.search(word) for word in words):
            return False
        if not all(_is_name(name) for name in (one.name, *one.attributes)):
            return False
        waiting.extend((child, depth + 1) for child in one.children)
    return True


def _is_name(name: str) -> bool:
    try:
        etree.QName(name)
    except ValueError:
        return False
    return True
