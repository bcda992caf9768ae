"""The decision on declarations, for a batch: findings by rules, duty by the tariff, risk by profiles.

One path, not two: a declaration online is a batch of one. What is decided about a declaration depends on it
and on its legal time alone, never on the others in the batch.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import Reason, TaxLine
from tidegate.declarations.findings import Finding
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.declarations.rules import RuleContext, judge
from tidegate.risk import Policy, Profile, apply_profiles, features
from tidegate.tariff import Assessment, TariffTables, assess
from tidegate.tariff.tables import RATE_SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

_GAPS = {
    "value": (
        "TG-VALUE",
        "Commodity/InvoiceLine/ItemChargeAmount",
        "No price of the item and no statistical value is stated, so no duty can be worked out. State one.",
    ),
    "exchange": (
        "TG-EXCHANGE",
        "Commodity/InvoiceLine/ItemChargeAmount",
        "No rate of exchange is held for {detail}. State the price in a currency that has one.",
    ),
    "rate": (
        "TG-RATE",
        "Commodity/Classification",
        "No rate is held: {detail}. Nothing was charged for it, and nothing was guessed.",
    ),
    "size": (
        "TG-SIZE",
        "Commodity/InvoiceLine/ItemChargeAmount",
        "The price comes to more than any amount that is worked out here: {detail}. Check its digits.",
    ),
}


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """All that decisions of one administration go by."""

    country: str
    default_office: str
    immediate_payment: frozenset[str]
    tariff: TariffTables
    profiles: tuple[Profile, ...]
    policy: Policy
    further_countries: frozenset[str] = frozenset()


class Decision(msgspec.Struct, frozen=True):
    """What was decided about one declaration, before the channel is chosen."""

    findings: tuple[Finding, ...]
    office: str
    taxes: tuple[TaxLine, ...] = ()
    due: Decimal = Decimal(0)
    deferred: bool = False
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether nothing found stands against acceptance."""
        return not any(finding.stops for finding in self.findings)


def decide(lodged: Sequence[Lodged], terms: Terms) -> dict[str, Decision]:
    """Return a decision for each declaration, by its reference."""
    findings = {one.reference: judge(one.declaration, _context(terms, one)) for one in lodged}
    accepted = [one for one in lodged if not any(finding.stops for finding in findings[one.reference])]
    frame = goods_item_frame(accepted)
    assessment = assess(frame, terms.tariff)
    items = features(frame, assessment.values, assessment.lines, terms.tariff.minor_digits)
    risk = apply_profiles(items, terms.profiles)
    scores = dict(risk.scores.iter_rows())
    reasons = _by_declaration(risk.reasons)
    taxes, gaps = _tax_lines(assessment, terms.tariff), _gap_findings(assessment)
    offices, methods = _first(frame, "office"), _first(frame, "payment_method")
    decisions = {}
    for one in lodged:
        name = one.reference
        lines = tuple(taxes.get(name, ()))
        decisions[name] = Decision(
            findings=findings[name] + tuple(gaps.get(name, ())),
            office=offices.get(name) or terms.default_office,
            taxes=lines,
            due=sum((line.amount for line in lines), Decimal(0)),
            deferred=(methods.get(name) or "") not in terms.immediate_payment | {""},
            score=scores.get(name, 0.0),
            reasons=tuple(
                Reason(text=text, weight=weight, item=item, profile=profile)
                for item, profile, weight, text in reasons.get(name, ())
            ),
        )
    return decisions


def _context(terms: Terms, lodged: Lodged) -> RuleContext:
    context = RuleContext(lodged.occurred.date(), terms.country)
    further = context.further_countries | terms.further_countries
    return msgspec.structs.replace(context, further_countries=further)


def _by_declaration(frame: pl.DataFrame) -> dict[str, list[tuple[int, str, float, str]]]:
    grouped: dict[str, list[tuple[int, str, float, str]]] = defaultdict(list)
    for name, *rest in frame.select("declaration", "item", "profile", "weight", "text").iter_rows():
        grouped[name].append((rest[0], rest[1], rest[2], rest[3]))
    return grouped


def _tax_lines(assessment: Assessment, tables: TariffTables) -> dict[str, list[TaxLine]]:
    """Return the tax lines as exact decimals: minor units and scaled rates become numbers again."""
    grouped: dict[str, list[TaxLine]] = defaultdict(list)
    minor = Decimal(1).scaleb(-tables.minor_digits)
    for name, item, tax, base, rate, amount, derivation in assessment.lines.iter_rows():
        grouped[name].append(
            TaxLine(
                item=item,
                type=tax,
                base=base * minor,
                rate=_percent(rate),
                amount=amount * minor,
                currency=tables.currency,
                derivation=derivation,
            )
        )
    return grouped


def _percent(scaled: int) -> Decimal:
    """Return a rate in per cent with the two decimals it is published with, or as many as it needs."""
    percent = Decimal(scaled) / RATE_SCALE
    two = percent.quantize(Decimal("0.01"))
    return two if two == percent else percent.normalize()


def _gap_findings(assessment: Assessment) -> dict[str, list[Finding]]:
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for name, item, gap, detail in assessment.gaps.iter_rows():
        code, place, text = _GAPS[gap]
        location = f"GoodsShipment/GovernmentAgencyGoodsItem[{item}]/{place}"
        grouped[name].append(Finding(code, location, text.format(detail=detail), "warning"))
    return grouped


def _first(frame: pl.DataFrame, column: str) -> dict[str, str | None]:
    """Return the first value stated in a column, by declaration."""
    stated = frame.filter(frame[column].is_not_null()).unique(
        "declaration", keep="first", maintain_order=True
    )
    return dict(stated.select("declaration", column).iter_rows())
