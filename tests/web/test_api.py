"""The JSON API: lodging, asking how it stands, hearing of it, and asking the tariff."""

import json

import pytest

from tests.web.lodging import CONTENT, declaration, published, reference, request
from tidegate.clearance import consignment_now
from tidegate.declarations.json_form import to_json
from tidegate.declarations.messages import read_message
from tidegate.journal import Key
from tidegate.tariff.nomenclature import Nomenclature, read_plain
from tidegate_web.public import held as public_held


def lodged(asking, body, content_type=CONTENT, **headers):
    return asking.post("/api/v1/declarations", body, content_type, **headers)


@pytest.fixture
def mrn(asking, node):
    """The number of a published declaration that was decided on."""
    number = lodged(asking, published("TT_IM001a", asking.number)).json()["mrn"]
    node.catch_up()
    return number


def test_a_declaration_as_json_is_lodged_like_one_as_xml(asking, node):
    stated = read_message(declaration(asking.number)).declaration
    answer = lodged(asking, to_json(stated), "application/json")
    assert answer.status_code == 202
    receipt = answer.json()
    consignment, _ = consignment_now(node.journal, receipt["mrn"])
    assert consignment.lrn == stated.functional_reference_id
    assert (receipt["state"], receipt["position"]) == ("received", consignment.positions[0])
    assert answer["Location"] == f"/api/v1/declarations/{receipt['mrn']}"


def test_the_same_octets_again_are_answered_the_same(asking):
    body = declaration(asking.number)
    first, second = lodged(asking, body).json(), lodged(asking, body).json()
    assert second == {**first, "repeated": True}


def test_a_used_reference_is_a_conflict_that_tells_the_number(asking):
    lrn = reference()
    mrn = lodged(asking, declaration(asking.number, lrn=lrn)).json()["mrn"]
    answer = lodged(asking, declaration(asking.number, lrn=lrn, price="1.00"))
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["findings"][0]["values"]["mrn"] == mrn


def test_a_name_for_a_lodging_lodges_once_whatever_is_sent_under_it(asking):
    first = lodged(asking, declaration(asking.number), **{"Idempotency-Key": "once-1"})
    again = lodged(asking, declaration(asking.number), **{"Idempotency-Key": "once-1"})
    assert (first.status_code, again.status_code) == (202, 409)
    assert again.json()["findings"][0]["values"]["mrn"] == first.json()["mrn"]


def test_two_operators_may_use_the_same_name(asking, operator):
    other = operator()
    answers = [lodged(one, declaration(one.number), **{"Idempotency-Key": "mine"}) for one in (asking, other)]
    assert [answer.status_code for answer in answers] == [202, 202]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "unreadable"),
        (b'{"FunctionCode": 9}', "application/json", 400, "unreadable"),
        (b"\xff\xfe{", "application/json", 400, "other_kind"),
        (b"<a/>", "application/xml", 400, "other_kind"),
        (b"x=1", "application/x-www-form-urlencoded", 415, "content_type"),
        (b"{}", "application/json; charset=utf-16", 415, "content_type"),
    ],
)
def test_what_is_no_declaration_is_a_problem_with_a_code(asking, body, content_type, status, code):
    answer = lodged(asking, body, content_type)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_how_a_declaration_stands_is_told_now_and_as_it_was(asking, mrn):
    now = asking.get(f"/api/v1/declarations/{mrn}").json()
    assert now["state"] not in ("received", "rejected")
    first = asking.get(f"/api/v1/declarations/{mrn}/history").json()["acts"][0]["position"]
    then = asking.get(f"/api/v1/declarations/{mrn}?at={first}").json()
    assert (then["state"], then["position"]) == ("received", first)


def test_only_the_parts_that_are_named_are_answered(asking, mrn):
    answer = asking.get(f"/api/v1/declarations/{mrn}?fields=state,mrn")
    assert sorted(answer.json()) == ["mrn", "state"]
    assert asking.get(f"/api/v1/declarations/{mrn}?fields=colour").status_code == 422


def test_the_history_keeps_back_how_customs_scored_and_selected(asking, mrn):
    acts = asking.get(f"/api/v1/declarations/{mrn}/history").json()["acts"]
    assert [act["kind"] for act in acts][:2] == ["declaration.lodged", "declaration.accepted"]
    said = json.dumps(acts)
    assert "channel.assigned" not in said
    assert not [word for word in ('"score"', '"reasons"', '"probability"') if word in said]


def test_an_answer_that_did_not_change_is_not_sent_again(asking, mrn):
    first = asking.get(f"/api/v1/declarations/{mrn}")
    again = asking.get(f"/api/v1/declarations/{mrn}", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_answers_are_small(asking, mrn):
    plain = asking.get(f"/api/v1/declarations/{mrn}")
    assert len(plain.content) < 1_000
    packed = asking.get(f"/api/v1/declarations/{mrn}/history", **{"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < 3_000


def test_another_operators_declaration_is_not_there(operator, mrn):
    other = operator()
    for below in ("", "/history", "/notices", "/proof"):
        answer = other.get(f"/api/v1/declarations/{mrn}{below}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_consignment")


def test_notices_are_read_on_from_the_cursor(asking, mrn):
    page = asking.get("/api/v1/notices?limit=1").json()
    assert [notice["mrn"] for notice in page["notices"]] == [mrn]
    rest = asking.get(f"/api/v1/notices?cursor={page['cursor']}").json()
    assert page["notices"][0] not in rest["notices"]
    whole = asking.get(f"/api/v1/declarations/{mrn}/notices").json()["notices"]
    assert whole == page["notices"] + rest["notices"]
    assert {notice["type"] for notice in whole} >= {"ACC", "TAX"}


def test_who_waits_for_notices_is_answered_when_the_time_is_over(asking):
    answer = asking.get("/api/v1/notices?wait=0.2")
    assert answer.json() == {"notices": [], "cursor": 0}


def test_an_act_is_proven_to_strangers(asking, mrn, node):
    answer = asking.get(f"/api/v1/declarations/{mrn}/proof").json()
    assert answer["proof"].startswith("c2sp.org/tlog-proof@v1")
    assert answer["position"] == consignment_now(node.journal, mrn)[0].positions[0]


def test_a_declaration_is_ended_on_request_and_once(asking, mrn, node):
    body = json.dumps({"reference": "END-1", "words": "Lodged twice"})
    first = asking.post(f"/api/v1/declarations/{mrn}/invalidation", body)
    again = asking.post(f"/api/v1/declarations/{mrn}/invalidation", body)
    assert (first.status_code, again.json()["repeated"]) == (202, True)
    node.catch_up()
    assert asking.get(f"/api/v1/declarations/{mrn}").json()["state"] == "invalidated"
    late = asking.post(f"/api/v1/declarations/{mrn}/invalidation", json.dumps({"reference": "END-2"}))
    assert (late.status_code, late.json()["code"]) == (409, "not_allowed")


def test_a_request_about_another_number_than_the_address_is_refused(asking, mrn):
    body = request("24GB00000000000000", "COR")
    answer = asking.post(f"/api/v1/declarations/{mrn}/amendment", body, CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (422, "other_number")


def test_goods_arrive_once(asking, mrn):
    answer = asking.post(f"/api/v1/declarations/{mrn}/arrival", json.dumps({"reference": "ARR-1"}))
    assert answer.status_code in (202, 409)
    answer = asking.post(f"/api/v1/declarations/{mrn}/arrival", json.dumps({"reference": "ARR-2"}))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed")


def test_duty_is_worked_out_and_advised_on(asking):
    enquiry = {"code": "48191000", "origin": "US", "value": "1000", "currency": "GBP", "date": "2021-03-01"}
    answer = asking.post("/api/v1/tariff/duty", json.dumps(enquiry))
    assert answer.status_code == 200
    assert {"lines", "total", "findings"} <= answer.json().keys()
    assert asking.post("/api/v1/tariff/advice", json.dumps(enquiry)).json()["answer"] == answer.json()
    wrong = asking.post("/api/v1/tariff/duty", json.dumps({**enquiry, "value": "many"}))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")


def test_a_code_is_explained(asking):
    answer = asking.get("/api/v1/tariff/codes/4819.10")
    assert answer.status_code == 200
    assert answer.json()["explanation"]["path"]
    assert asking.get("/api/v1/tariff/codes/nothing").status_code == 422


def test_lodging_writes_the_sender_as_author(asking, node):
    receipt = lodged(asking, declaration(asking.number)).json()
    entry = node.journal.about(Key(f"mrn:{receipt['mrn']}"))[0]
    assert entry.author == f"operator:{asking.number}"


def test_codes_are_found_by_words_and_by_first_digits(asking, monkeypatch, tmp_path):
    rows = [
        "code,description",
        "48,Paper",
        "4819,Cartons and boxes of paper",
        "481910,Of corrugated paper",
        "4820,Registers",
    ]
    (tmp_path / "rows.csv").write_text("\n".join(rows))
    tree = Nomenclature(read_plain(tmp_path / "rows.csv", "rows"))
    monkeypatch.setattr(public_held, "nomenclature", lambda _day: tree)

    def found(q, more=""):
        return [one["code"] for one in asking.get(f"/api/v1/tariff/search?q={q}{more}").json()["codes"]]

    assert found("corrugated+boxes")[0] == "481910"
    assert found("paper", "&limit=1") == ["48"]
    assert found("48.19") == ["4819", "481910"]
    assert found("zzzz") == []
    told = asking.get("/api/v1/tariff/search?q=corrugated&on=2026-03-01").json()
    assert told["on"] == "2026-03-01"
    assert "Cartons and boxes of paper" in told["codes"][0]["above"]


def test_chapters_are_found_where_no_schedule_is_loaded(asking):
    codes = asking.get("/api/v1/tariff/search?q=paper").json()["codes"]
    assert "48" in [one["code"] for one in codes]


@pytest.mark.parametrize("query", ["", "q=", "q=a", f"q={'x' * 201}", "q=paper&limit=0", "q=paper&on=never"])
def test_what_is_no_search_is_refused(asking, query):
    assert asking.get(f"/api/v1/tariff/search?{query}").status_code == 422
