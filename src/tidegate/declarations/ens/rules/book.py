"""A declaration judged: each group of it is shown to the rules that look at such groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.ens.rules.every import ENTRY_RULES
from tidegate.declarations.ens.rules.rule import TAGS, Around
from tidegate.declarations.findings import Finding

if TYPE_CHECKING:
    from tidegate.declarations.ens.rules.rule import Broken, EntryRule, Scope
    from tidegate.declarations.ens.words import EntryItem, EntrySummaryDeclaration
    from tidegate.declarations.stated import Stated

_ONCE: tuple[Scope, ...] = (
    "header",
    "consignor",
    "consignee",
    "notify_party",
    "lodgement_office",
    "representative",
    "lodging_person",
    "carrier",
)
_CHECKS: dict[Scope, tuple[tuple[Broken, str, EntryRule], ...]] = {
    scope: tuple(
        (check.broken, check.at, rule)
        for rule in ENTRY_RULES
        for check in rule.checks
        if check.scope == scope
    )
    for scope in TAGS
}


def judge_entry(declaration: EntrySummaryDeclaration) -> tuple[Finding, ...]:
    """Return what the rules find in a declaration that is valid by its schema.

    Each finding has the published number as its code, and as its location the path of the message's elements,
    each numbered from 1: ``/ie:CC315A[1]/GOOITEGDS[2]/PACGS2[1]``.
    """
    around = Around(declaration)
    found: list[Finding] = []
    root = f"/ie:{declaration.kind}[1]"
    _look("message", declaration, root, around, found)
    for scope in _ONCE:
        group = getattr(declaration, scope)
        if group is not None:
            _look(scope, group, f"{root}/{TAGS[scope]}[1]", around, found)
    for place, item in enumerate(declaration.goods_item, start=1):
        _look_at_item(item, place, root, around, found)
    return tuple(found)


def _look_at_item(item: EntryItem, place: int, root: str, around: Around, found: list[Finding]) -> None:
    at = f"{root}/GOOITEGDS[{place}]"
    around.item, around.to_order_here = item, around.to_order[place - 1]
    _look("goods_item", item, at, around, found)
    if item.consignor is not None:
        _look("item_consignor", item.consignor, f"{at}/TRACONCO2[1]", around, found)
    if item.consignee is not None:
        _look("item_consignee", item.consignee, f"{at}/TRACONCE2[1]", around, found)
    if item.notify_party is not None:
        _look("item_notify_party", item.notify_party, f"{at}/PRTNOT640[1]", around, found)
    for number, means in enumerate(item.border_transport_means, start=1):
        _look("means", means, f"{at}/IDEMEATRAGI970[{number}]", around, found)
    for number, packaging in enumerate(item.packaging, start=1):
        _look("packaging", packaging, f"{at}/PACGS2[{number}]", around, found)


def _look(scope: Scope, group: Stated, at: str, around: Around, found: list[Finding]) -> None:
    for broken, below, rule in _CHECKS[scope]:
        if broken(group, around):
            found.append(Finding(rule.number, at + below, rule.text))
