"""The life of a consignment: the table of transitions, the fold over it, and what release waits for."""

from decimal import Decimal
from typing import get_args

import msgspec
import pytest

from tests.unit.clearance.making import MOMENT
from tidegate.acts import (
    CATALOGUE,
    AccountDrawn,
    AccountRefused,
    AmendmentRequested,
    AssessmentOverridden,
    ChannelAssigned,
    ConsignmentReferred,
    ControlOrdered,
    ControlRecorded,
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationExpired,
    DeclarationInvalidated,
    DeclarationLodged,
    DeclarationRegistered,
    DeclarationRejected,
    DocumentsDelivered,
    DocumentsRequested,
    DocumentsSupplied,
    DwellEnded,
    GoodsArrived,
    GoodsExited,
    GoodsReleased,
    InvalidationRequested,
    InventoryAnswered,
    PaymentCalled,
    PaymentRecorded,
    QueryAnswered,
    QueryRaised,
    QuotaAllocated,
    RepaymentGranted,
    RequestRefused,
    ReviewDecided,
    ReviewRequested,
)
from tidegate.clearance import (
    MRN_KEY,
    TRANSITIONS,
    NotAllowedError,
    advance,
    arrive,
    consignment_now,
    record_control,
    record_payment,
)
from tidegate.clearance.life import State, event_of
from tidegate.clearance.reader import CONSIGNMENT_KINDS
from tidegate.journal import Append, Draft, Key

MRN = "26XA00000000000000"
CHANNELS = ("green", "blue", "yellow", "red")
ACTS = [
    DeclarationLodged(mrn=MRN, lrn="L", declarant="XA1", type="IMA", items=1),
    DeclarationAccepted(mrn=MRN),
    DeclarationRejected(mrn=MRN, findings=()),
    DeclarationAssessed(mrn=MRN, due=Decimal(10), currency="XTS", score=0.5),
    *(ChannelAssigned(mrn=MRN, channel=c, stratum="none", grounds="", office="O") for c in CHANNELS),
    GoodsArrived(mrn=MRN),
    *(ControlOrdered(mrn=MRN, channel=c, grounds="a tip") for c in ("yellow", "red")),
    ConsignmentReferred(mrn=MRN, to="office B", words="its goods"),
    *(ControlRecorded(mrn=MRN, outcome=outcome, found="") for outcome in ("conform", "irregular")),
    PaymentRecorded(mrn=MRN, reference="R", amount=Decimal(4), currency="XTS"),
    GoodsReleased(mrn=MRN),
    DeclarationRegistered(mrn=MRN),
    DeclarationCleared(mrn=MRN),
    DeclarationExpired(mrn=MRN),
    AmendmentRequested(mrn=MRN, lrn="L", sender="XA1", changes=1),
    DeclarationAmended(mrn=MRN, version=2, original="", items=1),
    InvalidationRequested(mrn=MRN, lrn="L", sender="XA1"),
    DeclarationInvalidated(mrn=MRN),
    RequestRefused(mrn=MRN, request="amendment", findings=()),
    DwellEnded(mrn=MRN),
    DocumentsRequested(mrn=MRN),
    DocumentsDelivered(mrn=MRN),
    DocumentsSupplied(mrn=MRN),
    QueryRaised(mrn=MRN, authority="ALV"),
    PaymentCalled(mrn=MRN, account="A", amount=Decimal(10), currency="XTS"),
    AccountDrawn(mrn=MRN, account="A", amount=Decimal(10)),
    AccountRefused(mrn=MRN, account="A", amount=Decimal(10), available=Decimal(0), currency="XTS"),
    QuotaAllocated(mrn=MRN),
    AssessmentOverridden(mrn=MRN, taxes=(), due=Decimal(3), currency="XTS", reason="why"),
    AssessmentOverridden(mrn=MRN, taxes=(), due=Decimal(2), currency="XTS", reason="why", review=9),
    RepaymentGranted(mrn=MRN, amount=Decimal(1), currency="XTS"),
    InventoryAnswered(mrn=MRN, matched=False),
    QueryAnswered(mrn=MRN),
    AmendmentRequested(mrn=MRN, lrn="L", sender="XA1", changes=1, late=True),
    InvalidationRequested(mrn=MRN, lrn="L", sender="XA1", late=True),
    GoodsExited(mrn=MRN),
    ReviewRequested(mrn=MRN, position=1, grounds="no"),
    ReviewDecided(mrn=MRN, position=1, outcome="upheld", text="yes"),
]
BY_EVENT = {event_of(act): act for act in ACTS}


def event_in(event):
    """Return the act of an event of the table, whatever the direction of trade it is for."""
    return BY_EVENT[event.removesuffix(" export")]


def exported(act):
    """Return a lodging as one of goods that leave."""
    if not isinstance(act, DeclarationLodged):
        return act
    return msgspec.structs.replace(act, type="EXA", direction="export")


STATES = get_args(State)


def way_to(state):
    """Return the shortest list of acts that leads to a state."""
    ways, found = [(None, [])], {None}
    while ways:
        at, acts = ways.pop(0)
        if at == state:
            return acts
        for (start, event), end in TRANSITIONS.items():
            if start == at and end not in found:
                found.add(end)
                more = [*acts, event_in(event)]
                ways.append((end, [exported(act) for act in more] if event.endswith(" export") else more))
    raise AssertionError(f"no way leads to {state}")


def folded(acts):
    consignment = None
    for position, act in enumerate(acts):
        consignment = advance(consignment, act, position, MOMENT)
    return consignment


def append(journal, act):
    draft = Draft(
        kind=act.KIND,
        version=1,
        occurred=MOMENT,
        author=Key("test"),
        keys=(Key(MRN_KEY + MRN),),
        body=act.encode(),
    )
    journal.append([Append((draft,))])


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_reached(state):
    assert folded(way_to(state)).state == state


def test_the_table_speaks_of_the_acts_about_consignments_and_of_nothing_else():
    assert {event.removesuffix(" export") for _, event in TRANSITIONS} == set(BY_EVENT)
    assert {act.KIND for act in ACTS} == CONSIGNMENT_KINDS
    assert {kind for kind, _ in CATALOGUE} >= CONSIGNMENT_KINDS


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", BY_EVENT)
def test_an_act_the_table_does_not_allow_changes_nothing_but_the_positions(state, event):
    before = folded(way_to(state))
    after = advance(before, BY_EVENT[event], 99, MOMENT)
    assert after.positions == (*before.positions, 99)
    way = TRANSITIONS.get((state, event)) or TRANSITIONS.get((state, f"{event} {before.direction}"))
    if way is not None:
        assert after.state == way
    else:
        assert advance(before, BY_EVENT[event], -1, MOMENT) == before


@pytest.mark.parametrize("state", STATES)
def test_people_cannot_do_what_the_table_does_not_allow(post, state):
    for act in way_to(state):
        append(post.journal, act)
    deeds = {
        "goods.arrived": lambda: arrive(post.journal, MRN, MOMENT, "carrier"),
        "payment.recorded": lambda: record_payment(
            post.journal, MRN, MOMENT, "payer", reference="R", amount=Decimal(4), currency="XTS"
        ),
        **{
            f"control.recorded {outcome}": lambda outcome=outcome: record_control(
                post.journal, MRN, MOMENT, "officer", outcome=outcome, found="what was found"
            )
            for outcome in ("conform", "irregular")
        },
    }
    for event, deed in deeds.items():
        before = post.journal.size
        if (state, event) in TRANSITIONS:
            continue
        with pytest.raises(NotAllowedError) as refused:
            deed()
        assert refused.value.code == "not_allowed"
        assert refused.value.fields["state"] == state
        assert state.replace("_", " ") in str(refused.value)
        assert post.journal.size == before
    for event, deed in deeds.items():
        now, _ = consignment_now(post.journal, MRN)
        if (now.state, event) in TRANSITIONS and now.state == state:
            assert deed() == post.journal.size - 1


def test_folding_gathers_what_the_acts_say():
    conform, paid = BY_EVENT["control.recorded conform"], BY_EVENT["payment.recorded"]
    acts = [
        *way_to("under_control"),
        BY_EVENT["goods.arrived"],
        conform,
        paid,
        paid,
        BY_EVENT["goods.released"],
    ]
    found = folded(acts)
    assert (found.state, found.due, found.paid, found.score) == ("released", Decimal(10), Decimal(8), 0.5)
    assert (found.arrived, found.released, found.controls, found.outcome) == (MOMENT, MOMENT, 1, "conform")
    assert found.positions == tuple(range(len(acts)))


def test_nothing_is_folded_before_a_lodging():
    assert folded([BY_EVENT["declaration.accepted"], BY_EVENT["goods.released"]]) is None


@pytest.mark.parametrize(
    ("type_code", "due", "deferred", "more", "waits"),
    [
        ("IMA", 0, False, (), ()),
        ("IMD", 0, False, (), ("arrival",)),
        ("IMD", 0, False, ("goods.arrived",), ()),
        ("EXF", 0, False, (), ("arrival",)),
        ("IMA", 10, False, (), ("payment",)),
        ("IMA", 10, True, (), ()),
        ("IMA", 8, False, ("payment.recorded",), ("payment",)),
        ("IMA", 8, False, ("payment.recorded", "payment.recorded"), ()),
        ("", 0, False, (), ()),
    ],
)
def test_release_waits_for_arrival_and_payment(type_code, due, deferred, more, waits):
    acts = [
        DeclarationLodged(mrn=MRN, lrn="L", declarant="XA1", type=type_code, items=1),
        DeclarationAccepted(mrn=MRN),
        DeclarationAssessed(mrn=MRN, due=Decimal(due), currency="XTS", deferred=deferred),
        BY_EVENT["channel.assigned green"],
        *(BY_EVENT[event] for event in more),
    ]
    assert folded(acts).outstanding == waits


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        ("under_control", ("control", "payment")),
        ("held", ("officer", "payment")),
        ("released", ()),
        ("rejected", ()),
    ],
)
def test_release_waits_for_the_control_and_for_the_officer(state, waits):
    assert folded(way_to(state)).outstanding == waits
