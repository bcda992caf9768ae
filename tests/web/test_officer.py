"""The officer's desk: what waits is shown, what is done is done once, and who comes second is told."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.controlling import DEAR, let_dear_goods_be_controlled
from tests.web.lodging import BOARD, WINE, declaration
from tests.web.people_of import signed_in
from tidegate.clearance import acts_about, consignment_now, deliver_documents, order_control
from tidegate.clearance.relining import lines_now
from tidegate_web.people.models import Role

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)

pytestmark = pytest.mark.usefixtures("whole_queue")


@pytest.fixture(scope="module")
def _profile():
    """A profile that holds for very dear goods, so that they are controlled."""
    let_dear_goods_be_controlled()


@pytest.fixture
def controlled(asking, node, _profile):
    """Return a maker of consignments that wait for a control."""

    def make(goods=BOARD):
        answer = asking.cds("", declaration(asking.number, price=DEAR, goods=goods))
        assert answer.status_code == 202
        node.catch_up()
        mrn = max(
            (entry for entry in node.journal.read(0, 1_000_000, kinds=["declaration.lodged"])),
            key=lambda entry: entry.position,
        ).keys
        found = next(key.removeprefix("mrn:") for key in mrn if key.startswith("mrn:"))
        if consignment_now(node.journal, found)[0].state == "selected":  # the day's controls are used up
            order_control(
                node.journal, found, datetime.now(UTC), "officer:test", channel="yellow", grounds="A tip."
            )
        assert consignment_now(node.journal, found)[0].state == "under_control"
        return found

    return make


def _seen(page):
    return re.search(rb'name="seen" value="(\d+)"', page.content)[1].decode()


def _kinds(node, mrn):
    return [entry.kind for entry, _ in acts_about(node.journal, mrn)]


def test_what_waits_stands_in_the_queue_with_its_reason(controlled):
    mrn = controlled()
    page = signed_in(Role.OFFICER).get("/officer/queue").content.decode()
    assert mrn in page
    assert "Examine the" in page


def test_the_queue_sends_nothing_where_nothing_is_new_and_all_where_something_is(controlled):
    controlled()
    browser = signed_in(Role.OFFICER)
    page = browser.get("/officer/queue")
    mark = re.search(rb'name="mark" value="([^"]+)"', page.content)[1].decode()
    quiet = browser.get(f"/officer/queue?mark={mark}", headers={"HX-Request": "true"})
    assert quiet.status_code == 204
    mrn = controlled()
    fresh = browser.get(f"/officer/queue?mark={mark}", headers={"HX-Request": "true"})
    assert fresh.status_code == 200
    assert mrn in fresh.content.decode()


def test_a_consignment_is_told_as_a_story(controlled):
    mrn = controlled()
    page = signed_in(Role.OFFICER).get(f"/officer/consignments/{mrn}").content.decode()
    for said in (
        "Boxes of printed board",
        "48191000",
        "7,000,000.00 GBP",
        "Dear goods.",
        "Declaration lodged",
    ):
        assert said in page


def test_a_control_as_declared_leads_to_release_and_leaves_the_queue(controlled, node):
    mrn = controlled()
    browser = signed_in(Role.OFFICER)
    said = {
        "seen": _seen(browser.get(f"/officer/consignments/{mrn}")),
        "outcome": "conform",
        "found": "All as declared.",
    }
    answer = browser.post(f"/officer/consignments/{mrn}/control", said)
    assert (answer.status_code, answer["Location"]) == (302, f"/officer/consignments/{mrn}")
    node.catch_up()
    assert "control.recorded" in _kinds(node, mrn)
    assert mrn not in browser.get("/officer/queue").content.decode()


def test_the_same_form_sent_twice_acts_once(controlled, node):
    mrn = controlled()
    browser = signed_in(Role.OFFICER)
    said = {
        "seen": _seen(browser.get(f"/officer/consignments/{mrn}")),
        "outcome": "irregular",
        "found": "Other goods.",
    }
    first, second = (browser.post(f"/officer/consignments/{mrn}/control", said) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 409)
    assert _kinds(node, mrn).count("control.recorded") == 1


def test_of_two_officers_the_second_is_told_who_was_first_and_keeps_what_was_written(controlled, node):
    mrn = controlled()
    one, other = signed_in(Role.OFFICER, username="one"), signed_in(Role.OFFICER, username="other")
    seen = _seen(one.get(f"/officer/consignments/{mrn}"))
    assert (
        one.post(
            f"/officer/consignments/{mrn}/documents", {"seen": seen, "grounds": "Invoice, please."}
        ).status_code
        == 302
    )
    answer = other.post(
        f"/officer/consignments/{mrn}/control",
        {"seen": seen, "outcome": "irregular", "found": "Undervalued by half."},
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Documents asked for" in page
    assert "by one" in page
    assert "Undervalued by half." in page
    assert "control.recorded" not in _kinds(node, mrn)


def test_an_irregularity_without_words_is_asked_for_them(controlled, node):
    mrn = controlled()
    browser = signed_in(Role.OFFICER)
    said = {
        "seen": _seen(browser.get(f"/officer/consignments/{mrn}")),
        "outcome": "irregular",
        "hours": "1.5",
    }
    answer = browser.post(f"/officer/consignments/{mrn}/control", said)
    assert answer.status_code == 422
    assert "Say what was not as declared" in answer.content.decode()
    assert 'value="1.5"' in answer.content.decode()
    assert "control.recorded" not in _kinds(node, mrn)


def test_photographs_are_kept_with_the_control_and_what_is_none_is_refused(controlled, node):
    mrn = controlled()
    browser = signed_in(Role.OFFICER)
    said = {
        "seen": _seen(browser.get(f"/officer/consignments/{mrn}")),
        "outcome": "irregular",
        "found": "See there.",
    }
    bad = SimpleUploadedFile("notes.png", b"not a picture")
    answer = browser.post(f"/officer/consignments/{mrn}/control", said | {"photographs": bad})
    assert answer.status_code == 422
    assert "notes.png is neither JPEG nor PNG" in answer.content.decode()
    good = [SimpleUploadedFile(f"{n}.png", PNG + bytes([n])) for n in range(2)]
    assert (
        browser.post(f"/officer/consignments/{mrn}/control", said | {"photographs": good}).status_code == 302
    )
    position = next(e.position for e, _ in acts_about(node.journal, mrn) if e.kind == "control.recorded")
    shown = browser.get(f"/officer/consignments/{mrn}/attachments/{position}/1")
    assert (shown["Content-Type"], shown.content) == ("image/png", PNG + bytes([1]))
    assert browser.get(f"/officer/consignments/{mrn}/attachments/{position}/2").status_code == 404


def test_what_is_attached_to_another_consignment_is_not_found_under_this_one(controlled, node):
    one, other = controlled(), controlled()
    position = next(e.position for e, _ in acts_about(node.journal, other) if e.kind == "declaration.lodged")
    assert (
        signed_in(Role.OFFICER).get(f"/officer/consignments/{one}/attachments/{position}/0").status_code
        == 404
    )


def test_looking_leaves_an_act_once_a_day(controlled, node):
    mrn = controlled()
    browser = signed_in(Role.AUDITOR)
    before = len(node.journal.read(0, 1_000_000, kinds=["data.consulted"]))
    browser.get(f"/officer/consignments/{mrn}")
    browser.get(f"/officer/consignments/{mrn}")
    found = node.journal.read(0, 1_000_000, kinds=["data.consulted"])
    assert len(found) == before + 1
    assert found[-1].author == "person:the-auditor"


def test_an_auditor_looks_and_does_not_act(controlled, node):
    mrn = controlled()
    browser = signed_in(Role.AUDITOR)
    said = {"seen": _seen(signed_in(Role.OFFICER).get(f"/officer/consignments/{mrn}")), "outcome": "conform"}
    assert browser.post(f"/officer/consignments/{mrn}/control", said).status_code == 403
    assert "control.recorded" not in _kinds(node, mrn)


def test_a_proof_of_an_act_can_be_taken_away_and_holds(controlled, node):
    from tidegate.journal.proving import check_entry  # noqa: PLC0415 - beside its only use

    mrn = controlled()
    position = next(e.position for e, _ in acts_about(node.journal, mrn) if e.kind == "channel.assigned")
    answer = signed_in(Role.OFFICER).get(f"/officer/consignments/{mrn}/proofs/{position}")
    proven = check_entry(answer.content.decode(), [node.verifier_key()])
    assert proven.position == position
    assert proven.envelope.kind == "channel.assigned"


def test_a_number_that_there_is_not_is_explained():
    answer = signed_in(Role.OFFICER).get("/officer/consignments/26GBNOSUCHNUMBER00")
    assert answer.status_code == 404
    assert "No such consignment" in answer.content.decode()


def test_a_referral_is_seen_in_the_queue(controlled, node):
    mrn = controlled()
    browser = signed_in(Role.OFFICER)
    said = {
        "seen": _seen(browser.get(f"/officer/consignments/{mrn}")),
        "to": "GBLAB001",
        "words": "A sample.",
    }
    assert browser.post(f"/officer/consignments/{mrn}/referral", said).status_code == 302
    node.catch_up()
    assert "referred to GBLAB001" in browser.get("/officer/queue").content.decode()


def test_a_supervisor_overrides_an_assessment_and_an_officer_does_not(controlled, node):
    mrn = controlled(WINE)
    lines = lines_now(node.journal, mrn)
    assert [(line.type, line.amount) for line in lines][:1] == [("A00", Decimal("520.00"))]
    said = {f"{line.item}-{line.type}": str(line.amount) for line in lines} | {
        "seen": _seen(signed_in(Role.OFFICER).get(f"/officer/consignments/{mrn}")),
        "reason": "The price was that of samples.",
    }
    supervisor = signed_in(Role.SUPERVISOR)
    same = supervisor.post(f"/officer/consignments/{mrn}/override", said)
    assert same.status_code == 422
    assert "change at least one" in same.content.decode()
    said[f"{lines[0].item}-{lines[0].type}"] = "12.34"
    assert signed_in(Role.OFFICER).post(f"/officer/consignments/{mrn}/override", said).status_code == 403
    assert supervisor.post(f"/officer/consignments/{mrn}/override", said).status_code == 302
    assert lines_now(node.journal, mrn)[0].amount == Decimal("12.34")
    page = supervisor.get(f"/officer/consignments/{mrn}").content.decode()
    assert "The price was that of samples." in page


def test_an_auditor_is_shown_no_form(controlled):
    page = signed_in(Role.AUDITOR).get(f"/officer/consignments/{controlled()}").content.decode()
    assert "does not act" in page
    assert page.count('<form method="post"') == 1  # to sign out


def test_documents_that_were_handed_in_are_examined_and_wait_no_longer(controlled, node):
    mrn = controlled()
    browser = signed_in(Role.OFFICER)
    said = {"seen": _seen(browser.get(f"/officer/consignments/{mrn}")), "grounds": "The invoice."}
    assert (
        browser.post(f"/officer/consignments/{mrn}/documents", said | {"blocking": "on"}).status_code == 302
    )
    consignment = consignment_now(node.journal, mrn)[0]
    assert "They are examined" not in browser.get(f"/officer/consignments/{mrn}").content.decode()
    deliver_documents(node.journal, mrn, datetime.now(UTC), consignment.declarant, files=[PNG])
    page = browser.get(f"/officer/consignments/{mrn}")
    assert "They are examined" in page.content.decode()
    said = {"seen": _seen(page), "words": "The price is the declared one."}
    assert browser.post(f"/officer/consignments/{mrn}/examined", said).status_code == 302
    assert not consignment_now(node.journal, mrn)[0].documents
