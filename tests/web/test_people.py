"""Who sees which page: every page, every role, from the table in one module."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.web.people_of import PASSWORD, anybody, person, signed_in
from tidegate_web.layout.policy import POLICY
from tidegate_web.people.models import Person, Role
from tidegate_web.people.pages import PUBLIC
from tidegate_web.people.permissions import ACTIONS, may

# Addresses that are no pages of ours: programs ask them, or a library answers for sign-in.
_OF_PROGRAMS = (
    "api/",
    "customs/",
    "notifications",
    "health",
    "ready",
    "metrics",
    "exchange/",
    "oauth",
    ".well-known/",
    "identity/",
)
_EXAMPLES = {"mrn": "26GBAAAAAAAAAAAAA1", "position": 1, "n": 0, "code": "en", "number": 999_999}


def _pages(patterns=None, before="", names=()):
    """Yield the route, full name and view of every page."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(one.pattern).lstrip("^")
        if isinstance(one, URLPattern):
            yield route, ":".join((*names, one.name or "")), one
        elif not route.startswith((*_OF_PROGRAMS, "accounts/")):
            yield from _pages(one.url_patterns, route, (*names, one.namespace) if one.namespace else names)


def _ours():
    return [
        (route, name, one)
        for route, name, one in _pages()
        if not route.startswith((*_OF_PROGRAMS, "accounts/"))
    ]


def _address(route):
    address = route
    for name, example in _EXAMPLES.items():
        for kind in ("str:", "int:", "slug:", "uuid:", ""):
            address = address.replace(f"<{kind}{name}>", str(example))
    return None if "<" in address else "/" + address


def test_every_page_says_which_action_it_takes():
    silent = [route for route, _, one in _ours() if not hasattr(one.callback, "action")]
    assert silent == []


def test_every_action_of_a_page_stands_in_the_table():
    said = {one.callback.action for _, _, one in _ours()} - {PUBLIC}
    assert said <= set(ACTIONS)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_the_pages_of_its_actions_and_no_others(role):
    browser, who = signed_in(role), person(role)
    seen = {}
    for route, _, one in _ours():
        address = _address(route)
        if address is None or one.callback.action == PUBLIC:
            continue
        seen[route] = browser.get(address).status_code != 403
    expected = {route: may(who, one.callback.action) for route, _, one in _ours() if route in seen}
    assert len(seen) > 8
    assert seen == expected


def test_who_is_not_signed_in_is_asked_to_and_comes_back():
    for route, _, one in _ours():
        address = _address(route)
        if address is None or one.callback.action == PUBLIC:
            continue
        answer = anybody().get(address)
        assert (route, answer.status_code) == (route, 302)
        assert answer["Location"].startswith("/accounts/login/?next=/")


def test_a_person_whose_account_is_closed_sees_nothing():
    gone = person(Role.OFFICER, username="gone")
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(gone)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    assert browser.get("/officer/queue").status_code == 302


def test_an_unknown_action_is_an_error_and_not_a_yes():
    with pytest.raises(KeyError):
        may(person(Role.SUPERVISOR), "see everything")


def test_one_signs_in_with_a_password_and_lands_on_the_own_desk(node):
    node.catch_up()
    person(Role.OFFICER, username="early-bird")
    browser = Client(SERVER_NAME="localhost", headers={"Accept": "text/html"})
    wrong = browser.post("/accounts/login/", {"login": "early-bird", "password": "low water"})
    assert wrong.status_code == 200
    assert b"Something needs mending" in wrong.content
    answer = browser.post("/accounts/login/", {"login": "early-bird", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/officer/queue"
    assert answer.status_code == 200


def test_a_form_without_the_mark_of_its_page_is_refused_in_words():
    browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=True, headers={"Accept": "text/html"})
    browser.force_login(person(Role.ADMINISTRATOR))
    answer = browser.post("/people/new", {"username": "smuggled", "role": "administrator"})
    assert answer.status_code == 403
    assert b"Nothing was done" in answer.content
    assert not Person.objects.filter(username="smuggled").exists()


def test_pages_carry_the_policy_and_are_kept_nowhere():
    answer = signed_in(Role.OFFICER).get("/officer/queue")
    assert answer["Content-Security-Policy"] == POLICY
    assert "no-store" in answer["Cache-Control"]
    assert b"<script>" not in answer.content
    assert b"style=" not in answer.content


def test_an_administrator_makes_a_person_who_can_then_sign_in():
    browser = signed_in(Role.ADMINISTRATOR)
    said = {"username": "new-trader", "name": "New Trader", "role": "trader", "operator": "gb123456789012",
            "company": "Trading Company", "password": PASSWORD, "is_active": "on"}  # fmt: skip
    assert browser.post("/people/new", said).status_code == 302
    made = Person.objects.get(username="new-trader")
    assert (made.role, made.operator) == ("trader", "GB123456789012")
    assert Client(SERVER_NAME="localhost").login(username="new-trader", password=PASSWORD)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"password": "short"}, "at least 12"),
        ({"password": "wrong-in-name-1"}, "too similar"),
        ({"operator": ""}, "give its number"),
        ({"operator": "GB 1/2"}, "letters and digits"),
        ({"role": "king"}, "valid choice"),
        ({"username": "THE-administrator"}, "of this name already"),
    ],
)
def test_what_is_wrong_about_a_person_is_said_beside_the_field_and_the_rest_is_kept(wrong, what):
    said = {
        "username": "wrong-in-name-1",
        "name": "Kept Name",
        "role": "trader",
        "operator": "GB123456789012",
        "password": PASSWORD,
        "is_active": "on",
    } | wrong
    answer = signed_in(Role.ADMINISTRATOR).post("/people/new", said)
    assert answer.status_code == 422
    assert what in answer.content.decode()
    assert "Kept Name" in answer.content.decode()
    assert not Person.objects.filter(username="wrong-in-name-1").exists()


def test_nobody_makes_an_account_for_themselves():
    before = Person.objects.count()
    anybody().post(
        "/accounts/signup/", {"username": "self-made", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert Person.objects.count() == before


def test_a_language_is_chosen_and_leads_back_to_this_node_only():
    browser = anybody()
    answer = browser.get("/language/en?back=https://elsewhere.example/")
    assert answer["Location"] == "/"
    assert browser.get("/language/xx").status_code == 404


def test_what_there_is_not_is_told_as_a_page_to_people_and_as_a_problem_to_programs():
    assert b"Nothing here" in anybody().get("/no/such/page").content
    told = Client(SERVER_NAME="localhost").get("/api/v1/no-such-thing")
    assert told.status_code == 404
    assert told["Content-Type"] == "application/problem+json"
