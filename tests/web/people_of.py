"""People of a node, one for each role, signed in."""

from django.test import Client

from tidegate_web.people.models import Organisation, Person, Role

PASSWORD = "high water at the sluice"


def person(role, *, username=None, operator="GB999999999001", office=""):
    """Return the person of a role; it is made where it is not there yet."""
    username = username or f"the-{role}"
    known = Person.objects.filter(username=username).first()
    if known is not None:
        return known
    organisation = None
    if role in (Role.TRADER, Role.BROKER):
        organisation, _ = Organisation.objects.get_or_create(operator=operator, defaults={"name": operator})
    made = Person(username=username, role=role, office=office, organisation=organisation)
    made.set_password(PASSWORD)
    made.save()
    return made


def signed_in(role, **how):
    """Return a browser of somebody in a role; forms need their token, as in a browser."""
    browser = Client(SERVER_NAME="localhost", headers={"Accept": "text/html"})
    browser.force_login(person(role, **how))
    return browser


def anybody():
    return Client(SERVER_NAME="localhost", headers={"Accept": "text/html"})
