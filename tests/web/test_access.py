"""Who may: credentials that hold, tokens that do not, representation, paces, lock-out, and what is noted."""

import base64
import itertools
import json
from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client

from tests.web.askers import at_loopback, known
from tests.web.lodging import CONTENT, declaration
from tidegate.journal import Key
from tidegate.operators import (
    grant_authorisation,
    reinstate_operator,
    suspend_operator,
    withdraw_authorisation,
)
from tidegate_web import node as held
from tidegate_web.access import credentials
from tidegate_web.access.limits import counters, today
from tidegate_web.access.models import Credential
from tidegate_web.access.oauth import make_client

OFFICER = Key("officer:test")
_addresses = itertools.count(1)


@pytest.fixture
def asker(_node_of_the_tests):
    """An operator that asks from an address of this test alone."""
    return known(f"198.18.0.{next(_addresses)}")


def notices(asking):
    return asking.get("/api/v1/notices")


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def lodged(asking, declarant, **changes):
    return asking.post("/api/v1/declarations", declaration(declarant, **changes), CONTENT)


# Credentials


@pytest.mark.parametrize(
    "shown", ["", "tg_", "tg__", "tg_abcdef_", "nonsense", "Ω", "tg_000000000000_forged"]
)
def test_a_credential_that_is_none_is_not_known(asker, shown):
    answer = asker.client.get("/api/v1/notices", headers={"Authorization": f"Bearer {shown}"})
    assert code_of(answer) == (401, "not_known")
    assert answer["WWW-Authenticate"] == 'Bearer realm="tidegate"'


def test_a_forged_secret_under_a_true_prefix_is_not_known(asker):
    forged = asker.key[:-1] + ("A" if asker.key[-1] != "A" else "B")
    assert code_of(notices(asker.with_key(forged))) == (401, "not_known")
    assert notices(asker).status_code == 200


def test_a_key_is_shown_as_a_bearer_and_in_no_other_way(asker):
    for said in (f"Basic {asker.key}", asker.key, f"Bearer{asker.key}"):
        assert asker.client.get("/api/v1/notices", headers={"Authorization": said}).status_code == 401
    assert asker.client.get(f"/api/v1/notices?access_token={asker.key}").status_code == 401


def test_an_expired_key_is_not_known(asker):
    late = asker.with_scopes("notices:read", expires=held.now() - timedelta(seconds=1))
    assert code_of(notices(late)) == (401, "not_known")


def test_a_revoked_key_is_not_known_from_the_next_request_on(asker):
    mine = asker.with_scopes("notices:read")
    assert notices(mine).status_code == 200
    credentials.revoke(asker.number, mine.key.split("_")[1], held.now())
    assert code_of(notices(mine)) == (401, "not_known")


def test_no_table_holds_a_secret(asker):
    secret = asker.key.split("_", 2)[2]
    stored = [str(value) for row in Credential.objects.values() for value in row.values()]
    assert not any(secret in value for value in stored)


def test_only_a_registered_operator_gets_a_credential(asker):
    with pytest.raises(credentials.CredentialError, match="not registered"):
        credentials.make("XI9", credentials.Wanted(scopes=("notices:read",)), held.now())
    del asker


def test_a_suspended_operator_is_refused_and_a_reinstated_one_is_not(asker):
    journal = held.node().journal
    suspend_operator(journal, held.now(), OFFICER, number=asker.number, reason="unpaid")
    assert code_of(notices(asker)) == (403, "operator_suspended")
    reinstate_operator(journal, held.now(), OFFICER, number=asker.number)
    assert notices(asker).status_code == 200


# An operator's own credentials


def made(asking, **wanted):
    return asking.post("/api/v1/credentials", json.dumps({"scopes": ["notices:read"], **wanted}))


def test_an_operator_makes_lists_rotates_and_revokes_its_own_credentials(asker):
    first = made(asker, purpose="warehouse").json()
    assert notices(asker.with_key(first["secret"])).status_code == 200
    second = asker.post(f"/api/v1/credentials/{first['id']}/rotate", b'{"hours": 1}').json()
    listed = {one["id"]: one for one in asker.get("/api/v1/credentials").json()["credentials"]}
    assert (listed[second["id"]]["replaces"], listed[second["id"]]["purpose"]) == (first["id"], "warehouse")
    assert "secret" not in listed[first["id"]]
    assert [notices(asker.with_key(one["secret"])).status_code for one in (first, second)] == [200, 200]
    assert asker.delete(f"/api/v1/credentials/{second['id']}").status_code == 204
    assert [notices(asker.with_key(one["secret"])).status_code for one in (first, second)] == [200, 401]


def test_a_credential_rotated_without_overlap_ends_at_once(asker):
    first = made(asker).json()
    asker.post(f"/api/v1/credentials/{first['id']}/rotate", b'{"hours": 0}')
    assert notices(asker.with_key(first["secret"])).status_code == 401


def test_a_credential_makes_none_that_is_for_more_than_itself(asker):
    administrator = asker.with_scopes("operator:admin", "notices:read")
    assert made(administrator).status_code == 201
    assert code_of(made(administrator, scopes=["declarations:write"])) == (403, "scope_beyond")
    broad = made(asker, scopes=["declarations:write"]).json()
    answer = administrator.post(f"/api/v1/credentials/{broad['id']}/rotate", b"{}")
    assert code_of(answer) == (403, "scope_beyond")


def test_an_unknown_scope_or_time_is_refused(asker):
    assert code_of(made(asker, scopes=["everything"])) == (403, "scope_beyond")
    assert code_of(made(asker, days=5000)) == (422, "invalid")
    assert code_of(made(asker, scopes=[])) == (422, "invalid")


# OAuth


@pytest.fixture
def oauth(asker):
    return make_client(asker.number, ["notices:read", "tariff:read"], held.now())


def asked_token(asking, client, secret, **parts):
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, **parts}
    return asking.client.post("/oauth/token", form)


def test_a_client_gets_a_token_for_its_scopes_and_asks_with_it(asker, oauth):
    answer = asked_token(asker, *oauth)
    told = answer.json()
    assert (answer.status_code, told["token_type"], answer["Cache-Control"]) == (200, "Bearer", "no-store")
    assert set(told["scope"].split()) == {"notices:read", "tariff:read"}
    assert notices(asker.with_key(told["access_token"])).status_code == 200


def test_a_token_asked_for_one_scope_is_for_no_other(asker, oauth):
    token = asked_token(asker, *oauth, scope="tariff:read").json()["access_token"]
    assert code_of(notices(asker.with_key(token))) == (403, "scope_missing")
    assert asked_token(asker, *oauth, scope="declarations:write").json()["error"] == "invalid_scope"


def test_a_client_may_say_who_it_is_in_the_head(asker, oauth):
    said = base64.b64encode(":".join(oauth).encode()).decode()
    form = {"grant_type": "client_credentials"}
    answer = asker.client.post("/oauth/token", form, headers={"Authorization": f"Basic {said}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("grant", ["password", "authorization_code", "refresh_token", "", "x"])
def test_no_other_grant_is_given(asker, oauth, grant):
    assert asked_token(asker, *oauth, grant_type=grant).status_code in (400, 401)


def test_an_expired_token_is_not_known(asker, oauth):
    token = asked_token(asker, *oauth).json()["access_token"]
    Token.objects.filter(client_id=oauth[0]).update(expires_at=held.now())
    assert code_of(notices(asker.with_key(token))) == (401, "not_known")


def test_a_token_is_forgotten_when_its_client_says_so(asker, oauth):
    token = asked_token(asker, *oauth).json()["access_token"]
    form = {"client_id": oauth[0], "client_secret": oauth[1], "token": token}
    assert asker.client.post("/oauth/revoke", form).status_code == 200
    assert notices(asker.with_key(token)).status_code == 401


def test_the_tokens_of_a_revoked_client_end_with_it(asker, oauth):
    token = asked_token(asker, *oauth).json()["access_token"]
    credentials.revoke(asker.number, oauth[0], held.now())
    assert notices(asker.with_key(token)).status_code == 401
    assert asked_token(asker, *oauth).status_code == 401


def test_a_suspended_operator_gets_no_token(asker, oauth):
    suspend_operator(held.node().journal, held.now(), OFFICER, number=asker.number, reason="unpaid")
    assert code_of(asked_token(asker, *oauth)) == (403, "operator_suspended")


# Representation


def test_nobody_lodges_for_another_without_its_leave(asker):
    importer, journal = known("198.51.100.1"), held.node().journal
    assert code_of(lodged(asker, importer.number))[0] == 403
    number = grant_authorisation(
        journal,
        held.now(),
        OFFICER,
        principal=importer.number,
        representative=asker.number,
        representation="direct",
    )
    answer = lodged(asker, importer.number)
    assert answer.status_code == 202
    entry = journal.read(answer.json()["position"], 1)[0]
    assert (entry.author, json.loads(entry.body)["declarant"]) == (
        f"operator:{asker.number}",
        importer.number,
    )
    withdraw_authorisation(journal, held.now(), OFFICER, number=number)
    assert lodged(asker, importer.number).status_code == 403
    mrn = answer.json()["mrn"]
    seen = [one.get(f"/api/v1/declarations/{mrn}").status_code for one in (asker, importer)]
    assert seen == [200, 200], "who lodged it still sees it, and so does whose it is"


def test_an_operator_authorises_another_through_the_api(asker):
    broker = known("198.51.100.2")
    wanted = {"representative": broker.number, "representation": "indirect", "procedures": ["40"]}
    number = asker.post("/api/v1/authorisations", json.dumps(wanted)).json()["position"]
    assert lodged(broker, asker.number).status_code == 202
    held.node().catch_up()
    assert broker.get("/api/v1/authorisations").json()["held"][0]["number"] == number
    assert code_of(known("198.51.100.3").delete(f"/api/v1/authorisations/{number}")) == (
        404,
        "unknown_operator",
    )
    assert broker.delete(f"/api/v1/authorisations/{number}").status_code == 200
    assert lodged(broker, asker.number).status_code == 403


def test_another_operators_mrn_is_as_good_as_none(asker):
    other = known("198.51.100.4")
    mrn = lodged(other, other.number).json()["mrn"]
    answers = [asker.get(f"/api/v1/declarations/{one}").json() for one in (mrn, "26GBAAAAAAAAAAAAA0")]
    assert {(one["status"], one["code"], one["detail"]) for one in answers} == {
        (404, "unknown_consignment", answers[0]["detail"])
    }


# Paces, quotas, lock-out


def test_a_client_has_a_pace_of_its_own_and_is_told_when_to_come_again(asker):
    with at_loopback(requests_at_once=3):
        slow = asker.with_scopes("notices:read", per_minute=3)
        answers = [notices(slow) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit-Policy"] == '"client";q=3;w=60'
    assert [one["RateLimit"].split(";")[1] for one in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert code_of(answers[3]) == (429, "too_many")
    assert 15 <= int(answers[3]["Retry-After"]) <= 20
    assert notices(asker).status_code == 200, "another credential has its own pace"


def test_a_day_has_a_quota(asker):
    few = asker.with_scopes("notices:read", per_day=2)
    answers = [notices(few) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert code_of(answers[2]) == (429, "quota_used_up")
    assert 0 < int(answers[2]["Retry-After"]) <= 86_400


def test_whoever_shows_a_wrong_credential_often_is_heard_later_and_others_are_not_touched(asker):
    wrong = asker.with_key("tg_abcdefabcdef_wrong")
    answers = [notices(wrong) for _ in range(12)]
    assert [one.status_code for one in answers] == [401] * 10 + [429] * 2
    assert code_of(answers[-1]) == (429, "locked_out")
    assert 1 <= int(answers[-1]["Retry-After"]) <= 30
    assert notices(asker).status_code == 200


def test_whoever_guesses_many_credentials_is_locked_out_by_address(asker):
    answers = [notices(asker.with_key(f"tg_{n:012d}_wrong")).status_code for n in range(102)]
    assert answers == [401] * 100 + [429] * 2
    elsewhere = Client(SERVER_NAME="localhost", REMOTE_ADDR="198.51.100.99")
    asked = elsewhere.get("/api/v1/notices", headers={"Authorization": f"Bearer {asker.key}"})
    assert asked.status_code == 200


def test_wrong_secrets_at_the_token_endpoint_lock_out_too(asker, oauth):
    answers = [asked_token(asker, oauth[0], "wrong").status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2


def test_refusals_are_counted_and_tell_nothing_of_whom(asker, caplog):
    caplog.clear()
    narrow = asker.with_scopes("tariff:read")
    notices(narrow)
    notices(asker.with_key("tg_abcdefabcdee_wrong"))
    counted = {(code, client): times for _, _, code, client, times in counters().refusals(today())}
    assert counted["scope_missing", narrow.key.split("_")[1]] == 1
    assert counted["not_known", ""] >= 1
    told = " ".join(str(vars(record)) for record in caplog.records if record.name == "tidegate.access")
    assert "scope_missing" in told
    assert [word for word in (asker.number, "198.18.", narrow.key) if word in told] == []
