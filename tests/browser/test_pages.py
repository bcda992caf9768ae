"""Every page of every role, wide and narrow, in both languages: nothing serious against it, nothing cut."""

from urllib.parse import urlsplit

import pytest

from tests.browser.addresses import LOOKED_AT


def _looked(looker, route, language):
    role, path, *links = LOOKED_AT[route]
    one = looker(role, language).goto(path)
    for link in links:
        if link.startswith("+"):
            one.goto(urlsplit(one.page.url).path + link[1:])
        else:
            one.follow(link)
    return one


@pytest.mark.parametrize("route", LOOKED_AT, ids=lambda one: one.strip("/").replace("/", "-") or "-")
def test_a_page_has_nothing_serious_against_it(looker, screens, route):
    one = _looked(looker, route, "en")
    for width in ("wide", "narrow"):
        one.resize(width)
        assert one.violations() == [], width
        assert one.overflow() <= 0, width
        if screens is not None:
            name = route.strip("/").translate(str.maketrans("/<>:", "-___"))
            one.page.screenshot(path=screens / f"{name}-{width}.png", full_page=True)
    assert one.complaints == []


@pytest.mark.parametrize("route", LOOKED_AT, ids=lambda one: one.strip("/").replace("/", "-") or "-")
def test_a_page_has_nothing_serious_against_it_in_french(looker, route):
    one = _looked(looker, route, "fr")
    assert one.page.get_attribute("html", "lang") == "fr"
    assert one.violations() == []
    assert one.complaints == []


def test_axe_would_find_something(person):
    one = person().goto("/accounts/login/")
    one.page.evaluate("document.documentElement.removeAttribute('lang')")
    assert any(found.startswith("html-has-lang") for found in one.violations())
