"""The ready accounts of a demonstration: one for each role, with one password, shown where one signs in."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from tidegate_web.desks.trader.models import Draft
from tidegate_web.node import now
from tidegate_web.people.models import Organisation, Person, Role

PASSWORD = "tidegate-demonstration"  # noqa: S105 - shown on the sign-in page, of a demonstration only


def make_accounts(trader: str, broker: str) -> None:
    """Make the accounts that are not there yet; trader and broker work for the operators of these numbers."""
    companies = {
        role: Organisation.objects.get_or_create(operator=number, defaults={"name": name})[0]
        for role, number, name in (
            (Role.TRADER, trader, "Harbour Trading"),
            (Role.BROKER, broker, "Gatehouse Brokers"),
        )
    }
    hashed = make_password(PASSWORD)  # once: it takes its time, and it is the same one
    for role in Role:
        if Person.objects.filter(username=role).exists():
            continue
        Person.objects.create(username=role, role=role, organisation=companies.get(role), password=hashed)


def make_draft(trader: str) -> None:
    """Begin a declaration of the trader, to be filled in by whoever looks."""
    if Draft.objects.filter(operator=trader).exists():
        return
    moment = now()
    data = {
        "about": {
            "kind": "IMA",
            "lrn": f"W{moment:%y%m%d}-DRAFT",
            "importer": trader,
            "exporter": "Oldtown Mills",
        },
        "items": [{"procedure": "4000", "description": "Towels of terry cotton", "package_kind": "CT"}],
        "transport": {"mode": "1", "incoterm": "CIF", "payment": "A"},
        "visited": ["about"],
    }
    Draft.objects.create(operator=trader, data=data, made=moment, changed=moment)


def ready_accounts() -> list[Person]:
    """Return the ready accounts, in the order of the roles."""
    known = {one.username: one for one in Person.objects.select_related("organisation")}
    return [known[role] for role in Role if role in known]
