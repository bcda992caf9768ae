"""Consignments in each state in which an officer has something to do, and the forms that do it."""

import re
from datetime import UTC, datetime, timedelta

from tests.web.lodging import BOARD, WINE, declaration
from tests.web.people_of import signed_in
from tidegate.acts import QueryRaised
from tidegate.clearance import (
    acts_about,
    answer_inventory,
    consignment_now,
    deliver_documents,
    order_control,
    request_documents,
    request_review,
)
from tidegate.clearance.acting import append_about
from tidegate.clearance.relining import lines_now
from tidegate.clearance.requesting import decide_review
from tidegate_web import node as held
from tidegate_web.people.models import Role

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
AT_ONCE = b"<DutyTaxFee><Payment><MethodCode>A</MethodCode></Payment></DutyTaxFee><GoodsMeasure>"


def lodged(asking, body):
    """Lodge a declaration, and return its number once it is answered."""
    answer = asking.cds("", body)
    assert answer.status_code == 202, answer.content
    node = held.node()
    node.catch_up()
    entry = node.journal.read(0, 1_000_000, kinds=["declaration.lodged"])[-1]
    return next(key.removeprefix("mrn:") for key in entry.keys if key.startswith("mrn:"))


def controlled(asking, goods=BOARD):
    """Return a consignment that waits for a control."""
    mrn = lodged(asking, declaration(asking.number, goods=goods))
    if now(mrn).state == "selected":
        order_control(
            held.node().journal, mrn, datetime.now(UTC), "officer:test", channel="red", grounds="A tip."
        )
    assert now(mrn).state == "under_control"
    return mrn


def undrawn(asking, make):
    """Return a consignment of what is made that was not drawn for a control at random, as some few are."""
    for _ in range(8):
        mrn = lodged(asking, make())
        if now(mrn).state != "under_control":
            return mrn
    raise AssertionError("eight times in a row a consignment was drawn for a control")


def cleared(asking):
    """Return a consignment that is cleared."""
    mrn = undrawn(asking, lambda: declaration(asking.number))
    held.node().let_time_pass(datetime.now(UTC) + timedelta(hours=2))
    assert now(mrn).state == "cleared"
    return mrn


def absent(asking):
    """Return a consignment whose goods have not arrived."""
    return lodged(asking, declaration(asking.number).replace(b">IMA<", b">IMD<"))


def owing(asking):
    """Return a consignment that release of which waits for payment."""
    mrn = undrawn(asking, lambda: declaration(asking.number, goods=WINE).replace(b"<GoodsMeasure>", AT_ONCE))
    assert "payment" in now(mrn).outstanding
    return mrn


def with_papers(asking):
    """Return a consignment for which documents were asked for and handed in."""
    mrn = controlled(asking)
    journal, moment = held.node().journal, datetime.now(UTC)
    request_documents(journal, mrn, moment, "officer:test", grounds="The invoice.")
    deliver_documents(journal, mrn, moment, now(mrn).declarant, files=[PNG])
    return mrn


def queried(asking):
    """Return a consignment about which another authority has asked something."""
    mrn = controlled(asking)
    journal = held.node().journal
    act = QueryRaised(mrn=mrn, authority="plants", text="Where were they grown?")
    append_about(journal, consignment_now(journal, mrn), act, datetime.now(UTC), "authority:plants")
    return mrn


def mismatched(asking):
    """Return a consignment that the port's inventory does not have as it is declared."""
    mrn = controlled(asking)
    answer_inventory(held.node().journal, mrn, datetime.now(UTC), "port:test", matched=False)
    return mrn


def reviewed(asking):
    """Return a consignment whose declarant asks for review of its assessment."""
    mrn = controlled(asking, WINE)
    request_review(
        held.node().journal, mrn, datetime.now(UTC), now(mrn).declarant,
        position=_position(mrn, "declaration.assessed"), grounds="Too much.",
    )  # fmt: skip
    return mrn


def changed(asking):
    """Return a consignment on which a review has changed the decision."""
    mrn = reviewed(asking)
    decide_review(
        held.node().journal, mrn, datetime.now(UTC), "officer:test",
        position=_position(mrn, "review.requested"), outcome="changed", text="You are right.",
    )  # fmt: skip
    return mrn


def now(mrn):
    """Return a consignment as it is now."""
    return consignment_now(held.node().journal, mrn)[0]


def kinds(mrn):
    """Return the kinds of what happened to a consignment, in their order."""
    return [entry.kind for entry, _ in acts_about(held.node().journal, mrn)]


def page(mrn, role=Role.SUPERVISOR, username=None):
    """Return the page of a consignment."""
    return signed_in(role, username=username).get(f"/officer/consignments/{mrn}")


def hidden(answer):
    """Return the hidden fields of the forms on a page that say what was seen."""
    found = re.findall(rb'name="(seen|position|review)" value="(\d+)"', answer.content)
    return {name.decode(): value.decode() for name, value in found}


def amounts(mrn):
    """Return the amounts that stand, the first of them changed."""
    lines = lines_now(held.node().journal, mrn)
    said = {f"{line.item}-{line.type}": str(line.amount) for line in lines}
    return said | {f"{lines[0].item}-{lines[0].type}": "12.34", "reason": "Samples."}


def _position(mrn, kind):
    return next(e.position for e, _ in acts_about(held.node().journal, mrn) if e.kind == kind)


# Every form of an officer: a consignment on which it can be sent, what is written, the act that comes of it.
FORMS = {
    "control": (controlled, {"outcome": "irregular", "found": "Other goods."}, "control.recorded"),
    "order": (owing, {"channel": "red", "grounds": "A tip."}, "control.ordered"),
    "referral": (controlled, {"to": "GBLAB001", "words": "A sample."}, "consignment.referred"),
    "documents": (controlled, {"grounds": "The invoice.", "blocking": "on"}, "documents.requested"),
    "examined": (with_papers, {"words": "All in order."}, "documents.supplied"),
    "arrival": (absent, {"place": "FXTFXTFXT"}, "goods.arrived"),
    "inventory": (mismatched, {"reference": "INV1"}, "inventory.answered"),
    "answer": (queried, {"text": "In a glasshouse."}, "query.answered"),
    "payment": (owing, {"amount": "1.00", "reference": "R1"}, "payment.recorded"),
    "override": (lambda asking: controlled(asking, WINE), amounts, "assessment.overridden"),
    "review": (reviewed, {"outcome": "upheld", "text": "It stands."}, "review.decided"),
    "follow": (changed, amounts, "assessment.overridden"),
    "ending": (cleared, {"words": "Lodged twice."}, "invalidation.requested"),
    "correct": (cleared, {"description": "Other boxes"}, "amendment.requested"),
}


def written(name, mrn, answer, mark=""):
    """Return what somebody sends who looked at a page; ``mark`` makes it different from what others send."""
    said = FORMS[name][1]
    fields = dict(said(mrn) if callable(said) else said) | hidden(answer)
    if name == "correct":
        fields |= fields_of(answer)
        fields["description"] = said["description"]
    for field in ("found", "grounds", "words", "text", "reason", "reference", "description"):
        if mark and field in fields and name != "correct":
            fields[field] = f"{fields[field]} {mark}".strip()
    if mark and callable(said):
        fields = {field: "45.67" if value == "12.34" else value for field, value in fields.items()}
    return fields


def fields_of(answer):
    """Return the fields of the form on a page, as they stand there."""
    found = {}
    for attributes in re.findall(r"<input ([^>]*)>", answer.content.decode()):
        said = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
        if said.get("name", "") not in ("", "csrfmiddlewaretoken", "back"):
            found[said["name"]] = said.get("value", "")
    return found
