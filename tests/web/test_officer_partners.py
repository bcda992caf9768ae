"""What partners said stands on the page of the consignment it is about; they are asked from there."""

import re

import pytest

from tests.unit.exchange.nodes import Net, Node, agree, document
from tests.web import officing
from tests.web.lodging import declaration
from tests.web.people_of import signed_in
from tidegate.acts import DisclosureReceived, EnquiryMade, decode
from tidegate.exchange import ExchangeReader, answer_enquiry
from tidegate.journal import follow
from tidegate.node.exchange import make_identity
from tidegate_web import node as held
from tidegate_web.exchange.door import PartnerDoor
from tidegate_web.people.models import Role

PARTNER = "xp.example"
NUMBER = re.compile(rb'"mrn":"(\w{18})"')


class Face(Node):
    """The node behind the face, on the wire with a partner."""

    def __init__(self, net):
        self.net, self.node, self.name = net, held.node(), held.node().origin
        self.folder = self.node.folder
        self.door = PartnerDoor(self.node, self.clock)
        self.nonces = iter(range(10**6))
        net.nodes[self.name] = self

    def clock(self):
        return held.now()

    def identity(self, kind="administration"):
        return make_identity(self.node, kind, f"http://{self.name.partition('/')[0]}:1")


@pytest.fixture(scope="module")
def joined(tmp_path_factory):
    """The node of the face and a partner that share numbers, verify for each other, and assist."""
    net = Net(tmp_path_factory.mktemp("partners"))
    net.clock = held.now
    partner, face = net.node(PARTNER), Face(net)
    parts = document(PARTNER, face.name)
    parts["permission"][0]["fields"] = {"mrn": {"as": "plain"}, "declarant": {"as": "plain"}}
    agree(partner, face, parts)
    yield face, partner
    net.close()


def told(node):
    follow(node.journal, ExchangeReader(), node.node.read_tables)


def form_of(browser, mrn):
    answer = browser.get(f"/officer/consignments/{mrn}/ask")
    text = answer.content.decode()
    services = re.findall(r'<option value="((?:verify|assist)\|[^"]+)"', text)
    return re.search(r'name="token" value="(\w+)"', text)[1], {one.split("|")[0]: one for one in services}


def test_a_partner_is_asked_once_and_its_answer_stands_on_the_page_with_its_receipt(joined, asking):
    face, partner = joined
    mrn = officing.controlled(asking)
    browser = signed_in(Role.OFFICER)
    assert "none was asked" in browser.get(f"/officer/consignments/{mrn}").content.decode()
    token, services = form_of(browser, mrn)
    said = {"token": token, "service": services["assist"], "about": f"mrn:{mrn}", "text": "Who packed it?"}
    codes = [browser.post(f"/officer/consignments/{mrn}/ask", said).status_code for _ in range(2)]
    assert codes == [302, 409]
    told(face)
    text = browser.get(f"/officer/consignments/{mrn}").content.decode()
    assert "Who packed it?" in text
    assert "no answer yet" in text
    assert "receipt" not in text
    face.deliver(partner)
    text = browser.get(f"/officer/consignments/{mrn}").content.decode()
    assert "The partner's receipt: entry" in text
    entry = partner.journal.read(0, 10_000, {EnquiryMade.KIND})[-1]
    act = decode(entry.kind, entry.version, entry.body)
    answer_enquiry(partner.actor, face.name, act.id, "The consignor itself.")
    partner.deliver(face)
    text = browser.get(f"/officer/consignments/{mrn}").content.decode()
    for words in (
        "The consignor itself.",
        "Goods released towards the neighbour",
        "mutual-assistance",
        PARTNER,
    ):
        assert words in text
    assert "no answer yet" not in text


def test_what_a_partner_disclosed_stands_where_its_number_is_named_before(joined, messages, asking):
    face, partner = joined
    partner.lodge(*messages[:6])
    partner.deliver(face)
    told(face)
    theirs = [mrn for act in face.acts(DisclosureReceived.KIND) for mrn in NUMBER.findall(bytes(act.message))]
    theirs = list(dict.fromkeys(one.decode() for one in theirs))
    body = declaration(asking.number).replace(b"<ID>20260000001</ID>", f"<ID>{theirs[0]}</ID>".encode())
    mrn = officing.lodged(asking, body)
    browser = signed_in(Role.OFFICER)
    text = browser.get(f"/officer/consignments/{mrn}").content.decode()
    assert f"MRN {theirs[0]}" in text
    assert "disclosed: goods.released" in text
    assert theirs[1] not in text
    position = re.search(rf"/officer/consignments/{mrn}/partners/(\d+)", text)[1]
    proof = browser.get(f"/officer/consignments/{mrn}/partners/{position}")
    assert (proof.status_code, proof["Content-Type"]) == (200, "text/plain; charset=utf-8")
    other = officing.lodged(asking, declaration(asking.number))
    assert browser.get(f"/officer/consignments/{other}/partners/{position}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "Say what you want to know."),
        ({"about": "operator:{number}"}, "This is asked by: MRN"),
        ({"about": "mrn:26XXOTHER"}, "Select a valid choice"),
        ({"service": "assist|urn:example:other|assist|security"}, "Select a valid choice"),
    ],
)
def test_a_wrong_question_is_explained_and_nobody_is_asked(changes, words, joined, asking):
    face, _partner = joined
    mrn = officing.controlled(asking)
    browser = signed_in(Role.OFFICER)
    token, services = form_of(browser, mrn)
    said = {"token": token, "service": services["assist"], "about": f"mrn:{mrn}", "text": "Who packed it?"}
    said |= {name: value.format(number=asking.number) for name, value in changes.items()}
    before = len(face.acts(EnquiryMade.KIND))
    answer = browser.post(f"/officer/consignments/{mrn}/ask", said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert len(face.acts(EnquiryMade.KIND)) == before


def test_who_only_looks_does_not_ask(joined, asking):
    del joined
    mrn = officing.controlled(asking)
    assert signed_in(Role.AUDITOR).get(f"/officer/consignments/{mrn}/ask").status_code == 403
    assert "/ask" not in signed_in(Role.AUDITOR).get(f"/officer/consignments/{mrn}").content.decode()


@pytest.fixture(scope="module")
def messages():
    """Declarations of a simulated day, whole and well-formed ones."""
    from datetime import date  # noqa: PLC0415 - beside its only use

    from tidegate.simulation import World, day  # noqa: PLC0415 - as above

    return [one.xml for one in day(World.make(1), date(2026, 3, 2), 40, "XA") if one.truth.flaw is None]
