"""The rule book: rules in force on a day, and a declaration judged by them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tidegate.declarations.classes import class_plan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tidegate.declarations.declaration import Declaration, Request
    from tidegate.declarations.findings import Finding
    from tidegate.declarations.rules.rule import Check, Rule, RuleContext
    from tidegate.declarations.stated import Stated

    _Checks = dict[type[Stated], list[tuple[Rule, Check]]]
    _Trail = tuple["_Trail", str, int] | None  # the way up: what is above, the name here, the number from 1

_DAYS_KEPT = 64


class RuleBook:
    """Rules, and the order to look for them by class on each day; made once and used by everyone."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._in_force: dict[tuple[date, Request, str], _Checks] = {}

    def judge(self, declaration: Declaration, context: RuleContext) -> tuple[Finding, ...]:
        """Return what the rules in force find in a declaration, in the order of its classes."""
        checks = self._checks(context.on, declaration.request, context.country)
        findings: list[Finding] = []
        _visit(declaration, None, checks, context, findings)
        return tuple(findings)

    def _checks(self, on: date, request: Request, country: str) -> _Checks:
        """Return the checks of a day, request and country by class; a few days are kept for the next one."""
        known = self._in_force.get((on, request, country))
        if known is None:
            known = {}
            for rule in self.rules:
                if rule.in_force(on) and request in rule.applies and rule.country in ("", country):
                    for of, check in rule.checks.items():
                        known.setdefault(of, []).append((rule, check))
            if len(self._in_force) >= _DAYS_KEPT:
                self._in_force.clear()
            self._in_force[on, request, country] = known
        return known


def _visit(
    value: Stated, trail: _Trail, checks: _Checks, context: RuleContext, findings: list[Finding]
) -> None:
    for rule, check in checks.get(type(value), ()):
        findings.extend(rule.finding(_place(trail), breach) for breach in check(value, context))
    for attribute, name, many in _children(type(value)):
        held = getattr(value, attribute)
        if not held:
            continue
        if many:
            for place, one in enumerate(held, start=1):
                _visit(one, (trail, name, place), checks, context, findings)
        else:
            _visit(held, (trail, name, 0), checks, context, findings)


@cache
def _children(of: type[Stated]) -> tuple[tuple[str, str, bool], ...]:
    fields = class_plan(of).fields
    return tuple((field.attribute, field.name, field.many) for field in fields if field.kind == "class")


def _place(trail: _Trail) -> str:
    steps: list[str] = []
    while trail is not None:
        trail, name, number = trail
        steps.append(f"{name}[{number}]" if number else name)
    return "/".join(reversed(steps))
