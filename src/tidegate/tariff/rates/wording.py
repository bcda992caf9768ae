"""Rates in words: what a component asks for, said in full for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.tariff.rates.building import NO_CHANGE
from tidegate.tariff.rates.printing import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.tariff.rates.model import Component

_JOINTS = {"plus": " plus ", "less": " less ", "minimum": ", at least ", "maximum": ", at most "}


def say_rate(components: Sequence[Component]) -> str:
    """Say what the components of one group ask for: “0.014 USD for each kg plus 3.2 % of the value”."""
    said = ""
    for place, component in enumerate(components):
        said += _JOINTS[component.role] if place else ""
        said += _say(component)
    return said


def _say(component: Component) -> str:
    match component.kind:
        case "free":
            said = "free"
        case "ad_valorem":
            assert component.percent is not None
            number = component.fraction or plain(component.percent)
            said = f"{number} % {_of(component) or 'of the value'}"
        case "specific":
            assert component.amount is not None
            each = f" for each {component.unit}" if component.unit and component.unit != "each" else ""
            each = " for each article" if component.unit == "each" else each
            said = " ".join(part for part in (_money(component) + each, _of(component)) if part)
        case "reference":
            said = _reference(component)
    if component.condition:
        said += f" ({component.condition})"
    return said


def _money(component: Component) -> str:
    assert component.amount is not None
    return f"{plain(component.amount)} {component.currency}"


def _of(component: Component) -> str:
    basis = component.basis
    if basis is None:
        return ""
    spelt_out = basis.startswith(("for each ", "including ", "over ", "in excess of "))
    return basis if spelt_out else f"on {basis}"


def _reference(component: Component) -> str:
    if component.wording == NO_CHANGE:
        return f"no change: {component.refers_to}"
    of_what = f" {component.basis}, see" if component.basis else ""
    wording = component.wording or "see"
    return f"{wording[0].lower()}{wording[1:]}{of_what} {component.refers_to}"
