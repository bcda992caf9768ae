"""The partners' pages: who they are, what went out and came in, what was refused and why, with proofs."""

import re
from datetime import UTC, datetime

import pytest

from tests.unit.exchange.nodes import Net, document
from tests.web.people_of import signed_in
from tidegate.exchange import (
    Question,
    canonical,
    enquire,
    fingerprint,
    introduce,
    propose,
    read_identity,
    sign,
    standing_of,
    trust,
)
from tidegate.node.exchange import actor, make_identity
from tidegate.node.exchange_running import Runner
from tidegate_web.exchange.door import PartnerDoor
from tidegate_web.node import node
from tidegate_web.people.models import Role

PARTNER = "customs.xb.example"
UID = "urn:example:pages-of-partners"


class Here:
    """The node of the pages, as a node of the wire."""

    def __init__(self, node, clock):
        self.node, self.name = node, node.origin
        self.door = PartnerDoor(node, clock)
        self.actor = lambda: actor(node, "officer:7", clock())


@pytest.fixture(scope="module")
def exchange(tmp_path_factory):
    """A partner that has agreed with this node, asked something that no clause allows, and asked for help."""
    net = Net(tmp_path_factory.mktemp("partner"))
    net.clock.now = datetime.now(UTC)
    there, here = net.node(PARTNER), Here(node(), net.clock)
    net.nodes[here.name] = here
    host = here.name.partition("/")[0]
    document_here = make_identity(here.node, "administration", f"http://{host}:1")
    for who, identity in ((here.actor, there.identity()), (lambda: there.actor, document_here)):
        introduce(who(), identity)
        known = read_identity(identity)
        trust(who(), known.name, fingerprint(known.verifier))
    agreed = document(first=here.name, second=PARTNER, uid=UID)
    propose(there.actor, canonical(agreed))
    there.deliver(here)
    sign(here.actor(), UID)
    _bring(here, there)
    enquire(there.actor, UID, "verify", Question(mrn="26XB0000000000001"), "statistics")
    words = "Please send us the invoice <b>of</b> this consignment."
    enquire(there.actor, UID, "assist", Question(text=words), "mutual-assistance")
    there.deliver(here)
    here.node.catch_up()
    yield here
    net.close()


def _bring(here, there):
    """Bring the partner what waits for it here."""
    runner = Runner(here.node, there.net.clock)
    runner.follow()
    delivery = runner.delivery(there.net.send)
    delivery.deliver(standing_of(here.node.journal).partners[PARTNER])


def page(address, role=Role.DIRECTOR, status=200):
    answer = signed_in(role).get(address)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


@pytest.mark.usefixtures("exchange")
def test_each_partner_stands_in_the_list_and_each_figure_leads_to_its_acts():
    text = page("/partners/")
    assert PARTNER in text
    links = re.findall(rf'href="(/partners/acts\?partner={PARTNER}&[^"]+)">(\d+)<', text)
    assert len(links) == 4
    for address, count in links:
        assert page(address.replace("&amp;", "&")).count("data-row") == int(count)
    refused = {address.rpartition("=")[2]: int(count) for address, count in links}
    assert refused["refused_here"] == 1


@pytest.mark.usefixtures("exchange")
def test_what_was_refused_is_told_with_its_reason_and_clause():
    text = page(f"/partners/with/{PARTNER}")
    assert "for a purpose that the clause does not name" in text
    assert "The partner waits for our answer" in text
    assert UID in text


@pytest.mark.usefixtures("exchange")
def test_an_agreement_is_told_clause_by_clause_and_tried_on_what_was():
    text = page(f"/partners/agreement/{UID}?tried=1")
    assert "Tells of goods released" in text
    assert "Answers requests for assistance, in words" in text
    assert "answered within 10 days" in text
    assert "Acts looked at" in text


def test_what_a_partner_wrote_is_shown_as_text_and_looking_at_it_leaves_an_act(exchange):
    asked = page(f"/partners/acts?partner={PARTNER}&what=asked_there")
    (position,) = re.findall(r"/partners/act/(\d+)", asked)
    before = exchange.node.journal.size
    text = page(f"/partners/act/{position}")
    assert "Please send us the invoice &lt;b&gt;of&lt;/b&gt; this consignment." in text
    (consulted,) = exchange.node.journal.read(before, 10, {"data.consulted"})
    assert PARTNER in consulted.body.decode()
    proof = signed_in(Role.DIRECTOR).get(f"/partners/proof/{position}")
    assert f"exchange-{position}" in proof["Content-Disposition"]
    assert exchange.name in proof.content.decode()


def test_an_act_that_is_between_no_nodes_and_a_partner_that_there_is_not_are_not_found(exchange):
    others = [one.position for one in exchange.node.journal.read(0, 5_000, {"data.consulted"})]
    page(f"/partners/act/{others[0]}", status=404)
    page("/partners/act/999999999", status=404)
    page("/partners/with/nobody.example", status=404)
    page("/partners/agreement/urn:none", status=404)
    page(f"/partners/acts?partner={PARTNER}&what=nothing", status=404)
    page("/partners/", role=Role.OFFICER, status=403)
