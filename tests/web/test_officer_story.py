"""The page of a consignment: parties and their past, documents in place, like cases, why release waits."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web import officing
from tests.web.officing import PNG, hidden, page
from tests.web.people_of import signed_in
from tidegate.acts import EntryMatched, GoodsReference
from tidegate.clearance import acts_about, deliver_documents, request_documents
from tidegate.clearance.drafting import author_key, draft
from tidegate.journal import Append, Key
from tidegate.operators import suspend_operator
from tidegate_web import node as held
from tidegate_web.people.models import Role

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def delivered(asking, *files):
    """Return a consignment with documents handed in, and the position of their delivery."""
    mrn = officing.controlled(asking)
    journal, moment = held.node().journal, held.now()
    request_documents(journal, mrn, moment, "officer:test", grounds="Papers.")
    position = deliver_documents(journal, mrn, moment, officing.now(mrn).declarant, files=files)
    return mrn, position


@pytest.mark.parametrize(
    ("content", "media", "way"),
    [
        (PNG, "image/png", "inline"),
        (b"Just words.", "text/plain; charset=utf-8", "inline"),
        (PDF, "application/pdf", "attachment"),
        (b"<html><script>alert(1)</script></html>", "application/octet-stream", "attachment"),
        (bytes(range(256)), "application/octet-stream", "attachment"),
    ],
)
def test_a_document_is_given_so_that_it_can_run_nothing(content, media, way, asking):
    mrn, position = delivered(asking, content)
    answer = signed_in(Role.OFFICER).get(f"/officer/consignments/{mrn}/attachments/{position}/0")
    assert (answer["Content-Type"], answer.content) == (media, content)
    assert answer["Content-Disposition"].startswith(way)
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_documents_stand_on_the_page_with_their_digests_and_pictures_in_place(asking):
    mrn, position = delivered(asking, PNG)
    browser = signed_in(Role.OFFICER)
    said = hidden(browser.get(f"/officer/consignments/{mrn}")) | {"outcome": "irregular", "found": "See."}
    photo = SimpleUploadedFile("quay.png", PNG + b"1")
    browser.post(f"/officer/consignments/{mrn}/control", said | {"photographs": photo})
    entries = [entry for entry, _ in acts_about(held.node().journal, mrn)]
    control = next(entry for entry in entries if entry.kind == "control.recorded")
    text = page(mrn).content.decode()
    for entry in entries:
        if entry.kind in ("control.recorded", "documents.delivered", "declaration.lodged"):
            assert entry.attachments[0] in text
    assert f'src="/officer/consignments/{mrn}/attachments/{control.position}/0"' in text
    assert position != control.position


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.png", b"not a picture", "notes.png is neither JPEG nor PNG"),
        ("empty.png", b"", "empty"),
        ("huge.png", PNG + bytes(8 * 1024 * 1024), "huge.png is above 8 MB"),
    ],
)
def test_a_bad_photograph_is_explained_beside_the_field_and_the_rest_is_kept(name, content, words, asking):
    mrn = officing.controlled(asking)
    browser = signed_in(Role.OFFICER)
    said = hidden(browser.get(f"/officer/consignments/{mrn}")) | {
        "outcome": "irregular",
        "found": "Seals were broken.",
        "hours": "2.5",
        "photographs": SimpleUploadedFile(name, content),
    }
    answer = browser.post(f"/officer/consignments/{mrn}/control", said)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert 'id="control_photographs_error"' in text
    assert "Seals were broken." in text
    assert 'value="2.5"' in text
    assert "control.recorded" not in officing.kinds(mrn)


def test_every_party_stands_with_its_past_and_whether_it_is_suspended(asking):
    mrn = officing.controlled(asking)
    held.node().catch_up()
    text = page(mrn).content.decode()
    assert "US000000000001" in text
    assert "not registered here" in text
    assert "suspended" not in text
    suspend_operator(
        held.node().journal, held.now(), Key("officer:test"), number=asking.number, reason="Fraud."
    )
    held.node().catch_up()
    text = page(mrn).content.decode()
    assert "suspended" in text
    assert "Fraud." in text


def test_the_entry_before_arrival_is_a_link(asking):
    mrn = officing.controlled(asking)
    act = EntryMatched(mrn="26GBENTRY00000001", declaration=mrn, by=GoodsReference("container", "MSCU1"))
    entry = draft(act, held.now(), author_key("responder:entry"), [Key("entry:26GBENTRY00000001")])
    held.node().journal.append([Append((entry,))])
    held.node().catch_up()
    text = page(mrn).content.decode()
    assert 'href="/entries/26GBENTRY00000001"' in text
    assert "by container MSCU1" in text


def test_like_cases_are_a_part_of_their_own_with_their_outcomes(asking, monkeypatch):
    mrn = officing.controlled(asking)
    from datetime import date  # noqa: PLC0415 - beside its only use

    from tidegate.risk.likeness import LikeCase  # noqa: PLC0415 - as above
    from tidegate_web.desks.officer import looking  # noqa: PLC0415 - Django must be set up first

    case = LikeCase("26GB00000000000001", date(2026, 1, 2), irregular=True, shared=("trader", "origin"))
    monkeypatch.setattr(looking, "similar", lambda _node, _mrn: [case])
    browser = signed_in(Role.OFFICER)
    address = f"/officer/consignments/{mrn}/like"
    part = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    for said in ('href="/officer/consignments/26GB00000000000001"', "Not as declared", "trader, origin"):
        assert said in part
    assert "<html" in browser.get(address).content.decode()
    assert browser.get("/officer/consignments/26GBNOSUCHNUMBER00/like").status_code == 404


def test_release_says_in_words_what_it_waits_for_and_what_cannot_be_done_says_why(asking):
    text = page(officing.owing(asking)).content.decode()
    assert "What is due before release has to be paid." in text
    mrn = officing.controlled(asking)
    request_documents(held.node().journal, mrn, held.now(), "officer:test", grounds="Papers.")
    text = page(mrn).content.decode()
    assert "Documents were asked for: they have to be handed in and examined." in text
    assert "has handed in none yet" in text
    assert "They are examined" not in text


def test_after_clearance_what_the_law_allows_stands_there_and_later_why_not(asking, monkeypatch):
    from datetime import timedelta  # noqa: PLC0415 - beside its only use

    from tidegate_web.desks.officer import story  # noqa: PLC0415 - Django must be set up first

    mrn = officing.cleared(asking)
    text = page(mrn, Role.OFFICER).content.decode()
    assert "End the cleared declaration" in text
    assert f"/officer/consignments/{mrn}/correct" in text
    later = held.now() + timedelta(days=4_000)
    monkeypatch.setattr(story, "moment_now", lambda: later)
    text = page(mrn, Role.OFFICER).content.decode()
    assert f"/officer/consignments/{mrn}/correct" not in text
    assert text.count("that has passed") == 2
    answer = signed_in(Role.OFFICER).get(f"/officer/consignments/{mrn}/correct", follow=True)
    assert "that has passed" in answer.content.decode()
