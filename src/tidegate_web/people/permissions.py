"""Who may do what: every action on every page, and the roles that may do it. The one place that says so.

Which *state* allows an act is a question for the core: here stands only which *person* does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from tidegate_web.people.models import Role

if TYPE_CHECKING:
    from tidegate_web.people.models import Person

_CUSTOMS = (Role.OFFICER, Role.SUPERVISOR)
_TRADE = (Role.TRADER, Role.BROKER)
EVERYONE = tuple(Role)

ACTIONS: dict[str, tuple[Role, ...]] = {
    "own account": EVERYONE,
    # the officer's desk
    "see the queue": (*_CUSTOMS, Role.AUDITOR),
    "see a consignment": (*_CUSTOMS, Role.ANALYST, Role.AUDITOR),
    "ask for documents": _CUSTOMS,
    "record a control": _CUSTOMS,
    "record an arrival": _CUSTOMS,
    "refer a consignment": _CUSTOMS,
    "take up work": _CUSTOMS,
    "record a payment": _CUSTOMS,
    "answer a query": _CUSTOMS,
    "correct what is cleared": _CUSTOMS,
    "ask a partner": _CUSTOMS,
    "override an assessment": (Role.SUPERVISOR,),
    "decide a review": (Role.SUPERVISOR,),
    # the trader's desk
    "see own consignments": _TRADE,
    "lodge a declaration": _TRADE,
    "manage keys": _TRADE,
    # the analyst's desk
    "see targeting": (Role.ANALYST, Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR),
    "change targeting": (Role.ANALYST,),
    # the director's desk
    "see figures": (Role.DIRECTOR, Role.SUPERVISOR, Role.ANALYST, Role.AUDITOR),
    # partners, and the public
    "see partners": (Role.DIRECTOR, Role.SUPERVISOR, Role.AUDITOR),
    "publish notices": (Role.SUPERVISOR, Role.DIRECTOR),
    "answer enquiries": _CUSTOMS,
    # accounts
    "manage people": (Role.ADMINISTRATOR,),
    "see who looked": (Role.AUDITOR,),
}


def _has_role(*roles: Role) -> rules.Predicate:
    named = frozenset(roles)

    @rules.predicate(name=f"role in {sorted(named)}")
    def predicate(person: Person) -> bool:
        return person.is_active and person.role in named

    return predicate


RULES = rules.RuleSet()
for _action, _roles in ACTIONS.items():
    RULES.add_rule(_action, _has_role(*_roles))


def may(person: Person, action: str) -> bool:
    """Tell whether a person may do an action; an action that does not stand above raises KeyError."""
    if action not in ACTIONS:
        raise KeyError(action)
    return person.is_authenticated and RULES.test_rule(action, person)
