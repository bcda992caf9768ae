"""What programs ask goes a shorter way than pages, to the same views, with the same guards."""

import pytest
from django.test import Client
from django.utils import translation

from tests.web.people_of import signed_in
from tidegate_web.people.models import Role
from tidegate_web.programs import of_programs

_OF_PAGES = ("session", "user", "htmx", "_messages")


def test_programs_are_looked_at_without_what_pages_need():
    browser = Client(SERVER_NAME="localhost", headers={"Accept": "text/html"})
    page, told = (browser.get(path).wsgi_request for path in ("/public", "/health"))
    assert all(hasattr(page, name) for name in _OF_PAGES)
    assert not any(hasattr(told, name) for name in _OF_PAGES)


@pytest.mark.parametrize("path", ["/api/v1/notices", "/api/v1/declarations/X", "/customs/declarations/"])
def test_who_is_signed_in_on_pages_is_nobody_among_programs(path):
    assert signed_in(Role.TRADER).get(path, headers={"Accept": "application/json"}).status_code in (401, 405)


def test_a_language_chosen_on_a_page_is_not_spoken_to_programs():
    browser = Client(SERVER_NAME="localhost", headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert b'lang="fr"' in browser.get("/public").content
    assert browser.get("/health").status_code == 200
    assert translation.get_language() == "en"


def test_programs_are_told_their_pace_and_sent_nothing_twice(asking):
    answer = asking.get("/api/v1/notices")
    assert "RateLimit" in answer
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
    again = asking.client.get(
        "/api/v1/notices", headers={"Authorization": f"Bearer {asking.key}", "If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304


def test_an_address_that_is_not_there_is_told_as_a_problem():
    answer = Client(SERVER_NAME="localhost").get("/api/v1/nowhere")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_pages_are_not_taken_for_programs():
    assert not any(
        of_programs(path) for path in ("/", "/officer/queue", "/notices", "/questions", "/healthy")
    )
