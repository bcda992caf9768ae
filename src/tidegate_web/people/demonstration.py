"""The ready accounts of a demonstration: one for each role, with one password, shown where one signs in."""

from __future__ import annotations

from tidegate_web.people.models import Organisation, Person, Role

PASSWORD = "tidegate-demonstration"  # noqa: S105 - shown on the sign-in page, of a demonstration only
_OF_TRADE = (Role.TRADER, Role.BROKER)


def make_accounts(operator: str) -> None:
    """Make the accounts that are not there yet; the traders work for the operator of this number."""
    company, _made = Organisation.objects.get_or_create(operator=operator, defaults={"name": operator})
    for role in Role:
        if Person.objects.filter(username=role).exists():
            continue
        person = Person(username=role, role=role, organisation=company if role in _OF_TRADE else None)
        person.set_password(PASSWORD)
        person.save()


def ready_accounts() -> list[Person]:
    """Return the ready accounts, in the order of the roles."""
    known = {one.username: one for one in Person.objects.select_related("organisation")}
    return [known[role] for role in Role if role in known]
