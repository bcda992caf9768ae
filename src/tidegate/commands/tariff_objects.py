"""How rates are printed as JSON: numbers are strings of digits, what does not apply is null."""

from __future__ import annotations

from typing import Any

from tidegate.tariff.rates import Component, Rate, UnreadRate, print_rate
from tidegate.tariff.rates.printing import plain


def rate_object(text: str, read: Rate | UnreadRate, currency: str) -> dict[str, Any]:
    """Return a read rate, and how it is printed; what cannot be read has a finding and no components."""
    if isinstance(read, Rate):
        components = [component_object(one) for one in read.components]
        return {"text": text, "components": components, "printed": print_rate(read, currency)}
    return {"text": text, "components": [], "finding": finding_object(read)}


def finding_object(unread: UnreadRate) -> dict[str, str]:
    """Return what is wrong with a text that is no rate, as a finding."""
    return {"code": unread.CODE, "location": f"column {unread.column}", "text": unread.message}


def component_object(one: Component) -> dict[str, Any]:
    """Return every part of a component."""
    return {
        "kind": one.kind,
        "percent": None if one.percent is None else plain(one.percent),
        "amount": None if one.amount is None else plain(one.amount),
        "currency": one.currency,
        "unit": one.unit,
        "basis": one.basis,
        "programmes": one.programmes,
        "role": one.role,
        "unit_code": one.unit_code,
        "refers_to": one.refers_to,
        "condition": one.condition,
        "footnotes": one.footnotes,
        "fraction": one.fraction,
    }
