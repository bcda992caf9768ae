"""Compares the taxes of cleared declarations with the tax notifications published beside them."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TAX_NOTIFICATION = "13"


class Line(NamedTuple):
    """A line of a notification: the rate is None where it carries none."""

    scenario: str
    item: int
    regime: str
    type: str
    base: Decimal | None
    rate: Decimal | None
    amount: Decimal


def published(scenarios: Path) -> list[Line]:
    """Return the lines of the first notification of each declaration as it was lodged (version 1)."""
    lines = []
    for folder in sorted(path for path in scenarios.iterdir() if path.is_dir()):
        for path in sorted(folder.rglob("*.xml")):
            root = _parsed(path)
            if root is not None and _is_first(root):
                lines += _lines(folder.name, root)
                break
    return lines


def declared(results: Iterable[dict], scenarios: Path) -> dict[str, list[dict]]:
    """Return the taxes that ``clear --json`` told of each scenario's declaration."""
    taxes: dict[str, list[dict]] = defaultdict(list)
    for told in results:
        parts = told["file"].removeprefix(str(scenarios)).lstrip("/").split("/")
        if told["kind"] == "declaration" and not taxes.get(parts[0]):
            taxes[parts[0]] = told["taxes"]
    return taxes


def equal(line: Line, taxes: list[dict]) -> bool:
    """Tell whether the taxes have a line equal in item, type, base, rate and amount."""
    return any(
        (told["item"], told["type"]) == (line.item, line.type)
        and told["rate"] is not None
        and (Decimal(told["base"]), Decimal(told["rate"]), Decimal(told["amount"]))
        == (line.base, line.rate, line.amount)
        for told in taxes
    )


def _is_first(root: etree._Element) -> bool:
    """Tell whether this is a tax notification about a declaration as it was lodged."""
    of_tax = _texts(root, "FunctionCode")[:1] == [TAX_NOTIFICATION]
    return of_tax and _texts(root, "VersionID")[:1] in ([], ["1"])


def _lines(scenario: str, root: etree._Element) -> Iterable[Line]:
    for item in root.iterfind(".//{*}GovernmentAgencyGoodsItem"):
        number = int(item.findtext("{*}SequenceNumeric"))
        for fee in item.iterfind(".//{*}DutyTaxFee"):
            payment = fee.find("{*}Payment")
            amount = None if payment is None else payment.findtext("{*}TaxAssessedAmount")
            rate, base = fee.findtext("{*}TaxRateNumeric"), fee.findtext("{*}AdValoremTaxBaseAmount")
            yield Line(
                scenario,
                number,
                fee.findtext("{*}DutyRegimeCode") or "",
                fee.findtext("{*}TypeCode") or "",
                Decimal(base) if base else None,
                Decimal(rate) if rate else None,
                Decimal(amount or 0),
            )


def _texts(root: etree._Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iterfind(f".//{{*}}{name}")]


def _parsed(path: Path) -> etree._Element | None:
    try:
        return etree.parse(path).getroot()
    except etree.XMLSyntaxError:
        return None


def charged(line: Line, taxes: list[dict]) -> bool:
    """Tell whether a line without rate and base is told with the amount that was notified."""
    return any(
        (told["item"], told["type"]) == (line.item, line.type) and Decimal(told["amount"]) == line.amount
        for told in taxes
    )


def by_quantity(line: Line) -> bool:
    """Tell whether a line carries an amount that is worked out by quantity: neither rate nor base."""
    return line.rate is None and line.base is None and bool(line.regime) and bool(line.amount)


def rests_on_unheld(line: Line, lines: Iterable[Line], taxes: list[dict]) -> bool:
    """Tell whether a tax on other taxes has one in its base whose rate by quantity the tables do not hold."""
    beside = [one for one in lines if (one.scenario, one.item) == (line.scenario, line.item)]
    unheld = {one.type for one in beside if by_quantity(one) and not charged(one, taxes)}
    of_duties = {one for one in unheld if one.startswith("A")}
    excise = {one for one in unheld if one.isdigit()}
    if line.type == "B05":
        return bool(of_duties)
    under_eu = any(one.type == "A50" for one in beside)
    return line.type == "B00" and bool(excise or (of_duties and not under_eu))
