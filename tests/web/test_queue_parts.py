"""A later part of the queue renews itself as that part."""

import html
import re

from tests.web.controlling import DEAR, let_dear_goods_be_controlled
from tests.web.lodging import declaration
from tests.web.people_of import signed_in
from tidegate_web.people.models import Role

_WAITING = re.compile(r'data-row href="/officer/consignments/([^"]+)"')


def test_a_later_part_of_the_queue_renews_as_that_part(asking, node, monkeypatch):
    let_dear_goods_be_controlled()
    for _ in range(2):
        assert asking.cds("", declaration(asking.number, price=DEAR)).status_code == 202
    node.catch_up()
    monkeypatch.setattr("tidegate_web.desks.officer.queueing._ROWS", 1)
    browser = signed_in(Role.OFFICER)
    first = browser.get("/officer/queue?office=").content.decode()
    (further,) = re.findall(r'href="(\?[^"]*after=[^"]*)"', first)
    second = browser.get(f"/officer/queue{html.unescape(further)}").content.decode()
    assert _WAITING.findall(second) != _WAITING.findall(first)
    form = re.search(r'<form id="state".*?</form>', second, re.DOTALL)[0]
    sent = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', form))
    again = browser.get("/officer/queue", sent | {"mark": ""}, headers={"HX-Request": "true"})
    assert _WAITING.findall(again.content.decode()) == _WAITING.findall(second)
