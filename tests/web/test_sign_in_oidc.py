"""Signing in with the administration's own sign-in, against a provider on loopback, from button to desk."""

import json
import re
import socket
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from tests.web.people_of import PASSWORD as OURS
from tests.web.people_of import person, signed_in
from tests.web.provider import CLIENT, PASSWORD, SECRET
from tidegate.node import Configuration
from tidegate_web.people import lockout
from tidegate_web.people.models import Person, Role
from tidegate_web.people.oidc_settings import providers_of

BUTTON = "/accounts/oidc/administration/login/"
CALLBACK = f"http://localhost{BUTTON}callback/"
PEOPLE = [
    "olga", "otto", "mona", "nina", "ines", "tara", "carl", "dora", "gina", "hugo", "ivan", "jana",
    "kurt", "lena", "max-impostor", "paul", "vera", "walt", "xena", "yara",
]  # fmt: skip


class Provider:
    """The provider, and what it says of people."""

    def __init__(self, folder, port):
        self.issuer, self._file = f"http://127.0.0.1:{port}", folder / "people.json"
        self._said = {name: {"claims": {"sub": f"sub-{name}", "groups": ["customs"]}} for name in PEOPLE}
        self._write()

    def say(self, name, /, *, token=None, userinfo=None, **claims):
        said = self._said[name]
        said["claims"] |= claims
        said["id_token"], said["userinfo"] = token or {}, userinfo or {}
        self._write()

    def _write(self):
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(self._said))
        new.replace(self._file)


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    folder = tmp_path_factory.mktemp("provider")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    made = Provider(folder, port)
    command = [sys.executable, "-m", "tests.web.provider", str(port), str(folder), CALLBACK]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        end = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{made.issuer}/.well-known/openid-configuration")
                break
            except httpx.TransportError:
                assert time.monotonic() < end, (folder / "log").read_text()
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        yield made
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def node_with(provider, tmp_path):
    """Return a maker of the node's settings for the provider."""
    (tmp_path / "oidc.secret").write_text(SECRET + "\n")
    changed = []

    def make(**how):
        wanted = {
            "people_sign_in": "both",
            "oidc_issuer": provider.issuer,
            "oidc_client": CLIENT,
            "oidc_name": "Harbour ID",
            "oidc_roles": ("analysts=analyst", "customs=officer"),
            "oidc_unknown": "make",
        }
        configuration = msgspec.structs.replace(settings.CONFIGURATION, **(wanted | how))
        change = override_settings(
            CONFIGURATION=configuration,
            SOCIALACCOUNT_PROVIDERS=providers_of(configuration, tmp_path, {}),
            SECOND_FACTOR_FOR=configuration.second_factor_for,
        )
        change.enable()
        changed.append(change)

    lockout.counters().forget("people:")
    make(second_factor_for=())
    yield make
    for change in reversed(changed):
        change.disable()


def browser():
    return Client(SERVER_NAME="localhost", headers={"Accept": "text/html"})


def to_the_provider(ours, **query):
    """Press the button; returns the address at the provider to which it leads."""
    address = f"{BUTTON}?{urlencode(query)}" if query else BUTTON
    answer = ours.get(address)
    assert answer.status_code == 302, answer.content
    return answer["Location"]


def at_the_provider(address, name):
    """Sign in at the provider, as a browser does; returns where it leads back to."""
    with httpx.Client(follow_redirects=True) as theirs:
        form = theirs.get(address)
        mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)[1]
        following = re.search(r'name="next" value="([^"]+)"', form.text)[1].replace("&amp;", "&")
        said = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": mark, "next": following}
        answer = theirs.post(form.url, data=said, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        answer = theirs.get(str(answer.url.join(answer.headers["Location"])), follow_redirects=False)
    assert answer.headers["Location"].startswith(CALLBACK), answer.headers
    return answer.headers["Location"].removeprefix("http://localhost")


def enter(name, ours=None, **query):
    """Sign in from the button on; returns our browser and the last answer."""
    ours = ours or browser()
    back = at_the_provider(to_the_provider(ours, **query), name)
    return ours, ours.get(back)


def acts(node, *kinds):
    return node.journal.read(0, 1_000_000, kinds=kinds)


@pytest.mark.usefixtures("node_with")
def test_the_page_has_a_button_and_the_password_beside_it_and_the_button_is_gone_without_the_setting():
    page = browser().get("/accounts/login/?next=/officer/queue").content.decode()
    assert "Sign in with Harbour ID" in page
    assert f'href="{BUTTON}?next=/officer/queue"' in page
    assert 'name="password"' in page
    with override_settings(SOCIALACCOUNT_PROVIDERS={}):
        assert "Harbour ID" not in browser().get("/accounts/login/").content.decode()
        assert browser().get(BUTTON).status_code == 404


@pytest.mark.usefixtures("node_with")
def test_the_provider_is_asked_with_state_nonce_and_a_code_challenge_and_for_nothing_an_address_says():
    ours = browser()
    asked = [to_the_provider(ours, scope="admin", auth_params="prompt=none&nonce=mine", process="connect")]
    asked.append(to_the_provider(ours))
    first, second = (parse_qs(urlsplit(one).query) for one in asked)
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == [CALLBACK]
    assert set(first["scope"][0].split()) == {"openid", "profile"}
    assert "prompt" not in first
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 16
        assert first[name] != second[name]


@pytest.mark.usefixtures("node_with")
def test_an_unknown_person_is_made_with_the_role_of_the_group_and_lands_on_the_desk(provider, node):
    provider.say("olga", name="Olga of the Quay")
    ours, answer = enter("olga", next="/officer/queue")
    assert answer["Location"] == "/officer/queue"
    made = Person.objects.get(username="olga")
    assert (made.role, made.name, made.has_usable_password()) == ("officer", "Olga of the Quay", False)
    assert ours.get("/account").status_code == 200
    (entry,) = acts(node, "access.given")[-1:]
    assert (entry.author, entry.keys) == ("sign-in:administration", ("person:olga",))
    before = Person.objects.count()
    enter("olga")
    assert Person.objects.count() == before


def test_an_unknown_person_is_refused_where_the_setting_says_so(node_with):
    node_with(oidc_unknown="refuse", second_factor_for=())
    ours, answer = enter("otto")
    assert answer.status_code == 403
    assert b"does not know you" in answer.content
    assert ours.get("/account").status_code == 302
    assert not Person.objects.filter(username="otto").exists()


@pytest.mark.usefixtures("node_with")
def test_the_first_group_that_fits_counts_and_a_changed_group_changes_the_role(provider):
    provider.say("mona", groups=["customs", "analysts", "other"])
    enter("mona")
    assert Person.objects.get(username="mona").role == Role.ANALYST
    provider.say("mona", groups=["customs"])
    enter("mona")
    assert Person.objects.get(username="mona").role == Role.OFFICER


@pytest.mark.usefixtures("node_with")
def test_who_lost_the_group_loses_the_role_at_the_next_sign_in_and_every_session(provider, node):
    earlier, _ = enter("nina")
    assert earlier.get("/account").status_code == 200
    provider.say("nina", groups=["something else"])
    _, answer = enter("nina")
    assert answer.status_code == 403
    assert b"none of the groups" in answer.content
    assert Person.objects.get(username="nina").role == ""
    assert earlier.get("/account").status_code == 302
    assert acts(node, "access.ended")[-1].body == b'{"by":"group"}'
    provider.say("nina", groups=["customs"])
    _, answer = enter("nina")
    assert answer.status_code == 302


def test_an_officers_office_is_the_claims_where_the_settings_name_one(node_with, provider):
    provider.say("yara", office="GB000060")
    enter("yara")
    assert Person.objects.get(username="yara").office == ""
    node_with(oidc_office_claim="office", second_factor_for=())
    enter("yara")
    assert Person.objects.get(username="yara").office == "GB000060"
    provider.say("yara", office="GB000080", groups=["analysts"])
    enter("yara")
    assert Person.objects.get(username="yara").office == "GB000060", "other roles have no office by claim"


def test_the_secret_is_the_environments_or_in_a_file_and_nowhere_else(tmp_path):
    said = Configuration(people_sign_in="oidc", oidc_issuer="https://id.example", oidc_client="tidegate")
    (tmp_path / "oidc.secret").write_text("in the file\n")

    def secret(environment):
        return providers_of(said, tmp_path, environment)["openid_connect"]["APPS"][0]["secret"]

    assert secret({}) == "in the file"
    assert secret({"TIDEGATE_OIDC_SECRET": "in the environment"}) == "in the environment"
    (tmp_path / "oidc.secret").unlink()
    with pytest.raises(
        ImproperlyConfigured, match=r"should be in .*oidc\.secret or in \$TIDEGATE_OIDC_SECRET"
    ):
        secret({})


def test_without_groups_in_the_settings_roles_are_those_given_here(node_with, provider):
    node_with(oidc_roles=(), oidc_unknown="refuse", people_sign_in="oidc", second_factor_for=())
    person(Role.DIRECTOR, username="ines")
    provider.say("ines", groups=["customs"])
    _, answer = enter("ines")
    assert answer.status_code == 302
    assert Person.objects.get(username="ines").role == Role.DIRECTOR


def test_a_trader_stays_one_whatever_the_groups_say(node_with, provider):
    node_with(people_sign_in="oidc", second_factor_for=())
    person(Role.TRADER, username="tara")
    provider.say("tara", groups=["customs"])
    _, answer = enter("tara")
    assert answer.status_code == 302
    assert Person.objects.get(username="tara").role == Role.TRADER


@pytest.mark.usefixtures("node_with")
def test_an_account_that_was_closed_here_stays_closed(provider):
    enter("carl")
    Person.objects.filter(username="carl").update(is_active=False, role="analyst")
    ours, answer = enter("carl")
    assert answer.status_code == 403
    assert b"account is closed" in answer.content
    assert ours.get("/account").status_code == 302
    assert Person.objects.get(username="carl").role == "analyst", "nothing is changed about a closed account"
    assert provider


@pytest.mark.usefixtures("node_with")
def test_an_account_with_a_password_is_not_taken_over_by_a_name_at_the_provider(provider):
    person(Role.ADMINISTRATOR, username="dora")
    ours, answer = enter("dora")
    assert answer.status_code == 403
    assert b"somebody else" in answer.content
    assert ours.get("/account").status_code == 302
    assert Person.objects.get(username="dora").role == Role.ADMINISTRATOR
    assert provider


@pytest.mark.usefixtures("node_with")
def test_an_account_is_bound_to_the_lasting_name_and_not_to_the_one_that_may_be_given_again(provider):
    provider.say("max-impostor", preferred_username="gina")
    enter("gina")
    _, answer = enter("max-impostor")
    assert answer.status_code == 403
    provider.say("gina", preferred_username="gina-married")
    ours, answer = enter("gina")
    assert answer.status_code == 302
    assert b"<code>gina</code>" in ours.get("/account").content


def test_an_account_made_without_a_password_is_bound_at_the_first_sign_in(node_with):
    node_with(oidc_unknown="refuse", second_factor_for=())
    made = person(Role.OFFICER, username="hugo")
    made.set_unusable_password()
    made.save()
    _, answer = enter("hugo")
    assert answer.status_code == 302


@pytest.mark.usefixtures("node_with")
@pytest.mark.parametrize(
    "wrong",
    [
        {"token": {"iss": "https://elsewhere.example"}},
        {"token": {"aud": "another-node"}},
        {"token": {"exp": 1_000_000_000}},
        {"userinfo": {"sub": "sub-olga"}},
    ],
    ids=["issuer", "audience", "time", "two people"],
)
def test_an_id_token_that_is_not_for_this_node_is_refused(provider, wrong):
    provider.say("ivan", **wrong)
    ours, answer = enter("ivan")
    assert answer.status_code == 401
    assert b"gave no answer that can be used" in answer.content
    assert ours.get("/account").status_code == 302


@pytest.mark.usefixtures("node_with")
def test_an_id_token_with_another_nonce_is_refused(provider):
    provider.say("jana", token={"nonce": "of somebody else"})
    ours, answer = enter("jana")
    assert answer.status_code == 403
    assert b"not to the question that this browser asked" in answer.content
    assert ours.get("/account").status_code == 302
    assert not Person.objects.filter(username="jana").exists()


@pytest.mark.usefixtures("node_with")
def test_an_answer_without_its_state_or_in_another_browser_is_refused_and_none_works_twice():
    ours = browser()
    back = at_the_provider(to_the_provider(ours), "kurt")
    for victim in (browser(), browser()):
        assert victim.get(back).status_code == 401
        assert victim.get("/account").status_code == 302
    assert ours.get(back.replace("state=", "state=x")).status_code == 401
    assert ours.get(back).status_code == 302
    assert browser().get(back).status_code == 401
    assert ours.get(f"{BUTTON}callback/?error=access_denied&state=x").status_code == 401


@pytest.mark.usefixtures("node_with")
@pytest.mark.parametrize(
    "strange", ["https://elsewhere.example/", "//elsewhere.example/x", "javascript:alert(1)"]
)
def test_it_leads_to_no_strange_address(strange):
    _, answer = enter("lena", next=strange)
    assert answer["Location"] == "/"


def test_where_passwords_are_switched_off_none_is_taken_and_no_form_is_shown(node_with):
    node_with(people_sign_in="oidc", second_factor_for=())
    person(Role.OFFICER, username="past-one")
    lockout.counters().forget("people:")
    page = browser().get("/accounts/login/").content.decode()
    assert 'name="password"' not in page
    assert "Harbour ID" in page
    ours = browser()
    answer = ours.post("/accounts/login/", {"login": "past-one", "password": OURS})
    assert b"takes no passwords" in answer.content
    assert ours.get("/account").status_code == 302


def test_the_providers_second_factor_counts_where_it_says_that_there_was_one(node_with, provider):
    node_with(second_factor_for=("officer",))
    provider.say("paul", amr=["pwd"])
    ours, _ = enter("paul")
    assert ours.get("/account")["Location"] == "/account/second-factor"
    provider.say("paul", amr=["pwd", "mfa"])
    ours, _ = enter("paul")
    assert ours.get("/account").status_code == 200
    node_with(second_factor_for=("officer",), oidc_second_factor="here")
    ours, _ = enter("paul")
    assert ours.get("/account")["Location"] == "/account/second-factor"


def test_a_factor_of_this_node_is_asked_for_where_the_providers_does_not_count(node_with, provider):
    node_with(second_factor_for=("officer",))
    provider.say("walt", amr=["pwd"])
    enter("walt")
    TOTP.activate(Person.objects.get(username="walt"), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    ours, answer = enter("walt")
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert ours.get("/account").status_code == 302
    provider.say("walt", amr=["mfa"])
    ours, answer = enter("walt")
    assert ours.get("/account").status_code == 200


@pytest.mark.usefixtures("node_with")
def test_an_administrator_gives_an_account_with_a_password_to_the_provider(node):
    known = person(Role.OFFICER, username="xena")
    _, answer = enter("xena")
    assert answer.status_code == 403
    theirs = browser()
    theirs.force_login(known)
    admin = signed_in(Role.ADMINISTRATOR)
    assert "Sign in with Harbour ID only" in admin.get(f"/people/{known.pk}").content.decode()
    assert admin.post(f"/people/{known.pk}/bind").status_code == 302
    assert theirs.get("/account").status_code == 302
    _, answer = enter("xena")
    assert answer.status_code == 302
    assert acts(node, "access.given")[-1].body == b'{"role":"officer","by":"provider"}'
    with override_settings(
        CONFIGURATION=msgspec.structs.replace(settings.CONFIGURATION, people_sign_in="password")
    ):
        assert admin.post(f"/people/{known.pk}/bind").status_code == 404


def test_where_the_provider_is_trusted_its_sign_in_is_enough(node_with, provider):
    node_with(second_factor_for=("officer",), oidc_second_factor="trusted")
    provider.say("vera", amr=[])
    ours, _ = enter("vera")
    assert ours.get("/account").status_code == 200


@pytest.mark.usefixtures("node_with")
def test_who_turns_back_at_the_provider_is_told_so():
    ours = browser()
    (state,) = parse_qs(urlsplit(to_the_provider(ours)).query)["state"]
    answer = ours.get(f"{BUTTON}callback/?error=access_denied&state={state}", follow=True)
    assert b"did not go on" in answer.content


def test_one_address_cannot_have_the_issuer_asked_without_end(node_with):
    node_with(oidc_issuer="http://127.0.0.1:9", second_factor_for=())
    ours = Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.99", headers={"Accept": "text/html"})
    assert [ours.get(BUTTON).status_code for _ in range(32)][-1] == 429


def test_a_provider_that_does_not_answer_is_told_in_words(node_with):
    node_with(oidc_issuer="http://127.0.0.1:9", second_factor_for=())
    answer = browser().get(BUTTON)
    assert answer.status_code == 401
    assert b"gave no answer" in answer.content
