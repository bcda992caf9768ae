"""Signing in with a password: locks, sessions, cookies, rules, the second factor; each guarantee can fail."""

import logging
import re
import time
from datetime import timedelta
from typing import get_args

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from tests.web.people_of import PASSWORD, anybody, person, signed_in
from tidegate.node.configuration import PersonRole
from tidegate_web.layout.policy import POLICY
from tidegate_web.people import lockout
from tidegate_web.people.models import Person, Role

SIGN_IN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch):
    """Begin with no sign-ins counted, for all come from one address, and with a hash that costs little."""
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1_000)
    lockout.counters().forget("people:")
    lockout.counters().forget("person:")
    caches["default"].clear()


def browser(address="192.0.2.1", **how):
    return Client(SERVER_NAME="localhost", REMOTE_ADDR=address, headers={"Accept": "text/html"}, **how)


def sign_in(browser, username, password=PASSWORD, **more):
    return browser.post(SIGN_IN, {"login": username, "password": password, **more})


def is_in(browser):
    return browser.get("/account").status_code == 200


def test_after_five_wrong_passwords_even_the_right_one_is_not_looked_at_and_the_wait_is_told():
    person(Role.OFFICER, username="locked-one")
    guessing = browser()
    for _ in range(5):
        assert b"not right" in sign_in(guessing, "locked-one", "low water").content
    told = sign_in(guessing, "locked-one").content.decode()
    assert re.search(r"too many wrong passwords. Try again in \d+ seconds", told)
    assert not is_in(guessing)
    person(Role.OFFICER, username="neighbour")
    assert sign_in(browser(), "neighbour").status_code == 302


def test_an_account_is_locked_from_everywhere_when_many_addresses_guess_and_counted_in_any_spelling():
    person(Role.OFFICER, username="wanted-one")
    for number in range(20):
        sign_in(browser(f"198.51.100.{number}"), ("wanted-one", "WANTED-ONE")[number % 2], "low water")
    assert b"too many wrong" in sign_in(browser("203.0.113.9"), "wanted-one").content


def test_an_account_that_does_not_exist_is_answered_and_locked_like_one_that_does():
    person(Role.OFFICER, username="known-one")
    told = {}
    for name in ("known-one", "no-such-one"):
        guessing = browser()
        first = sign_in(guessing, name, "low water").content.decode()
        for _ in range(5):
            last = sign_in(guessing, name, "low water").content.decode()
        told[name] = [re.findall(r"<li>([^<]+)</li>", page) for page in (first, last)]
    assert told["known-one"] == told["no-such-one"]


def test_an_administrator_lets_somebody_try_again_and_that_leaves_an_act(node):
    stuck = person(Role.OFFICER, username="stuck-one")
    for _ in range(5):
        sign_in(browser(), "stuck-one", "low water")
    admin = signed_in(Role.ADMINISTRATOR)
    assert "Locked out" in admin.get(f"/people/{stuck.pk}").content.decode()
    assert "locked out" in admin.get("/people?q=stuck-one").content.decode()
    assert admin.post(f"/people/{stuck.pk}/unlock").status_code == 302
    assert sign_in(browser(), "stuck-one").status_code == 302
    (entry,) = node.journal.read(0, 1_000_000, kinds=["access.loosened"])[-1:]
    assert entry.author == "person:the-administrator"
    assert entry.keys == ("person:stuck-one",)


def test_sign_ins_from_one_address_are_limited_whatever_the_account():
    guessing = browser("192.0.2.77")
    answers = [sign_in(guessing, f"guess-{n}", "low water").status_code for n in range(32)]
    assert answers[-1] == 429
    assert b"Try again in a minute" in sign_in(guessing, "guess-x").content
    assert browser("192.0.2.78").get(SIGN_IN).status_code == 200


def test_nothing_of_a_wrong_sign_in_stands_in_the_log(caplog):
    with caplog.at_level(logging.INFO):
        sign_in(browser(), "secretive-person", "my other password")
    assert any(getattr(line, "code", "") == "wrong_password" for line in caplog.records)
    told = " ".join(f"{line.getMessage()} {line.__dict__}" for line in caplog.records)
    assert "secretive-person" not in told
    assert "my other password" not in told


def test_a_session_that_somebody_planted_is_another_one_after_signing_in():
    person(Role.OFFICER, username="planted-on")
    planted = browser()
    planted.get("/accounts/oidc/administration/login/")
    store = planted.session
    store["left"] = "by somebody"
    store.save()
    planted.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
    assert sign_in(planted, "planted-on").status_code == 302
    assert planted.session.session_key != store.session_key
    assert not Session.objects.filter(session_key=store.session_key).exists()


def test_a_session_ends_after_a_working_day():
    person(Role.OFFICER, username="late-one")
    working = browser()
    sign_in(working, "late-one")
    stored = Session.objects.get(session_key=working.session.session_key)
    assert timedelta(hours=11) < stored.expire_date - timezone.now() <= timedelta(hours=12)
    Session.objects.filter(pk=stored.pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(working)


def test_signing_out_ends_the_session_and_takes_a_form():
    person(Role.OFFICER, username="leaver")
    leaving = browser()
    sign_in(leaving, "leaver")
    leaving.get("/accounts/logout/")
    assert is_in(leaving)
    kept = leaving.session.session_key
    leaving.post("/accounts/logout/")
    assert not is_in(leaving)
    assert not Session.objects.filter(session_key=kept).exists()


def test_a_new_password_ends_every_other_session():
    person(Role.OFFICER, username="changer")
    here, elsewhere = browser(), browser()
    sign_in(here, "changer")
    sign_in(elsewhere, "changer")
    new = "neap tide at the old harbour"
    said = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", said).status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    assert sign_in(browser(), "changer").status_code == 200
    assert sign_in(browser(), "changer", new).status_code == 302


def test_a_closed_account_is_signed_out_at_once_and_stays_so_when_it_is_opened_again(node):
    closed = person(Role.OFFICER, username="closed-one")
    theirs = browser()
    sign_in(theirs, "closed-one")
    admin = signed_in(Role.ADMINISTRATOR)
    said = {"username": "closed-one", "role": "officer", "name": "", "office": ""}
    assert admin.post(f"/people/{closed.pk}", said).status_code == 302
    assert not is_in(theirs)
    assert sign_in(browser(), "closed-one")["Location"] == "/accounts/inactive/"
    assert b"closed" in browser().get("/accounts/inactive/").content
    admin.post(f"/people/{closed.pk}", said | {"is_active": "on"})
    assert not is_in(theirs)
    kinds = ["access.ended", "access.given"]
    assert [one.kind for one in node.journal.read(0, 1_000_000, kinds=kinds)[-2:]] == kinds


@pytest.mark.parametrize("weak", ["short tide", "password1234", "the-rules-keeper", "123456789012345"])
def test_a_weak_password_is_refused_and_said_why(weak):
    person(Role.OFFICER, username="the-rules-keeper")
    changing = browser()
    sign_in(changing, "the-rules-keeper")
    said = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    answer = changing.post("/accounts/password/change/", said)
    assert answer.status_code == 200
    assert b"Something needs mending" in answer.content
    assert Person.objects.get(username="the-rules-keeper").check_password(PASSWORD)


def test_cookies_are_for_this_node_alone_over_tls_and_out_of_reach_of_scripts():
    person(Role.OFFICER, username="cookie-eater")
    answer = sign_in(browser(), "cookie-eater")
    session, mark = answer.cookies[settings.SESSION_COOKIE_NAME], answer.cookies[settings.CSRF_COOKIE_NAME]
    for one in (session, mark):
        assert (one["secure"], one["httponly"], one["samesite"], one["domain"]) == (True, True, "Lax", "")
    assert session["max-age"] == "", "a session ends with the browser"


def test_every_form_of_signing_in_needs_the_mark_of_its_page():
    strict = browser(enforce_csrf_checks=True)
    person(Role.OFFICER, username="forged-one")
    assert sign_in(strict, "forged-one").status_code == 403
    strict.force_login(Person.objects.get(username="forged-one"))
    for address in ("/accounts/logout/", "/accounts/password/change/", "/accounts/2fa/totp/activate/"):
        assert strict.post(address, {}).status_code == 403, address


def test_pages_of_signing_in_carry_the_policy():
    answer = anybody().get(SIGN_IN)
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_strange_address(back):
    person(Role.OFFICER, username="led-astray")
    assert sign_in(browser(), "led-astray", next=back)["Location"] == "/"


@pytest.mark.parametrize(
    "address",
    [
        "signup/",
        "email/",
        "password/reset/",
        "password/set/",
        "3rdparty/",
        "social/signup/",
        "none/account_signup",
    ],
)
def test_what_the_library_has_beside_is_not_here(address):
    for asking in (anybody(), signed_in(Role.OFFICER)):
        for answer in (asking.get(f"/accounts/{address}"), asking.post(f"/accounts/{address}", {})):
            assert answer.status_code == 404


def test_the_deployment_check_finds_nothing():
    call_command("check", deploy=True, fail_level="WARNING")


def test_the_roles_of_the_settings_are_those_of_people():
    assert get_args(PersonRole) == tuple(Role)


def _code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def demanded():
    with override_settings(SECOND_FACTOR_FOR=("supervisor",)):
        yield


def _set_up(browser):
    """Set up a second factor as a person does, who gives the password once more; returns its secret."""
    asked = browser.get("/accounts/2fa/totp/activate/")["Location"]
    assert asked.startswith("/accounts/reauthenticate/")
    page = browser.post(asked, {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)[1]
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


@pytest.mark.usefixtures("demanded")
def test_a_role_that_needs_a_second_factor_sees_nothing_until_it_has_one():
    person(Role.SUPERVISOR, username="bare-supervisor")
    bare = browser()
    sign_in(bare, "bare-supervisor")
    for address in ("/officer/queue", "/account", "/director/", "/analyst/"):
        assert bare.get(address)["Location"] == "/account/second-factor", address
        assert bare.post(address)["Location"] == "/account/second-factor", address
    part = bare.get("/officer/queue", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (401, "/account/second-factor")
    assert b"Set it up" in bare.get("/account/second-factor").content
    _set_up(bare)
    assert is_in(bare)
    assert bare.get("/account/second-factor")["Location"] == "/"


@pytest.mark.usefixtures("demanded")
def test_other_roles_are_not_asked():
    assert is_in(signed_in(Role.OFFICER))


@pytest.mark.usefixtures("demanded")
def test_once_set_up_the_code_is_asked_for_and_works_once_or_a_recovery_code_does():
    person(Role.SUPERVISOR, username="careful-supervisor")
    first = browser()
    sign_in(first, "careful-supervisor")
    _set_up(first)
    codes = Authenticator.objects.get(user__username="careful-supervisor", type="recovery_codes").wrap()
    again = browser()
    assert sign_in(again, "careful-supervisor")["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(again)
    assert again.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert not is_in(again)
    recovery = codes.get_unused_codes()[0]
    assert recovery in first.get("/accounts/2fa/recovery-codes/").content.decode()
    assert again.post("/accounts/2fa/authenticate/", {"code": recovery}).status_code == 302
    assert is_in(again)
    assert b"A code of your app, once more" in again.get("/accounts/2fa/reauthenticate/").content
    third = browser()
    sign_in(third, "careful-supervisor")
    third.post("/accounts/2fa/authenticate/", {"code": recovery})
    assert not is_in(third), "a recovery code opens once"


@pytest.mark.usefixtures("demanded")
def test_its_owner_cannot_take_it_off_but_an_administrator_can_and_all_sessions_end(node):
    owner = person(Role.SUPERVISOR, username="loser")
    theirs = browser()
    sign_in(theirs, "loser")
    TOTP.activate(owner, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert is_in(theirs)
    theirs.post("/accounts/reauthenticate/", {"password": PASSWORD})
    told = theirs.post("/accounts/2fa/totp/deactivate/")
    assert b"cannot deactivate" in told.content
    assert Authenticator.objects.filter(user=owner).exists()
    admin = signed_in(Role.ADMINISTRATOR)
    assert "Take away" in admin.get(f"/people/{owner.pk}").content.decode()
    assert admin.post(f"/people/{owner.pk}/factor").status_code == 302
    assert not Authenticator.objects.filter(user=owner).exists()
    assert theirs.get("/account")["Location"].startswith(SIGN_IN)
    (entry,) = node.journal.read(0, 1_000_000, kinds=["access.loosened"])[-1:]
    assert (entry.keys, entry.body) == (("person:loser",), b'{"guard":"factor"}')


def test_wrong_codes_are_limited():
    owner = person(Role.SUPERVISOR, username="guessed-at")
    TOTP.activate(owner, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    guessing = browser()
    sign_in(guessing, "guessed-at")
    told = [guessing.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}).content for n in range(6)]
    assert b"Too many wrong codes" in told[-1]
    assert b"Too many wrong codes" not in told[0]
