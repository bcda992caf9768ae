"""The decision on declarations, for a batch: findings by rules, duty by the tariff, risk by what stands.

One path, not two: a declaration online is a batch of one. What is decided about a declaration depends on it,
on its legal time and on the state as of its position, never on the others in the batch.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import QuotaDraw, Reason, TaxLine
from tidegate.declarations.duty_frame import duty_columns
from tidegate.declarations.findings import Finding
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.declarations.rules import RuleContext, judge
from tidegate.risk import Policy, Profile, Weighed, apply_profiles, features
from tidegate.risk.history import packed
from tidegate.tariff import TariffTables, assess, findings_of, tax_lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from tidegate.clearance.targeting import Sights
    from tidegate.risk.aiming import Looked
    from tidegate.tariff import Assessment


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """All that decisions of one administration go by."""

    country: str
    default_office: str
    immediate_payment: frozenset[str]
    tariff: TariffTables
    profiles: tuple[Profile, ...]
    policy: Policy
    further_countries: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()  # empty: any


class Decision(msgspec.Struct, frozen=True):
    """What was decided about one declaration, before the channel is chosen.

    ``kept`` is what is remembered of its goods items; ``model`` names the model that ``weighed`` it.
    """

    findings: tuple[Finding, ...]
    office: str
    taxes: tuple[TaxLine, ...] = ()
    due: Decimal = Decimal(0)
    deferred: bool = False
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()
    draws: tuple[QuotaDraw, ...] = ()
    weighed: Weighed = Weighed()
    model: str = ""
    kept: bytes = b""

    @property
    def accepted(self) -> bool:
        """Whether nothing found stands against acceptance."""
        return not any(finding.stops for finding in self.findings)


def decide(
    lodged: Sequence[Lodged],
    terms: Terms,
    drawn: Mapping[str, int] = MappingProxyType({}),
    *,
    sights: Sights | None = None,
) -> dict[str, Decision]:
    """Return a decision for each declaration, by its reference.

    ``drawn`` is what quotas have given before (millionths, by ``QUOTA@DAY``). Declarations that claim the
    same quota are served in their order: who wants them independent decides on them one by one. ``sights``
    are what is aimed by on the journal's day.
    """
    findings = {one.reference: judge(one.declaration, _context(terms, one)) for one in lodged}
    accepted = [one for one in lodged if not any(finding.stops for finding in findings[one.reference])]
    frame = goods_item_frame(accepted)
    assessment = assess(frame.hstack(duty_columns(accepted)), terms.tariff, drawn)
    items = features(frame, assessment.values, assessment.lines, terms.tariff.minor_digits)
    risk = apply_profiles(items, terms.profiles)
    scores = dict(risk.scores.iter_rows())
    reasons = _by_declaration(risk.reasons)
    taxes = tax_lines_of(assessment, terms.tariff, _chapters(frame))
    gaps = findings_of(assessment)
    draws = _drawn_by(assessment)
    offices, methods = _first(frame, "office"), _first(frame, "payment_method")
    traders = _first(frame, "exporter") | _first(frame, "importer")
    looked, kept = sights.look(frame) if sights is not None else {}, packed(frame)
    decisions = {}
    for one in lodged:
        name = one.reference
        lines = tuple(taxes.get(name, ()))
        decisions[name] = Decision(
            findings=findings[name] + tuple(gaps.get(name, ())),
            office=offices.get(name) or terms.default_office,
            taxes=lines,
            due=sum((_payable(line) for line in lines), Decimal(0)),
            deferred=(methods.get(name) or "") not in terms.immediate_payment | {""},
            score=_combined(scores.get(name, 0.0), looked.get(name)),
            reasons=(*_reasons(reasons.get(name, [])), *_accounts(looked.get(name))),
            draws=draws.get(name, ()),
            weighed=sights.weighed(looked.get(name), traders.get(name)) if sights is not None else Weighed(),
            model=sights.model if sights is not None else "",
            kept=kept.get(name, b""),
        )
    return decisions


def _chapters(frame: pl.DataFrame) -> dict[tuple[str, int], str]:
    """Return the chapter of each goods item that states a code, by declaration and item."""
    rows = frame.select("declaration", "item", "commodity").drop_nulls().iter_rows()
    return {(declaration, item): code[:2] for declaration, item, code in rows}


def _combined(score: float, looked: Looked | None) -> float:
    """Return the score of profiles together with a model's likelihood, as profiles go together."""
    if looked is None or looked.likelihood is None:
        return score
    return round(1 - (1 - score) * (1 - looked.likelihood), 6)


def _reasons(held: list[tuple[int, str, float, str]]) -> list[Reason]:
    return [
        Reason(text=text, weight=weight, item=item, profile=profile) for item, profile, weight, text in held
    ]


def _accounts(looked: Looked | None) -> list[Reason]:
    """Return a model's reasons; they have no profile."""
    accounts = looked.accounts if looked is not None else ()
    return [Reason(text=one.text, weight=one.effect, item=looked.item) for one in accounts if looked]


def _context(terms: Terms, lodged: Lodged) -> RuleContext:
    context = RuleContext(lodged.occurred.date(), terms.country)
    further = context.further_countries | terms.further_countries
    return msgspec.structs.replace(context, further_countries=further)


def _by_declaration(frame: pl.DataFrame) -> dict[str, list[tuple[int, str, float, str]]]:
    grouped: dict[str, list[tuple[int, str, float, str]]] = defaultdict(list)
    for name, *rest in frame.select("declaration", "item", "profile", "weight", "text").iter_rows():
        grouped[name].append((rest[0], rest[1], rest[2], rest[3]))
    return grouped


def _drawn_by(assessment: Assessment) -> dict[str, tuple[QuotaDraw, ...]]:
    """Return what each declaration drew, its items together, in the order of the quotas' numbers."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for (name, _), draw in assessment.draws.items():
        sums[name][draw.quota] = sums[name].get(draw.quota, Decimal(0)) + draw.quantity
    return {
        name: tuple(QuotaDraw(quota=quota, quantity=of[quota]) for quota in sorted(of))
        for name, of in sums.items()
    }


def _payable(line: TaxLine) -> Decimal:
    return line.amount if line.payable is None else line.payable


def _first(frame: pl.DataFrame, column: str) -> dict[str, str | None]:
    """Return the first value stated in a column, by declaration."""
    stated = frame.filter(frame[column].is_not_null()).unique(
        "declaration", keep="first", maintain_order=True
    )
    return dict(stated.select("declaration", column).iter_rows())
