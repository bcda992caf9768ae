"""The trader's desk: a declaration by form, what became of it, what is asked for, changes; each done once."""

import csv
import html
import io
import json
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.lodging import declaration, reference
from tests.web.people_of import signed_in
from tidegate.clearance import acts_about, consignment_now, request_documents
from tidegate_web.desks.trader.models import Draft
from tidegate_web.node import now
from tidegate_web.people.models import Role

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


@pytest.fixture
def trader(asking):
    """A trader of a registered operator, at a browser."""
    browser = signed_in(Role.TRADER, username=f"trader-{asking.number}", operator=asking.number)
    browser.number, browser.asking = asking.number, asking
    return browser


@pytest.fixture
def lodged(trader, node):
    """Return a maker of declarations that the trader's own software lodged."""

    def make(**changes):
        assert trader.asking.cds("", declaration(trader.number, **changes)).status_code == 202
        node.catch_up()
        return _last(node)

    return make


def _last(node):
    entry = node.journal.read(0, 1_000_000, kinds=["declaration.lodged"])[-1]
    return next(key.removeprefix("mrn:") for key in entry.keys if key.startswith("mrn:"))


def _kinds(node, mrn):
    return [entry.kind for entry, _ in acts_about(node.journal, mrn)]


def _value(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


ABOUT = {
    "kind": "IMA", "exporter": "Cartons Incorporated", "exporter_line": "1 Mill Road",
    "exporter_city": "Akron", "exporter_country": "US", "go": "next",
}  # fmt: skip
GOODS = {
    "code": "4819 10 00 00", "description": "Boxes of printed board, corrugated", "origin": "US",
    "price": "1200", "currency": "GBP", "gross": "100", "net": "90", "packages": "10", "package_kind": "CT",
    "procedure": "4000", "documents": "N935 INV-1", "go": "next",
}  # fmt: skip
TRANSPORT = {
    "export_country": "US", "destination": "GB", "mode": "1", "means": "9074729", "location": "FXTFXTFXT",
    "incoterm": "CIF", "incoterm_place": "Felixstowe", "previous_type": "CLE", "previous": "20260000001",
    "payment": "A", "go": "next",
}  # fmt: skip


def _begin(trader):
    """Begin a draft; returns its number."""
    answer = trader.post("/trader/lodge/new")
    return int(answer["Location"].split("/")[3])


def _filled(trader, **goods):
    """Fill in all steps of a draft; returns its number."""
    number = _begin(trader)
    said = ABOUT | {"lrn": reference(), "importer": trader.number, "office": _office(trader, number)}
    steps = [(f"/trader/lodge/{number}/about", said),
             (f"/trader/lodge/{number}/goods/1", GOODS | goods),
             (f"/trader/lodge/{number}/transport", TRANSPORT)]  # fmt: skip
    for address, fields in steps:
        answer = trader.post(address, fields)
        assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == f"/trader/lodge/{number}/check"
    return number


def _office(trader, number):
    page = trader.get(f"/trader/lodge/{number}/about").content.decode()
    return re.search(r'name="office".*?<option value="([^"]+)"', page, re.DOTALL)[1]


def test_a_declaration_is_filled_in_step_by_step_checked_and_lodged(trader, node):
    number = _filled(trader)
    page = trader.get(f"/trader/lodge/{number}/check").content.decode()
    assert "Boxes of printed board" in page
    assert "What it would owe" in page
    answer = trader.post(f"/trader/lodge/{number}/check")
    assert answer.status_code == 302
    node.catch_up()
    mrn = answer["Location"].rpartition("/")[2]
    consignment, _ = consignment_now(node.journal, mrn)
    assert (consignment.declarant, consignment.items) == (trader.number, 1)
    assert consignment.state not in ("received", "rejected"), [
        act for _, act in acts_about(node.journal, mrn)
    ]
    page = trader.get(f"/trader/consignments/{mrn}").content.decode()
    for said in ("Boxes of printed board", "4819100000", "1,200.00 GBP", "Declaration lodged"):
        assert said in page


def test_a_draft_lodged_twice_is_one_declaration(trader, node):
    number = _filled(trader)
    first = trader.post(f"/trader/lodge/{number}/check")["Location"]
    # As if the second had been on its way before the first was noted.
    Draft.objects.filter(pk=number).update(mrn="")
    assert trader.post(f"/trader/lodge/{number}/check")["Location"] == first
    assert _kinds(node, first.rpartition("/")[2]).count("declaration.lodged") == 1


def test_what_is_wrong_in_a_step_is_explained_beside_the_field_and_kept(trader):
    number = _begin(trader)
    wrong = GOODS | {"net": "200", "code": "none", "documents": "just words", "price": ""}
    answer = trader.post(f"/trader/lodge/{number}/goods/1", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    for said in (
        "A commodity code has 2 to 12 digits",
        "The net mass is above the gross mass",
        "just words",
        "Write it as N935",
    ):
        assert said in page
    again = trader.get(f"/trader/lodge/{number}/goods/1").content.decode()
    assert 'value="200"' in again
    assert "just words" in again
    assert "Boxes of printed board" in again


def test_what_is_not_whole_is_not_lodged(trader, node):
    number = _begin(trader)
    before = node.journal.size
    answer = trader.post(f"/trader/lodge/{number}/check")
    assert answer.status_code == 422
    assert "Something needs mending" in answer.content.decode()
    assert node.journal.size == before


def test_a_reference_that_was_used_before_is_told_and_nothing_is_lodged(trader, lodged, node):
    lodged(lrn="USED-BEFORE-1")
    number = _filled(trader)
    draft = Draft.objects.get(pk=number)
    draft.data["about"]["lrn"] = "USED-BEFORE-1"
    draft.save()
    before = node.journal.size
    answer = trader.post(f"/trader/lodge/{number}/check")
    assert answer.status_code == 409
    assert "It is not lodged" in answer.content.decode()
    assert node.journal.size == before


def test_a_code_that_was_found_is_taken_into_the_form_with_the_rest_kept(trader):
    number = _begin(trader)
    answer = trader.post(f"/trader/lodge/{number}/goods/1", GOODS | {"code": "", "take": "48191000"})
    assert answer.status_code == 302
    page = trader.get(f"/trader/lodge/{number}/goods/1").content.decode()
    assert 'value="48191000"' in page
    assert "Boxes of printed board" in page


def test_the_duty_is_worked_out_while_one_types_and_nothing_is_kept_of_it(trader):
    number = _begin(trader)
    owed = trader.post(f"/trader/lodge/{number}/owed", GOODS, headers={"HX-Request": "true"}).content.decode()
    assert "A00" in owed or "B00" in owed
    part = trader.post(f"/trader/lodge/{number}/owed", GOODS | {"price": ""}).content.decode()
    assert "as soon as code, origin" in part
    assert "description" not in Draft.objects.get(pk=number).data["items"][0]


def test_goods_are_added_and_left_out(trader):
    number = _begin(trader)
    assert trader.post(f"/trader/lodge/{number}/goods/1", GOODS | {"go": "another"})["Location"].endswith(
        "/goods/2"
    )
    assert trader.get(f"/trader/lodge/{number}/goods/2").status_code == 200
    trader.post(f"/trader/lodge/{number}/goods/2", {"go": "remove"})
    assert len(Draft.objects.get(pk=number).data["items"]) == 1
    assert trader.get(f"/trader/lodge/{number}/goods/2").status_code == 404


def test_a_rejected_declaration_is_mended_with_what_was_found_beside_the_fields(trader, node):
    body = declaration(trader.number).replace(b'currencyID="GBP"', b'currencyID="EUX"')
    assert trader.asking.cds("", body).status_code == 202
    node.catch_up()
    mrn = _last(node)
    assert consignment_now(node.journal, mrn)[0].state == "rejected"
    page = trader.get(f"/trader/consignments/{mrn}").content.decode()
    assert "Why it was rejected" in page
    assert "Goods 1: Price" in page
    address = trader.post(f"/trader/consignments/{mrn}/copy")["Location"]
    goods = trader.get(address.replace("about", "goods/1")).content.decode()
    assert "id_price_error" in goods
    assert "Boxes of printed board" in goods


def test_the_list_shows_what_is_ones_own_and_who_must_act(trader, lodged):
    mrn = lodged()
    page = trader.get("/trader/consignments").content.decode()
    assert mrn in page
    mark = re.search(r'name="mark" value="([^"]+)"', page)[1]
    quiet = trader.get(f"/trader/consignments?mark={mark}", headers={"HX-Request": "true"})
    assert quiet.status_code == 204
    other = lodged()
    fresh = trader.get(f"/trader/consignments?mark={mark}", headers={"HX-Request": "true"})
    assert other in fresh.content.decode()


def test_a_consignment_is_found_by_its_number_and_by_the_own_reference(trader, lodged):
    mrn = lodged(lrn="MY-OWN-77")
    for said in (mrn, mrn.lower(), "MY-OWN-77"):
        assert trader.get("/trader/consignments/find", {"q": said})["Location"].endswith(mrn)


def test_news_are_told_on_a_page_that_somebody_may_be_writing_on(trader, open_, node):
    address = f"/trader/consignments/{open_}"
    seen = re.search(r"seen=(\d+)&amp;news=1", trader.get(address).content.decode())[1]
    asking = {"headers": {"HX-Request": "true"}}
    assert trader.get(f"{address}?seen={seen}&news=1", **asking).status_code == 204
    request_documents(node.journal, open_, now(), "officer:1", grounds="The invoice, please.")
    news = trader.get(f"{address}?seen={seen}&news=1", **asking).content.decode()
    assert "Something happened meanwhile." in news
    assert "<h1>" not in news


def test_a_trader_is_not_told_how_it_was_scored_and_selected(trader, lodged, node):
    mrn = lodged()
    page = trader.get(f"/trader/consignments/{mrn}").content.decode()
    consignment, _ = consignment_now(node.journal, mrn)
    assert consignment.channel is not None
    assert "Channel assigned" not in page
    assert "score" not in page
    assert "customs" in page


def test_documents_asked_for_are_delivered_once_and_wait_for_an_officer(trader, lodged, node):
    mrn = lodged(price="6000000.00")
    if consignment_now(node.journal, mrn)[0].state not in ("selected", "under_control"):
        pytest.skip("the declaration is released at once here")
    request_documents(
        node.journal,
        mrn,
        consignment_now(node.journal, mrn)[0].lodged,
        "officer:1",
        grounds="The invoice, please.",
    )
    node.catch_up()
    page = trader.get(f"/trader/consignments/{mrn}")
    assert "The invoice, please." in page.content.decode()
    said = {"seen": _value(page, "seen"), "words": "Invoice"}
    answers = [
        trader.post(
            f"/trader/consignments/{mrn}/documents",
            said | {"files": SimpleUploadedFile("invoice.pdf", PDF)},
        ).status_code
        for _ in range(2)
    ]
    assert answers == [302, 409]
    assert _kinds(node, mrn).count("documents.delivered") == 1
    position = next(e.position for e, _ in acts_about(node.journal, mrn) if e.kind == "documents.delivered")
    file = trader.get(f"/trader/consignments/{mrn}/attachments/{position}/0")
    assert file.content == PDF
    assert "attachment" in file["Content-Disposition"]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (("invoice.pdf", b"%PDF-1.4\nhalf"), "none of these, whole"),
        (("invoice.jpg", PDF), "let its name end in .pdf"),
        (("invoice.pdf", PDF[:-6] + b"/JavaScript %%EOF"), "holds a program"),
        (("invoice.exe", b"MZ\x90\x00"), "none of these, whole"),
    ],
)
def test_a_file_that_is_no_document_is_explained_and_not_handed_in(trader, lodged, node, file, why):
    mrn = lodged()
    said = {"seen": "1", "words": "The invoice", "files": SimpleUploadedFile(*file)}
    answer = trader.post(f"/trader/consignments/{mrn}/documents", said)
    assert answer.status_code == 422
    assert why in html.unescape(answer.content.decode())
    assert "documents.delivered" not in _kinds(node, mrn)


def test_a_notice_that_was_sent_meanwhile_refuses_nobody_and_an_act_does(trader, open_, node):
    request_documents(node.journal, open_, now(), "officer:1", grounds="The invoice, please.")
    address = f"/trader/consignments/{open_}"
    said = {"seen": _value(trader.get(address), "seen"), "words": "Invoice"}
    node.catch_up()
    assert _kinds(node, open_)[-1] == "notice.issued"
    file = {"files": SimpleUploadedFile("invoice.pdf", PDF)}
    assert trader.post(f"{address}/documents", said | file).status_code == 302
    late = trader.post(f"{address}/documents", said | {"files": SimpleUploadedFile("invoice.pdf", PDF)})
    assert late.status_code == 409
    assert "Invoice" in late.content.decode()
    # What was written stays, and is about the consignment as it is now when it is sent again.
    said["seen"] = _value(late, "seen")
    again = trader.post(f"{address}/documents", said | {"files": SimpleUploadedFile("invoice.pdf", PDF)})
    assert again.status_code == 302


def test_no_file_is_explained_and_the_words_are_kept(trader, lodged, node):
    mrn = lodged()
    answer = trader.post(f"/trader/consignments/{mrn}/documents", {"seen": "1", "words": "The invoice"})
    assert answer.status_code == 422
    assert "The invoice" in answer.content.decode()
    assert "documents.delivered" not in _kinds(node, mrn)


@pytest.fixture
def open_(lodged, node):
    """A consignment that is not released yet, so that it can be changed."""
    mrn = lodged(price="6000000.00")
    if consignment_now(node.journal, mrn)[0].state not in ("registered", "selected", "under_control", "held"):
        pytest.skip("the declaration is released at once here")
    return mrn


def test_a_declaration_is_amended_where_it_was_written_over(trader, open_, node):
    page = trader.get(f"/trader/consignments/{open_}/amendment")
    said = dict(
        re.findall(r'<input type="(?:text|hidden)" name="(\w+)"(?: value="([^"]*)")?', page.content.decode())
    )
    said.pop("csrfmiddlewaretoken", None)
    assert said["description"] == "Boxes of printed board, corrugated"
    same = trader.post(f"/trader/consignments/{open_}/amendment", said)
    assert "Nothing is changed yet" in same.content.decode()
    said |= {"description": "Boxes of unprinted board"}
    answers = [trader.post(f"/trader/consignments/{open_}/amendment", said).status_code for _ in range(2)]
    assert answers[0] == 302
    node.catch_up()
    kinds = _kinds(node, open_)
    assert kinds.count("amendment.requested") == 1
    assert "declaration.amended" in kinds
    assert "Boxes of unprinted board" in trader.get(f"/trader/consignments/{open_}").content.decode()


def test_a_declaration_is_withdrawn_once_with_a_reason(trader, open_, node):
    reference_ = _value(trader.get(f"/trader/consignments/{open_}"), "reference")
    empty = trader.post(f"/trader/consignments/{open_}/invalidation", {"reference": reference_, "words": ""})
    assert empty.status_code == 422
    for _ in range(2):
        trader.post(
            f"/trader/consignments/{open_}/invalidation",
            {"reference": reference_, "words": "Sold elsewhere."},
        )
    node.catch_up()
    assert _kinds(node, open_).count("invalidation.requested") == 1


def test_a_decision_is_asked_to_be_reviewed_once_with_grounds(trader, open_, node):
    page = trader.get(f"/trader/consignments/{open_}")
    said = {name: _value(page, name) for name in ("seen", "position")}
    empty = trader.post(f"/trader/consignments/{open_}/review", said | {"grounds": ""})
    assert empty.status_code == 422
    said |= {"grounds": "The rate is that of other goods."}
    codes = [trader.post(f"/trader/consignments/{open_}/review", said).status_code for _ in range(2)]
    assert codes == [302, 409]
    assert _kinds(node, open_).count("review.requested") == 1


def test_files_are_lodged_each_with_what_became_of_it(trader, node):
    good = SimpleUploadedFile("good.xml", declaration(trader.number))
    bad = SimpleUploadedFile("bad.xml", b"<Broken")
    page = trader.post("/trader/uploads", {"files": [good, bad]}).content.decode()
    node.catch_up()
    assert _last(node) in page
    assert "not lodged" in page
    assert "TG-XML" in page


def test_a_table_is_not_taken_where_the_administration_takes_none(trader):
    answer = trader.post("/trader/uploads", {"files": SimpleUploadedFile("parcels.csv", b"lrn\n1\n")})
    assert answer.status_code == 422
    assert "takes no low-value consignments" in answer.content.decode()


def test_a_key_is_made_once_shown_once_and_ended(trader):
    page = trader.get("/trader/keys")
    said = {
        "form": _value(page, "form"),
        "purpose": "warehouse",
        "scopes": ["declarations:read"],
        "days": "30",
    }
    made = trader.post("/trader/keys", said).content.decode()
    secret = re.search(r"tg_[0-9a-f]{12}_[\w-]+", made)[0]
    again = trader.post("/trader/keys", said)
    assert again.status_code == 422
    assert "made already" in again.content.decode()
    assert secret not in trader.get("/trader/keys").content.decode()
    asked = trader.asking.client.get("/api/v1/notices", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 403  # known, but not for this
    name = secret.split("_")[1]
    fresh = trader.post(f"/trader/keys/{name}/rotate").content.decode()
    assert "The key is made" in fresh
    assert trader.post(f"/trader/keys/{name}/revoke").status_code == 302
    asked = trader.asking.client.get("/api/v1/notices", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 401


def test_everything_that_is_ones_own_can_be_taken_away(trader, lodged):
    mrn = lodged(lrn="=1+1")
    content = b"".join(trader.get("/trader/export").streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        rows = list(csv.DictReader(io.StringIO(archive.read("consignments.csv").decode())))
        acts = json.loads(archive.read(f"consignments/{mrn}.json"))["acts"]
        sent = [name for name in archive.namelist() if name.startswith(f"sent/{mrn}")]
        assert b"Boxes of printed board" in archive.read(sent[0])
        assert {"notices.jsonl", "uploads.json", "keys.json", "drafts.json"} <= set(archive.namelist())
    assert [row["mrn"] for row in rows] == [mrn]
    assert rows[0]["lrn"] == "'=1+1"
    assert acts[0]["kind"] == "declaration.lodged"
    assert "channel.assigned" not in [one["kind"] for one in acts]
    assert all("score" not in one["act"] for one in acts)


def test_what_a_key_may_do_is_said_in_words_for_every_scope():
    from tidegate_web.access.scopes import SCOPES  # noqa: PLC0415 - beside their only use
    from tidegate_web.desks.trader.keys import MEANINGS  # noqa: PLC0415 - as above

    assert set(MEANINGS) == set(SCOPES)


def test_what_a_notice_says_is_told_in_words_for_every_kind():
    from tidegate.notices.codes import FUNCTIONS  # noqa: PLC0415 - beside its only use
    from tidegate_web.desks.trader.hearing import NOTICES  # noqa: PLC0415 - as above

    assert set(NOTICES) == set(FUNCTIONS)


def test_messages_are_told_in_words_and_not_by_their_letters(trader, lodged):
    mrn = lodged()
    page = trader.get("/trader/messages").content.decode()
    assert mrn in page
    assert "The declaration is accepted." in page
    assert "<strong>ACC</strong>" not in page
