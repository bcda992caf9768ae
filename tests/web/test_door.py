"""The endpoints that speak as the Customs Declaration Service does."""

from xml.etree import ElementTree as ET

import pytest

from tests.web.lodging import declaration, published, reference, request
from tidegate.clearance import consignment_now
from tidegate.journal import Key
from tidegate_web.conversations import position_of


def code_of(answer):
    return ET.fromstring(answer.content).findtext("code")


def mrn_of(node, answer):
    """Return the number that a submission was given, as its operator hears it."""
    position = position_of("conversation", answer["X-Conversation-ID"], node.key)
    entry = node.journal.read(position, 1)[0]
    return next(key.removeprefix("mrn:") for key in entry.keys if key.startswith("mrn:"))


def test_a_declaration_is_in_the_journal_when_202_is_answered(asking, node):
    lrn = reference()
    answer = asking.cds("", declaration(asking.number, lrn=lrn))
    assert (answer.status_code, answer.content) == (202, b"")
    consignment, _ = consignment_now(node.journal, mrn_of(node, answer))
    assert (consignment.lrn, consignment.declarant) == (lrn, asking.number)
    assert node.journal.read(consignment.positions[0], 1)[0].author == f"operator:{asking.number}"


def test_the_same_octets_again_are_the_same_conversation_and_no_second_declaration(asking, node):
    body = declaration(asking.number)
    first, second = asking.cds("", body), asking.cds("", body)
    assert first["X-Conversation-ID"] == second["X-Conversation-ID"]
    assert len(node.journal.about(Key(f"mrn:{mrn_of(node, first)}"))) == 1


def test_another_declaration_under_a_used_reference_is_refused_with_the_number_that_has_it(asking):
    lrn = reference()
    asking.cds("", declaration(asking.number, lrn=lrn))
    answer = asking.cds("", declaration(asking.number, lrn=lrn, price="7.00"))
    assert (answer.status_code, code_of(answer)) == (409, "CONFLICT")
    assert "TG-LRN-TWICE" in answer.content.decode()


def test_what_is_not_xml_is_refused_with_the_place(asking):
    answer = asking.cds("", b"<MetaData><Declaration></MetaData>")
    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")
    assert "line 1" in answer.content.decode()


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Accept": "application/xml"}, 406, "ACCEPT_HEADER_INVALID"),
        ({"Accept": "application/vnd.hmrc.9.0+xml"}, 406, "ACCEPT_HEADER_INVALID"),
        ({"Content-Type": "application/json"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"Content-Type": "application/xml; charset=UTF-16"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"X-Badge-Identifier": "abc"}, 400, "BAD_REQUEST"),
        ({"X-Submitter-Identifier": "GB 1"}, 400, "BAD_REQUEST"),
        ({"X-Submitter-Identifier": "GB999999999999"}, 403, "FORBIDDEN"),
    ],
)
def test_headers_other_than_those_of_the_api_are_refused(asking, headers, status, code):
    answer = asking.cds("", declaration(asking.number), **headers)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_errors_are_told_in_json_where_json_is_asked_for(asking):
    answer = asking.cds("", b"<a>", Accept="application/vnd.hmrc.3.0+json")
    assert answer.json()["code"] == "BAD_REQUEST"
    assert answer.json()["errors"][0]["code"].startswith("TG-XML")


def test_a_declaration_is_not_taken_where_amendments_are(asking):
    assert asking.cds("amend", declaration(asking.number)).status_code == 400


def test_a_submission_is_answered_only_to_post(asking):
    assert asking.get("/customs/declarations/", Accept="application/vnd.hmrc.3.0+xml").status_code == 405


def test_another_operators_declaration_cannot_be_cancelled(asking, operator, node):
    mrn = mrn_of(node, asking.cds("", declaration(asking.number)))
    answer = operator().cds("cancellation-requests", request(mrn, "INV"))
    assert (answer.status_code, code_of(answer)) == (404, "NOT_FOUND")
    assert len(node.journal.about(Key(f"mrn:{mrn}"))) == 1


def test_a_declaration_for_somebody_else_is_refused_without_an_authorisation(asking, operator):
    answer = asking.cds("", declaration(operator().number))
    assert (answer.status_code, code_of(answer)) == (403, "FORBIDDEN")


def test_a_published_declaration_is_heard_of_by_notifications_that_are_pulled_once(asking, node):
    submitted = asking.cds("", published("TT_IM001a", asking.number))
    conversation = submitted["X-Conversation-ID"]
    node.catch_up()
    unpulled = asking.get("/notifications/unpulled").json()["notifications"]
    assert asking.get(f"/notifications/conversationId/{conversation}").json()["notifications"] == unpulled
    told = [asking.get(address) for address in unpulled]
    assert {answer["X-Conversation-ID"] for answer in told} == {conversation}
    assert b"<_2_1:FunctionCode>" in told[0].content or b"FunctionCode" in told[0].content
    assert asking.get("/notifications/unpulled").json()["notifications"] == []
    pulled = asking.get("/notifications/pulled").json()["notifications"]
    assert [address.replace("/pulled/", "/unpulled/") for address in pulled] == unpulled
    assert asking.get(unpulled[0]).status_code == 404
    assert asking.get(pulled[0]).content == told[0].content


def test_notifications_are_nobodys_but_the_operators_whom_they_tell(asking, operator, node):
    asking.cds("", declaration(asking.number))
    node.catch_up()
    address = asking.get("/notifications/unpulled").json()["notifications"][0]
    other = operator()
    assert other.get(address).status_code == 404
    assert other.get("/notifications/unpulled").json()["notifications"] == []


def test_amending_twice_with_the_same_octets_asks_once(asking, node):
    mrn = mrn_of(node, asking.cds("", published("TT_IM001a", asking.number)))
    node.catch_up()
    body = request(mrn, "INV")
    first, second = (asking.cds("cancellation-requests", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first["X-Conversation-ID"] == second["X-Conversation-ID"]
