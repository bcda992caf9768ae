"""Every page of every role, narrow and wide, in both languages: nothing serious against it, nothing cut."""

import pytest

PAGES = {
    None: [
        "/accounts/login/",
        "/public",
        "/tariff?q=fish",
        "/tariff/87",
        "/duty?code=8703&origin=CN&value=10000&currency=USD",
        "/notices",
        "/times",
        "/questions/new",
        "/verify",
    ],
    "trader": [
        "/trader/consignments",
        "/trader/lodge",
        "/trader/uploads",
        "/trader/keys",
        "/trader/messages",
    ],
    "director": [
        "/director/",
        "/director/?by=office",
        "/director/volumes",
        "/director/revenue",
        "/director/controls",
        "/director/waiting",
        "/director/behind?figure=slowest",
    ],
    "analyst": ["/analyst/", "/analyst/profile", "/analyst/model", "/analyst/groups", "/analyst/what-if"],
    "officer": ["/officer/queue", "/entries/", "/account"],
    "supervisor": ["/officer/queue", "/notices/new", "/questions"],
    "auditor": ["/officer/queue"],
    "administrator": ["/people", "/people/new"],
}
CASES = [(role, path) for role, paths in PAGES.items() for path in paths]


@pytest.mark.parametrize(("role", "path"), CASES, ids=lambda one: str(one).strip("/").replace("/", "-"))
@pytest.mark.parametrize("width", ["narrow", "wide"])
def test_a_page_has_nothing_serious_against_it(person, screens, role, path, width):
    one = person(role, width=width).goto(path)
    assert one.violations() == []
    assert one.overflow() <= 0
    assert one.complaints == []
    if screens is not None:
        name = path.partition("?")[0].strip("/").replace("/", "-")
        one.page.screenshot(path=screens / f"{name}-{width}.png")


@pytest.mark.parametrize(("role", "path"), CASES, ids=lambda one: str(one).strip("/").replace("/", "-"))
def test_a_page_has_nothing_serious_against_it_in_french(person, role, path):
    one = person(role, language="fr").goto(path)
    assert one.page.get_attribute("html", "lang") == "fr"
    assert one.violations() == []
    assert one.complaints == []


def test_axe_would_find_something(person):
    one = person().goto("/accounts/login/")
    one.page.evaluate("document.documentElement.removeAttribute('lang')")
    assert any(found.startswith("html-has-lang") for found in one.violations())
