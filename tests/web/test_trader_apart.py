"""Two organisations at one node: neither sees, changes, follows or takes away what is the other's."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver

from tests.web.lodging import declaration
from tests.web.people_of import signed_in
from tidegate.clearance import acts_about, consignment_now, order_control, record_control
from tidegate.node.bulk_spool import Begun
from tidegate.operators import grant_authorisation, operator_key
from tidegate_web.bulk.uploads import spool
from tidegate_web.desks.trader.models import Draft
from tidegate_web.node import now
from tidegate_web.people.models import Role

_UPLOAD = "0123456789abcdef0123456789abcde"


def _trader(asking):
    browser = signed_in(Role.TRADER, username=f"trader-{asking.number}", operator=asking.number)
    browser.asking, browser.number = asking, asking.number
    return browser


@pytest.fixture
def two(operator, node):
    """Return whose everything is, somebody else, and what there is."""
    own, other = _trader(operator()), _trader(operator())
    assert own.asking.cds("", declaration(own.number, price="6000000.00")).status_code == 202
    node.catch_up()
    entry = node.journal.read(0, 1_000_000, kinds=["declaration.lodged"])[-1]
    mrn = next(key.removeprefix("mrn:") for key in entry.keys if key.startswith("mrn:"))
    draft = int(own.post("/trader/lodge/new")["Location"].split("/")[3])
    upload = _UPLOAD + hex(int(own.number[-1]))[-1]
    if spool().standing(upload) is None:
        spool().begin(Begun(upload=upload, declarant=own.number, format="csv", begun=now()))
    said = {"purpose": "mine", "scopes": ["declarations:read"], "days": "3"}
    page = own.get("/trader/keys").content.decode()
    said["form"] = re.search(r'name="form" value="([^"]+)"', page)[1]
    key = re.search(r"tg_([0-9a-f]{12})_", own.post("/trader/keys", said).content.decode())[1]
    there = {"mrn": mrn, "position": entry.position, "n": 0, "number": draft, "item": 1, "step": "about",
             "upload": upload, "name": key}  # fmt: skip
    return own, other, there


def _routes():
    """Every address of the desk that names something."""
    found = []
    for included in get_resolver().url_patterns:
        for desk in getattr(included, "url_patterns", []):
            if str(desk.pattern) == "trader/":
                found = [str(one.pattern) for one in desk.url_patterns]
    return [f"/trader/{route}" for route in found if "<" in route]


def _address(route, there):
    return re.sub(r"<\w+:(\w+)>", lambda match: str(there[match[1]]), route)


_CHANGES = {
    "documents": lambda: {"seen": "0", "words": "x", "files": SimpleUploadedFile("a", b"a")},
    "review": lambda: {"seen": "0", "position": "0", "grounds": "Not mine."},
    "invalidation": lambda: {"reference": "R1", "words": "Not mine."},
    "amendment": lambda: {"reference": "R2", "description": "Other goods"},
}


def test_nothing_of_another_is_found_at_any_address(two, node):
    _own, other, there = two
    before = node.journal.size
    state = Draft.objects.get(pk=there["number"]).data
    routes = _routes()
    assert len(routes) > 15
    seen = {}
    for route in routes:
        address = _address(route, there)
        said = _CHANGES.get(address.rpartition("/")[2], dict)
        seen[route] = {other.get(address).status_code, other.post(address, said()).status_code}
    # A key is ended or replaced with a message and a way back, where there is none of this name.
    keys = {route for route in routes if "/keys/" in route}
    assert {
        route: codes for route, codes in seen.items() if not codes <= {404, 405} and route not in keys
    } == {}
    assert all(codes <= {302, 405} for route, codes in seen.items() if route in keys)
    assert node.journal.size == before
    assert Draft.objects.get(pk=there["number"]).data == state
    assert spool().standing(there["upload"]).offset == 0


def test_the_same_addresses_are_there_for_whose_they_are(two):
    own, _other, there = two
    for route in _routes():
        address = _address(route, there)
        assert own.get(address).status_code in (200, 302, 405), address


def test_a_key_of_another_is_neither_ended_nor_replaced(two):
    own, other, there = two
    other.post(f"/trader/keys/{there['name']}/revoke")
    other.post(f"/trader/keys/{there['name']}/rotate")
    other.get("/trader/keys")  # what it was told of its own asking is read, and gone
    assert there["name"] in own.get("/trader/keys").content.decode()
    assert there["name"] not in other.get("/trader/keys").content.decode()


def test_lists_searches_and_what_is_taken_away_hold_nothing_of_another(two, node):
    own, other, there = two
    lrn = consignment_now(node.journal, there["mrn"])[0].lrn
    assert there["mrn"] in own.get("/trader/consignments").content.decode()
    for address in ("/trader/consignments", "/trader/messages", "/trader/uploads", "/trader/lodge"):
        page = other.get(address).content.decode()
        assert there["mrn"] not in page
        assert own.number not in page
    assert not other.get("/trader/consignments/find", {"q": lrn})["Location"].endswith(there["mrn"])
    with zipfile.ZipFile(io.BytesIO(b"".join(other.get("/trader/export").streaming_content))) as archive:
        assert all(own.number.encode() not in archive.read(name) for name in archive.namelist())


def test_a_broker_sees_and_changes_what_is_of_whom_it_acts_for_until_that_ends(two, node):
    own, other, there = two
    address = f"/trader/consignments/{there['mrn']}"
    assert other.get(address).status_code == 404
    grant_authorisation(
        node.journal, now(), operator_key(own.number), principal=own.number, representative=other.number,
        representation="direct",
    )  # fmt: skip
    node.catch_up()
    assert other.get(address).status_code == 200
    assert there["mrn"] in other.get("/trader/consignments").content.decode()
    assert other.get(f"{address}/amendment").status_code in (200, 302)


def test_what_an_officer_attached_is_not_given_to_the_trader(two, node):
    own, _other, there = two
    mrn = there["mrn"]
    if consignment_now(node.journal, mrn)[0].state != "under_control":
        order_control(node.journal, mrn, now(), "officer:1", channel="yellow", grounds="A tip.")
    record_control(
        node.journal,
        mrn,
        now(),
        "officer:1",
        outcome="irregular",
        found="Other goods.",
        photographs=[b"\xff\xd8\xff"],
    )
    position = next(e.position for e, _ in acts_about(node.journal, mrn) if e.kind == "control.recorded")
    assert own.get(f"/trader/consignments/{mrn}/attachments/{position}/0").status_code == 404


def test_a_person_without_an_operator_sees_nothing_and_begins_nothing(two):
    _own, _other, there = two
    nobody = signed_in(Role.TRADER, username="works-for-nobody", operator="")
    page = nobody.get("/trader/consignments").content.decode()
    assert "names no operator" in page
    assert there["mrn"] not in page
    before = Draft.objects.count()
    nobody.post("/trader/lodge/new")
    assert Draft.objects.count() == before
    assert nobody.get(f"/trader/consignments/{there['mrn']}").status_code == 404
    assert nobody.get("/trader/export").status_code == 404
