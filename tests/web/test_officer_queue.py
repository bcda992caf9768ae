"""The queue and the search: filters, who is on what, what is overdue, and finding by any number."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.web import officing
from tests.web.lodging import declaration
from tests.web.people_of import signed_in
from tidegate.clearance import take_up, work_now
from tidegate_web import node as held
from tidegate_web.desks.officer import queueing
from tidegate_web.people.models import Role

NAMED = b"""<GoodsShipment>
      <UCR><TraderAssignedReferenceID>%(ucr)s</TraderAssignedReferenceID></UCR>"""

pytestmark = pytest.mark.usefixtures("whole_queue")


@pytest.fixture
def waiting(asking):
    """A consignment that waits for an officer, and stands in the queue."""
    mrn = officing.controlled(asking)
    held.node().catch_up()
    return mrn


def rows(browser, query=""):
    text = browser.get(f"/officer/queue?{query}").content.decode()
    return re.findall(r"data-row href=\"/officer/consignments/(\w+)\"", text)


def test_the_queue_is_filtered_by_channel_and_keeps_the_other_filters(waiting):
    browser = signed_in(Role.OFFICER)
    assert waiting in rows(browser, "channel=red")
    assert waiting not in rows(browser, "channel=yellow")
    text = browser.get("/officer/queue?channel=red&task=goods").content.decode()
    assert "task=goods&amp;channel=&amp;whose=mine" not in text
    assert "channel=red" in re.search(r'href="\?([^"]*whose=mine[^"]*)"', text)[1]
    assert rows(browser, "channel=purple") == rows(browser)


def test_who_is_on_a_consignment_is_seen_by_others_and_gives_it_back(waiting):
    one = signed_in(Role.OFFICER, username="anna")
    other = signed_in(Role.OFFICER, username="ben")
    address = f"/officer/consignments/{waiting}"
    text = one.get(address).content
    seen = re.search(rb'action="[^"]*/take">.*?name="seen" value="(-?\d+)"', text, re.DOTALL)
    said = {"seen": seen[1].decode()}
    assert one.post(f"{address}/take", said).status_code == 302
    held.node().catch_up()
    assert "anna is on it" in other.get(address).content.decode()
    assert "anna is on it" in other.get("/officer/queue").content.decode()
    assert rows(one, "whose=mine") == [waiting]
    assert rows(other, "whose=mine") == []
    second = other.post(f"{address}/take", said, follow=True).content.decode()
    assert "anna was first and is on it" in second
    assert work_now(held.node().journal, waiting).officer == "person:anna"
    assert one.post(f"{address}/give").status_code == 302
    twice = one.post(f"{address}/give", follow=True).content.decode()
    assert "nothing to give back" in twice
    held.node().catch_up()
    assert rows(one, "whose=mine") == []


def test_taking_up_twice_is_one_act_and_no_lock(waiting):
    one = signed_in(Role.OFFICER, username="anna")
    other = signed_in(Role.SUPERVISOR)
    seen = officing.hidden(other.get(f"/officer/consignments/{waiting}"))
    for _ in range(2):
        one.post(f"/officer/consignments/{waiting}/take", {"seen": "-1"})
    assert len(held.node().journal.about(queueing_key(waiting))) == 1
    said = seen | {"outcome": "conform", "found": ""}
    assert other.post(f"/officer/consignments/{waiting}/control", said).status_code == 302


def queueing_key(mrn):
    from tidegate.journal import Key  # noqa: PLC0415 - beside its only use

    return Key(f"work:{mrn}")


def test_what_is_overdue_is_counted_marked_and_listed_alone(waiting, monkeypatch):
    browser = signed_in(Role.OFFICER)
    assert rows(browser, "whose=late") == []

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=3)

    monkeypatch.setattr(queueing, "datetime", Later)
    assert waiting in rows(browser, "whose=late")
    text = browser.get("/officer/queue").content.decode()
    assert '<span class="tag red">late</span>' in text


def test_the_next_page_stays_the_next_page_while_the_list_renews_itself(waiting):
    browser = signed_in(Role.OFFICER)
    text = browser.get(f"/officer/queue?after=1:{waiting}").content.decode()
    assert f'<input name="after" value="1:{waiting}">' in text


def test_an_office_is_chosen_and_the_other_filters_stay(waiting):
    browser = signed_in(Role.OFFICER)
    office = officing.now(waiting).office
    text = browser.get("/officer/queue?channel=red").content.decode()
    assert f'<option value="{office}">' in text
    assert '<input type="hidden" name="channel" value="red">' in text
    assert waiting in rows(browser, f"office={office}")
    assert rows(browser, "office=XANOWHERE") == []


def test_a_taking_makes_a_queue_that_renews_itself_new(waiting):
    browser = signed_in(Role.OFFICER)
    mark = re.search(rb'name="mark" value="([^"]+)"', browser.get("/officer/queue").content)[1].decode()
    asked = f"/officer/queue?mark={mark}"
    assert browser.get(asked, headers={"HX-Request": "true"}).status_code == 204
    take_up(held.node().journal, waiting, datetime.now(UTC), "person:ben")
    held.node().catch_up()
    assert browser.get(asked, headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.parametrize("typed", ["{ucr}", " {lower} ", "{mrn}", "{lrn}"])
def test_a_consignment_is_found_by_its_numbers(typed, asking):
    ucr, lrn = f"6{asking.number}-A", f"FIND-{asking.number}"
    body = declaration(asking.number, lrn=lrn).replace(b"<GoodsShipment>", NAMED % {b"ucr": ucr.encode()}, 1)
    mrn = officing.lodged(asking, body)
    browser = signed_in(Role.OFFICER)
    asked = typed.format(ucr=ucr, lower=ucr.lower(), mrn=mrn, lrn=lrn)
    answer = browser.get("/officer/consignments/find", {"q": asked})
    if asked == mrn:
        assert answer["Location"] == f"/officer/consignments/{mrn}"
    else:
        assert answer.status_code == 200
        assert f"/officer/consignments/{mrn}" in answer.content.decode()


def test_the_number_of_an_operator_shows_its_past_and_its_consignments(asking):
    mrn = officing.controlled(asking)
    browser = signed_in(Role.OFFICER)
    said = officing.hidden(browser.get(f"/officer/consignments/{mrn}"))
    browser.post(f"/officer/consignments/{mrn}/control", said | {"outcome": "irregular", "found": "Others."})
    held.node().catch_up()
    before = len(held.node().journal.read(0, 1_000_000, kinds=["data.consulted"]))
    text = browser.get("/officer/consignments/find", {"q": asking.number}).content.decode()
    assert mrn in text
    assert "<strong>1</strong>" in text
    assert "registered" in text
    assert len(held.node().journal.read(0, 1_000_000, kinds=["data.consulted"])) == before + 1


def test_what_is_known_by_nothing_is_told_with_what_was_typed():
    answer = signed_in(Role.OFFICER).get("/officer/consignments/find", {"q": "<b>NOSUCH"})
    assert answer.status_code == 404
    assert "Nothing here is known by &lt;b&gt;NOSUCH" in answer.content.decode()
