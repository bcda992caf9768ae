"""Printing rates: the components in words again. Reading what is printed gives equal components."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tidegate.tariff.rates.building import CURRENCY_SIGNS, EXACT, NO_CHANGE

if TYPE_CHECKING:
    from decimal import Decimal

    from tidegate.tariff.rates.model import Component, Rate

_SIGNS = {code: sign for sign, code in CURRENCY_SIGNS.items()}
_JOINED = {
    "plus": " + ",
    "less": " less ",
    "minimum": " but not less than ",
    "maximum": " but not more than ",
}
_STANDS_ALONE = re.compile(r"(over|in excess of) \d|for each |including ", re.IGNORECASE)


def print_rate(rate: Rate, currency: str = "USD") -> str:
    """Print a rate as a schedule would; ``currency`` is the one printed as ``$`` and ``¢``."""
    groups: list[str] = []
    for programmes, components in rate.groups():
        text = _component(components[0], currency)
        for component in components[1:]:
            text += _further(component, currency)
        groups.append(f"{text} ({', '.join(programmes)})" if programmes else text)
    printed = " ".join(groups)
    return f"[{printed}]" if rate.bracketed else printed


def _further(component: Component, currency: str) -> str:
    if component.role == "maximum" and component.condition and component.condition.startswith("if "):
        bare = _core(component, currency) + _footnotes(component)
        return f", but {component.condition} the total duty shall not exceed {bare}"
    return _JOINED[component.role] + _component(component, currency)


def _component(component: Component, currency: str) -> str:
    text = _core(component, currency)
    if component.condition and component.kind == "reference" and component.wording:
        joint = ", " if component.condition.startswith("but in no case") else " "
        text += joint + component.condition
    elif component.condition:
        text += _condition(component.condition)
    return text + _footnotes(component)


def _footnotes(component: Component) -> str:
    return "".join(f" {mark}" for mark in component.footnotes)


def _condition(condition: str) -> str:
    said = ""
    for part in condition.split("; "):
        if part.lower().startswith("see"):
            said += f" ({part})"
        else:
            said += f" {part}" if part.startswith("valued") else f", {part}"
    return said


def _core(component: Component, currency: str) -> str:
    match component.kind:
        case "free":
            return "Free"
        case "reference":
            return _reference(component)
        case "ad_valorem":
            assert component.percent is not None
            return f"{component.fraction or plain(component.percent)}%{_basis(component)}"
        case "specific":
            return f"{_money(component, currency)}{_per(component)}{_basis(component)}"


def _reference(component: Component) -> str:
    if component.wording == NO_CHANGE:
        return NO_CHANGE
    if component.basis is not None:
        return f"{component.wording} {component.basis} (see {component.refers_to})"
    return f"{component.wording} {component.refers_to}"


def _basis(component: Component) -> str:
    if component.basis is None:
        return ""
    if component.basis.lower().startswith("including"):
        return f", {component.basis}"
    return f" {component.basis}" if _STANDS_ALONE.match(component.basis) else f" on {component.basis}"


def _per(component: Component) -> str:
    if component.unit is None:
        return ""
    return " each" if component.unit == "each" else f"/{component.unit}"


def _money(component: Component, currency: str) -> str:
    amount = component.amount
    assert amount is not None
    if component.currency != currency:
        sign = _SIGNS.get(component.currency or "")
        return f"{sign}{plain(amount)}" if sign else f"{plain(amount)} {component.currency}"
    return f"{plain(amount.scaleb(2, EXACT))}¢" if abs(amount) < 1 else f"${plain(amount)}"


def plain(number: Decimal) -> str:
    """Return a number in digits, never with an exponent, with the decimals it has."""
    return f"{number:f}"
