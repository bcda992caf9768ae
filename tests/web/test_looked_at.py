"""Every page is looked at in a browser, or it is said why not; `tests/browser` looks."""

from django.urls import URLPattern, get_resolver

from tests.browser.addresses import EXEMPT, IN_PASSING, LOOKED_AT, OF_OTHERS
from tests.web.forms_of import pages


def _of_sign_in(patterns=None, before=""):
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(one.pattern).lstrip("^")
        if not isinstance(one, URLPattern):
            yield from _of_sign_in(one.url_patterns, route)
        elif route.startswith("accounts/"):
            yield route


def test_every_page_is_looked_at_or_it_is_said_why_not():
    there = {route for route, _ in pages()} | set(_of_sign_in())
    said = {**LOOKED_AT, **IN_PASSING, **EXEMPT}
    assert {one for one in there - set(said) if not one.startswith(OF_OTHERS)} == set()


def test_nothing_is_said_of_pages_that_are_not_there_and_nothing_twice():
    there = {route for route, _ in pages()} | set(_of_sign_in())
    assert ({*LOOKED_AT, *IN_PASSING, *EXEMPT}) - there == set()
    assert len(LOOKED_AT) + len(IN_PASSING) + len(EXEMPT) == len({*LOOKED_AT, *IN_PASSING, *EXEMPT})
