"""Documents that customs asked for: handed in over both doors, checked by content, once, by who may."""

import re
import zipfile
from io import BytesIO
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.controlling import DEAR, let_dear_goods_be_controlled
from tests.web.lodging import declaration
from tests.web.people_of import signed_in
from tidegate.clearance import acts_about, record_documents, request_documents
from tidegate.journal import Key
from tidegate.operators import suspend_operator
from tidegate_web import node as held
from tidegate_web.access import credentials
from tidegate_web.door import file_upload
from tidegate_web.door.papers import LARGEST, MOST, paper
from tidegate_web.people.models import Role
from tidegate_web.taking import Refused

OFFICER = "officer:1"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20) + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9"
TIFF = b"II*\0" + bytes(20)
TEXT = "Invoice no. 17: 10 boxes, 120 £\r\n".encode()
REQUEST = """<FileUploadRequest xmlns="hmrc:fileupload">
<DeclarationID>{mrn}</DeclarationID><FileGroupSize>{size}</FileGroupSize><Files>{files}</Files>
</FileUploadRequest>"""
FILE = "<File><FileSequenceNo>{n}</FileSequenceNo>{more}</File>"
SPACE = "{hmrc:fileupload}"


@pytest.fixture
def asked(asking, node):
    """A declaration of the asking operator for which documents were asked."""
    let_dear_goods_be_controlled()
    body = declaration(asking.number, price=DEAR)
    mrn = asking.post("/api/v1/declarations", body, "application/xml").json()["mrn"]
    node.catch_up()
    request_documents(node.journal, mrn, held.now(), OFFICER, grounds="The invoice.")
    return mrn


def delivered(node, mrn):
    found = acts_about(node.journal, mrn)
    return [(entry, act) for entry, act in found if entry.kind == "documents.delivered"]


def hand_in(asking, mrn, *files, **fields):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return asking.client.post(
        f"/api/v1/declarations/{mrn}/documents",
        {"files": sent, **fields},
        headers={"Authorization": f"Bearer {asking.key}"},
    )


def wanted(mrn, *files, size=None):
    """Return a request to upload files; each is what its element holds beside its number."""
    said = "".join(FILE.format(n=n, more=more) for n, more in enumerate(files, 1))
    return REQUEST.format(mrn=mrn, size=len(files) if size is None else size, files=said).encode()


def granted(answer):
    """Return what an answer grants: for each file its reference, address and fields."""
    assert answer.status_code == 200, answer.content
    found = []
    for file in ET.fromstring(answer.content).iter(f"{SPACE}File"):
        asked = file.find(f"{SPACE}UploadRequest")
        fields = {one.tag.removeprefix(SPACE): one.text for one in asked.find(f"{SPACE}Fields")}
        found.append((file.findtext(f"{SPACE}Reference"), asked.findtext(f"{SPACE}Href"), fields))
    return found


def post(address, fields, name="invoice.pdf", content=PDF):
    """Post a form as a browser does, with no credential."""
    browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    return browser.post(urlsplit(address).path, {**fields, "file": SimpleUploadedFile(name, content)})


def test_documents_are_handed_in_over_json_and_wait_for_an_officer(asking, asked, node):
    answer = hand_in(
        asking,
        asked,
        ("invoice.pdf", PDF),
        ("boxes.png", PNG),
        types=["Invoice", "Photograph"],
        words="As asked.",
    )
    told = answer.json()
    assert (answer.status_code, told["repeated"]) == (202, False)
    assert [(one["name"], one["media"], one["type"]) for one in told["documents"]] == [
        ("invoice.pdf", "application/pdf", "Invoice"),
        ("boxes.png", "image/png", "Photograph"),
    ]
    [(entry, act)] = delivered(node, asked)
    assert (entry.position, entry.author) == (told["position"], f"operator:{asking.number}")
    assert [node.journal.attachment(one) for one in entry.attachments] == [PDF, PNG]
    assert (act.words, act.files[0].octets) == ("As asked.", len(PDF))
    assert "documents" in asking.get(f"/api/v1/declarations/{asked}").json()["outstanding"]
    node.catch_up()
    browser = signed_in(Role.OFFICER)
    assert asked in browser.get("/officer/queue?task=documents").content.decode()
    link = f"/officer/consignments/{asked}/attachments/{entry.position}/1"
    assert link in browser.get(f"/officer/consignments/{asked}").content.decode()
    assert browser.get(link).content == PNG


def test_the_same_documents_again_enter_nothing_more_until_they_are_asked_for_anew(asking, asked, node):
    first = hand_in(asking, asked, ("invoice.pdf", PDF)).json()
    assert hand_in(asking, asked, ("invoice.pdf", PDF)).json() == {**first, "repeated": True}
    record_documents(node.journal, asked, held.now(), OFFICER)
    assert hand_in(asking, asked, ("invoice.pdf", PDF)).json()["repeated"]
    assert hand_in(asking, asked, ("list.txt", TEXT)).status_code == 409
    request_documents(node.journal, asked, held.now(), OFFICER, grounds="Again, please.")
    assert not hand_in(asking, asked, ("invoice.pdf", PDF)).json()["repeated"]
    assert len(delivered(node, asked)) == 2


def test_another_operators_declaration_takes_no_documents(asked, operator, node):
    other = operator()
    assert hand_in(other, asked, ("invoice.pdf", PDF)).status_code == 404
    assert other.cds("file-upload", wanted(asked, "")).status_code == 404
    assert delivered(node, asked) == []


def test_nothing_is_taken_where_nothing_was_asked_for(asking):
    body = declaration(asking.number)
    mrn = asking.post("/api/v1/declarations", body, "application/xml").json()["mrn"]
    answer = hand_in(asking, mrn, ("invoice.pdf", PDF))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed")
    assert asking.cds("file-upload", wanted(mrn, "")).status_code == 409


def test_files_are_uploaded_as_the_published_api_says(asking, asked, node):
    more = "<DocumentType>Certificate of Origin</DocumentType>"
    answer = asking.cds("file-upload", wanted(asked, more, "<DocumentType>Licence</DocumentType>"))
    assert answer["Content-Type"].startswith("application/xml")
    one, two = granted(answer)
    assert urlsplit(one[1]).netloc == "localhost"
    assert one[2]["key"] == one[0] != two[0]
    assert (post(*one[1:]).status_code, post(*two[1:], "scan.jpg", JPEG).status_code) == (204, 204)
    assert [act.words for _, act in delivered(node, asked)] == [
        "1 of 2: Certificate of Origin",
        "2 of 2: Licence",
    ]
    assert delivered(node, asked)[1][1].files[0].media == "image/jpeg"
    assert {entry.author for entry, _ in delivered(node, asked)} == {f"operator:{asking.number}"}


def test_a_form_posted_twice_enters_its_file_once(asking, asked, node):
    [(_, address, fields)] = granted(asking.cds("file-upload", wanted(asked, "")))
    assert [post(address, fields).status_code for _ in range(2)] == [204, 204]
    assert len(delivered(node, asked)) == 1


def test_a_browser_is_led_where_was_asked_on_success_and_on_error(asking, asked):
    more = (
        "<SuccessRedirect>https://trader.example/done?a=1</SuccessRedirect>"
        "<ErrorRedirect>https://trader.example/no</ErrorRedirect>"
    )
    [(reference, address, fields)] = granted(asking.cds("file-upload", wanted(asked, more)))
    assert fields["error_action_redirect"] == "https://trader.example/no"
    changed = {**fields, "success_action_redirect": "https://evil.example/"}
    wrong = post(address, changed, "invoice.pdf", b"MZ\x90\0")
    said = parse_qs(urlsplit(wrong["Location"]).query)
    assert (wrong.status_code, said["key"], said["errorCode"]) == (303, [reference], ["unknown_form"])
    done = post(address, changed)
    assert (done.status_code, done["Location"]) == (303, f"https://trader.example/done?a=1&key={reference}")


def test_fields_that_were_changed_or_are_old_grant_nothing(asking, asked, node, monkeypatch):
    [(_, address, fields)] = granted(asking.cds("file-upload", wanted(asked, "")))
    other = granted(asking.cds("file-upload", wanted(asked, "")))[0][2]
    forged = [
        {},
        {**fields, "policy": other["policy"]},
        {**fields, "x-amz-signature": fields["x-amz-signature"][:-1] + "!"},
        {**fields, "policy": fields["policy"].swapcase()},
        {**fields, "policy": ""},
    ]
    for one in forged:
        assert post(address, one).status_code == 403
    monkeypatch.setattr(file_upload, "HOLDS_SECONDS", -1)
    expired = post(address, fields)
    assert (expired.status_code, b"held for a day" in expired.content) == (403, True)
    assert delivered(node, asked) == []


def test_what_was_granted_ends_with_the_credential_and_with_suspension(asking, asked, node):
    [(_, address, fields)] = granted(asking.cds("file-upload", wanted(asked, "")))
    suspend_operator(node.journal, held.now(), Key(OFFICER), number=asking.number, reason="unpaid")
    assert post(address, fields).status_code == 404
    credentials.revoke(asking.number, asking.key.split("_")[1], held.now())
    assert post(address, fields).status_code == 403
    assert delivered(node, asked) == []


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"<FileUploadRequest/>",
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        wanted("M" * 23, ""),
        wanted("", ""),
        wanted("M"),
        wanted("M", "", size=2),
        wanted("M", *[""] * (MOST + 1)),
        wanted("M", "<SuccessRedirect>javascript:alert(1)</SuccessRedirect>"),
        wanted("M", "<ErrorRedirect>https://good.example@evil.example/</ErrorRedirect>"),
        wanted("M", f"<DocumentType>{'x' * 71}</DocumentType>"),
        wanted("M", "").replace(b"<FileSequenceNo>1<", b"<FileSequenceNo>0<"),
        wanted("M", "").replace(b"<FileGroupSize>1<", b"<FileGroupSize>one<"),
    ],
)
def test_requests_that_are_not_as_published_are_refused(asking, body):
    answer = asking.cds("file-upload", body)
    assert answer.status_code == 400
    assert b"<code>BAD_REQUEST</code>" in answer.content


@pytest.mark.parametrize(
    ("name", "content", "media"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("Scan 3 (copy).JPEG", JPEG, "image/jpeg"),
        ("a.png", PNG, "image/png"),
        ("fax.tif", TIFF, "image/tiff"),
        ("facture été.txt", TEXT, "text/plain"),
    ],
)
def test_documents_are_what_their_content_is(name, content, media):
    assert paper(name, content).described.media == media


def archive_behind(content):
    """Return a document that is an archive as well."""
    held = BytesIO()
    held.write(content)
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("run.exe", "MZ")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("invoice.exe", b"MZ\x90\0" + bytes(60), "unknown_form"),
        ("invoice.pdf", b"MZ\x90\0" + bytes(60), "unknown_form"),
        ("invoice.pdf", PDF[:30], "unknown_form"),
        ("boxes.png", PNG[:-1], "unknown_form"),
        ("boxes.jpg", JPEG[:-2], "unknown_form"),
        ("list.txt", b"\xff\xfe\0", "unknown_form"),
        ("list.txt", b"a\x1b[2J", "unknown_form"),
        ("files.zip", archive_behind(b""), "unknown_form"),
        ("invoice.exe", PDF, "other_form"),
        ("invoice.pdf.scr", PDF, "other_form"),
        ("invoice", PDF, "other_form"),
        ("invoice.png", PDF, "other_form"),
        (
            "invoice.pdf",
            PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript >> /Type"),
            "dangerous_document",
        ),
        ("invoice.pdf", PDF.replace(b"/Type", b"/EmbeddedFile 2 0 R /Type"), "dangerous_document"),
        ("page.txt", b"  <html><script>alert(1)</script>", "dangerous_document"),
        ("run.txt", b"#!/bin/sh\n", "dangerous_document"),
        ("invoice.pdf", b"", "empty_document"),
        ("invoice.pdf", PDF + bytes(LARGEST) + b"%%EOF", "too_large"),
        ("../../etc/a.pdf", PDF, "document_name"),
        ("..\\a.pdf", PDF, "document_name"),
        (".pdf", PDF, "document_name"),
        ("", PDF, "document_name"),
        ("a\r\nSet-Cookie: b.pdf", PDF, "document_name"),
        ("exe.\u202efdp.pdf", PDF, "document_name"),
        (f"{'a' * 97}.pdf", PDF, "document_name"),
        ("a|b.pdf", PDF, "document_name"),
    ],
)
def test_what_is_no_document_or_is_more_than_one_is_refused(name, content, code):
    with pytest.raises(Refused) as refused:
        paper(name, content)
    assert refused.value.code == code


def test_a_picture_with_an_archive_behind_it_is_refused():
    with pytest.raises(Refused) as refused:
        paper("boxes.jpg", archive_behind(JPEG))
    assert refused.value.code == "dangerous_document"


def test_forms_that_are_meant_to_break_are_refused(asking, asked, node):
    path = f"/api/v1/declarations/{asked}/documents"
    kind = "multipart/form-data; boundary=b"
    broken = [
        (b"{}", "application/json", 415),
        (b"x", "multipart/form-data", 400),
        (b"x", kind, 422),
        (b"--b\r\n\r\n" * 2000, kind, 400),
        (b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 101 + b"--b--", kind, 400),
    ]
    assert [asking.post(path, body, media).status_code for body, media, _ in broken] == [
        status for *_, status in broken
    ]
    assert hand_in(asking, asked, *[(f"{n}.pdf", PDF) for n in range(MOST + 1)]).status_code == 422
    assert hand_in(asking, asked, ("a.pdf", PDF), types=["one", "two"]).status_code == 422
    assert hand_in(asking, asked, ("a.pdf", PDF), words="x" * 2001).status_code == 422
    assert delivered(node, asked) == []


def test_a_path_in_a_name_leads_nowhere(asking, asked):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="../../../etc/invoice.pdf"\r\n\r\n'
        + PDF
        + b"\r\n--b--\r\n"
    )
    path = f"/api/v1/declarations/{asked}/documents"
    answer = asking.post(path, body, "multipart/form-data; boundary=b")
    assert answer.json()["documents"][0]["name"] == "invoice.pdf"
    assert re.fullmatch(r"[0-9a-f]{64}", answer.json()["documents"][0]["sha256"])
