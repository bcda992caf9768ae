"""The public pages: no account, no cookie; what they tell is what the core says."""

import re
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver

from tests.web.lodging import declaration
from tests.web.people_of import anybody, signed_in
from tidegate.journal import Key
from tidegate.journal.proving import prove_consistency, prove_entry
from tidegate.notices import publish_bulletin, question
from tidegate_web.layout.policy import POLICY
from tidegate_web.node import now
from tidegate_web.people.models import Role
from tidegate_web.people.pages import PUBLIC

ATOM = "{http://www.w3.org/2005/Atom}"


def _public_routes():
    for included in get_resolver().url_patterns:
        for desk in getattr(included, "url_patterns", []):
            for one in getattr(desk, "url_patterns", []):
                if isinstance(one, URLPattern) and getattr(one.callback, "action", "") == PUBLIC:
                    yield str(desk.pattern) + str(one.pattern)


@pytest.fixture(scope="module", autouse=True)
def _notice():
    from tidegate_web import node as held  # noqa: PLC0415 - once Django is set up

    publish_bulletin(
        held.node().journal, now(), Key("person:director", personal=True), name="quay-closed",
        title="The north quay is closed", words="Until the crane is mended.",
    )  # fmt: skip


def test_public_pages_set_no_cookie_and_carry_the_policy():
    examples = {"str:code": "8703", "slug:name": "quay-closed", "str:reference": "NOSUCH", "slug:code": ""}
    routes = [route for route in _public_routes() if not route.startswith("language")]
    assert len(routes) > 10
    for route in routes:
        address = "/" + route
        for name, example in examples.items():
            address = address.replace(f"<{name}>", example)
        for answer in (anybody().get(address), anybody().post(address, {"proof": "x", "words": "x"})):
            assert not answer.cookies, address
            if answer.get("Content-Type", "").startswith("text/html") and answer.status_code < 300:
                assert answer["Content-Security-Policy"] == POLICY
                assert b"<script>" not in answer.content
                assert b"style=" not in answer.content


def test_chapters_are_found_by_words_and_by_digits():
    page = anybody().get("/tariff", {"q": "fish"}).content.decode()
    assert 'href="/tariff/03"' in page
    part = anybody().get("/tariff", {"q": "87"}, headers={"HX-Request": "true"}).content.decode()
    assert 'href="/tariff/87"' in part
    assert "<html" not in part
    nothing = anybody().get("/tariff", {"q": "<b>zzz"}).content.decode()
    assert "Nothing is found" in nothing
    assert "<b>zzz" not in nothing


def test_a_code_is_explained_with_its_measures_and_an_unknown_one_is_not_there():
    page = anybody().get("/tariff/4819100000").content.decode()
    assert "B00" in page
    assert anybody().get("/tariff/none").status_code == 404
    assert anybody().get("/tariff/99887766554433").status_code == 404


_GOODS = {
    "code": "2204.10.00.00", "origin": "US", "value": "1000", "currency": "GBP",
    "quantity": "100", "unit": "l",
}  # fmt: skip


def test_duty_is_worked_out_with_how_it_comes_about():
    page = anybody().get("/duty", _GOODS).content.decode()
    assert "26.00 GBP" in page  # 26.00 GBP a hectolitre, by the table of the administration
    assert "26.00 GBP / hl" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "boxes"}, "has 2 to 12 digits"),
        ({"value": "-1"}, "greater than or equal to 0"),
        ({"origin": "ZZ"}, "Select a valid choice"),
        ({"unit": ""}, "in which unit"),
    ],
)
def test_what_is_wrong_about_goods_is_said_beside_the_field_and_the_rest_is_kept(wrong, said):
    answer = anybody().get("/duty", _GOODS | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="GBP" selected' in answer.content.decode()


def test_notices_are_listed_shown_and_fed():
    assert "north quay" in anybody().get("/notices").content.decode()
    assert "crane is mended" in anybody().get("/notices/quay-closed").content.decode()
    answer = anybody().get("/notices/feed")
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    titles = [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")]
    assert "The north quay is closed" in titles
    assert anybody().get("/notices/no-such").status_code == 404


def _seen(browser):
    page = browser.get("/notices/holiday/words").content.decode()
    return {"seen": re.search(r'name="seen" value="(\d+)"', page)[1]}


def test_a_director_publishes_changes_and_withdraws_a_notice():
    browser = signed_in(Role.DIRECTOR)
    said = {"name": "holiday", "title": "Closed on Friday", "words": "The office is closed."}
    assert browser.post("/notices/new", said).status_code == 302
    taken = browser.post("/notices/new", said | {"words": "Kept words."})
    assert taken.status_code == 422
    assert "Kept words." in taken.content.decode()
    said |= _seen(browser)
    assert browser.post("/notices/holiday/words", said | {"words": "Open after all."}).status_code == 302
    assert "Open after all." in anybody().get("/notices/holiday").content.decode()
    twice = browser.post("/notices/holiday/words", said | {"words": "Open after all."})
    assert twice.status_code == 422
    assert "It was changed meanwhile" in twice.content.decode()
    said |= _seen(browser)
    past = browser.post("/notices/holiday/words", said | {"until": "2020-01-01"})
    assert "That day has passed" in past.content.decode()
    browser.post("/notices/holiday/withdrawal", {"reason": "Mistake."})
    assert "holiday" not in anybody().get("/notices").content.decode()
    assert "Mistake." in anybody().get("/notices/holiday").content.decode()


def _asked(**said):
    browser = anybody()
    page = browser.get("/questions/new").content.decode()
    mark = re.search(r'name="form" value="([^"]+)"', page)[1]
    fields = {"form": mark, "matter": "question", "words": "When do you open?"} | said
    return browser, fields, browser.post("/questions/new", fields)


def test_a_question_is_given_a_reference_answered_and_read_with_it(node):
    _browser, fields, answer = _asked(contact="someone@example.org")
    reference = re.fullmatch(r"/questions/([2-9A-HJKMNP-TV-Z]{12})\?new=1", answer["Location"])[1]
    shown = anybody().get(f"/questions/{reference}").content.decode()
    assert "not answered yet" in shown
    assert fields["words"] not in shown
    assert "someone@example.org" not in shown
    node.catch_up()
    officer = signed_in(Role.OFFICER)
    assert reference in officer.get("/questions").content.decode()
    assert "someone@example.org" in officer.get(f"/questions/{reference}/answer").content.decode()
    assert officer.post(f"/questions/{reference}/answer", {"words": ""}).status_code == 422
    assert officer.post(f"/questions/{reference}/answer", {"words": "At eight."}).status_code == 302
    assert officer.post(f"/questions/{reference}/answer", {"words": "At nine."}).status_code == 409
    found = anybody().get("/questions/find", {"reference": f" {reference.lower()} "})
    assert "At eight." in anybody().get(found["Location"]).content.decode()


def test_the_same_question_sent_twice_is_one(node):
    browser, fields, first = _asked()
    size = node.journal.size
    assert browser.post("/questions/new", fields)["Location"] == first["Location"]
    assert node.journal.size == size


def test_a_question_without_a_mark_of_ours_or_without_words_enters_nothing_and_is_kept(node):
    browser, fields, _ = _asked()
    size = node.journal.size
    forged = browser.post("/questions/new", fields | {"form": "forged", "words": "Kept words."})
    assert forged.status_code == 422
    assert "Kept words." in forged.content.decode()
    assert "forged" not in forged.content.decode()
    assert browser.post("/questions/new", fields | {"words": "", "about": "Kept."}).status_code == 422
    assert node.journal.size == size


def test_nobody_floods_the_journal_with_questions(node):
    answers = [_asked()[2].status_code for _ in range(14)]
    assert 422 in answers
    assert question(node.journal, "NOSUCH") is None


@pytest.fixture
def proven(asking, node):
    """A proof of an act, and the checkpoint it stands on."""
    assert asking.cds("", declaration(asking.number)).status_code == 202
    checkpoint = node.checkpoint()
    return prove_entry(node.journal, node.journal.size - 1, checkpoint), checkpoint


def test_a_proof_is_verified_in_words_pasted_or_as_a_file(proven):
    proof, _ = proven
    for said in (
        {"proof": proof},
        {"proof": proof.replace("\n", "\r\n")},
        {"file": SimpleUploadedFile("p.txt", proof.encode())},
    ):
        page = anybody().post("/verify", said).content.decode()
        assert "The proof holds" in page
        assert "declaration.lodged" in page
        assert "does not show that what the entry says is true" in page


def test_a_proof_that_was_tampered_with_does_not_hold(proven):
    proof, _ = proven
    lines = proof.split("\n")
    lines[2] = f"index {int(lines[2].split()[1]) - 1}"
    page = anybody().post("/verify", {"proof": "\n".join(lines)}).content.decode()
    assert "The proof does not hold" in page
    assert "The proof holds" not in page


def test_that_a_journal_was_continued_is_verified_with_the_checkpoint_that_was_kept(proven, asking, node):
    _, old = proven
    assert asking.cds("", declaration(asking.number)).status_code == 202
    proof = prove_consistency(node.journal, old, node.checkpoint())
    page = anybody().post("/verify", {"proof": proof, "checkpoint": old.note}).content.decode()
    assert "continues the one whose checkpoint you kept" in page
    missing = anybody().post("/verify", {"proof": proof})
    assert missing.status_code == 422
    assert "give the one you kept" in missing.content.decode()


def test_what_is_no_proof_or_no_key_is_explained(proven):
    proof, _ = proven
    assert "does not hold" in anybody().post("/verify", {"proof": "hello"}).content.decode()
    wrong = anybody().post("/verify", {"proof": proof, "key": "no key"})
    assert wrong.status_code == 422
    assert proof.split("\n")[1] in wrong.content.decode()
    assert anybody().post("/verify", {}).status_code == 422


def test_release_times_are_shown_without_telling_of_single_consignments(node):
    node.catch_up()
    page = anybody().get("/times").content.decode()
    assert "How long release takes" in page
    assert "From presentation to release</caption>" in page or "Too few goods" in page
