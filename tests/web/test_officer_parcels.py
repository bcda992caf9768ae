"""Low-value consignments at the officer's desk: rows to control, an upload to pay, each done once."""

import re

import pytest

from tests.web.people_of import signed_in
from tidegate.clearance.bulk import rows_to_control, upload_status, uploads_to_pay
from tidegate.node import create_node, open_node
from tidegate.node.bulk import clear_upload, upload_of
from tidegate.simulation.parcels import write_parcels
from tidegate_web import node as held
from tidegate_web.desks.officer import parcels
from tidegate_web.people import consulting
from tidegate_web.people.models import Role

ROWS = 1_500


@pytest.fixture(scope="module")
def taking(tmp_path_factory):
    """A node of an administration that takes uploads, with one that is decided on."""
    folder = tmp_path_factory.mktemp("parcels")
    create_node(folder / "node", "demo", held.now)
    write_parcels(str(folder / "rows.csv"), 3, ROWS)
    with open_node(folder / "node", held.now) as node:
        list(clear_upload(node, upload_of(folder / "rows.csv", "XA1", held.now(), "A")))
        yield node


@pytest.fixture
def officer(taking, monkeypatch):
    for module in (parcels, consulting):
        monkeypatch.setattr(module, "node", lambda: taking)
    return signed_in(Role.OFFICER)


def open_rows(taking):
    from contextlib import closing  # noqa: PLC0415 - beside its only use

    with closing(parcels.bulk_tables()) as tables:
        return rows_to_control(tables, taking.working_tables, limit=10_000)


def test_rows_that_wait_for_a_control_are_listed_with_their_reasons_in_pages(officer, taking):
    found = [one.reference for one in open_rows(taking)]
    assert found
    seen, query = [], ""
    while True:
        text = officer.get(f"/officer/parcels?{query}").content.decode()
        seen += re.findall(r"<code>(\d+#\d+)</code>", text)
        further = re.search(r'href="\?(after=[^"]+)"', text)
        if further is None:
            break
        query = further[1]
    assert seen == found
    assert f'<span class="quiet">{len(found)}</span>' in text
    assert '<span class="tag red">Red</span>' in text or '<span class="tag yellow">Yellow</span>' in text


def test_the_control_of_a_row_is_recorded_once_and_the_second_is_told_who_was_first(officer, taking):
    one = open_rows(taking)[0]
    address = f"/officer/parcels/{one.lodged}/{one.place}"
    text = officer.get(address).content.decode()
    assert "Release waits for a control." in text
    assert "Record a control" in text
    wrong = officer.post(f"{address}/control", {"outcome": "irregular", "found": ""})
    assert wrong.status_code == 422
    assert "Say what was not as declared" in wrong.content.decode()
    other = signed_in(Role.OFFICER, username="second-officer")
    assert officer.post(f"{address}/control", {"outcome": "conform", "found": "As told."}).status_code == 302
    late = other.post(f"{address}/control", {"outcome": "irregular", "found": "Not at all."})
    assert late.status_code == 409
    assert "by the-officer" in late.content.decode()
    assert "Not at all." in late.content.decode()
    taking.catch_up()
    listed = officer.get("/officer/parcels").content.decode()
    assert f"<code>{one.reference}</code>" not in listed
    assert "Its control is recorded: as declared." in officer.get(address).content.decode()


def test_an_upload_is_paid_in_one_sum_once(officer, taking):
    from contextlib import closing  # noqa: PLC0415 - beside its only use

    with closing(parcels.bulk_tables()) as tables:
        (waits,) = uploads_to_pay(tables)
        due = upload_status(tables, waits.upload).due_now
    address = f"/officer/uploads/{waits.upload}"
    assert waits.upload in officer.get("/officer/parcels").content.decode()
    wrong = officer.post(address, {"amount": "1.00", "reference": "R-1"})
    assert wrong.status_code == 409
    assert f"owes {due}" in wrong.content.decode()
    assert 'value="R-1"' in wrong.content.decode()
    assert officer.post(address, {"amount": "no", "reference": "R-1"}).status_code == 422
    codes = [officer.post(address, {"amount": str(due), "reference": "R-1"}).status_code for _ in range(2)]
    assert codes == [302, 409]
    taking.catch_up()
    assert waits.upload not in officer.get("/officer/parcels").content.decode()
    assert "It is paid." in officer.get(address).content.decode()


def test_a_row_that_there_is_not_is_explained_and_who_only_looks_is_shown_no_form(officer, taking):
    assert officer.get("/officer/parcels/0/999999").status_code == 404
    assert officer.get("/officer/uploads/nosuch").status_code == 404
    one = open_rows(taking)[0]
    text = signed_in(Role.AUDITOR).get(f"/officer/parcels/{one.lodged}/{one.place}").content.decode()
    assert "does not act" in text
    assert text.count('<form method="post"') == 1  # to sign out
