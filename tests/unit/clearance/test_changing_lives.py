"""What changes on the way: inventories that do not match, new versions, and what comes after clearance."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from tests.unit.clearance.living import EXPORT, LATER, PRACTICE, LivingPost, octets, request
from tests.unit.clearance.making import ITEM, MOMENT, PRE_LODGED, PRICE, RED
from tidegate.acts import ChannelAssigned, DeclarationAssessed, RepaymentGranted, TaxLine
from tidegate.clearance import (
    NotAllowedError,
    TooLateError,
    TradeTest,
    WrongPlaceError,
    acts_about,
    amend_cleared,
    answer_query,
    arrive,
    consignment_now,
    decide_review,
    invalidate_cleared,
    move,
    override_assessment,
    record_control,
    record_documents,
    record_payment,
    request_amendment,
    request_review,
    strike,
)
from tidegate.clearance import Told as ToldBy
from tidegate.clearance.practice import Word
from tidegate.declarations.wire.movements import Movement
from tidegate.revenue import credit_account, open_account
from tidegate.revenue.acting import account_now

DESCRIPTION = f"{ITEM}/Commodity/Description"
ACCOUNT = "1234567"
NAMED = {"AdditionalDocument[1]/TypeCode": "DAN", "AdditionalDocument[1]/ID": ACCOUNT}
DUE, LESS = Decimal("4800.00"), Decimal("1632.00")  # with a price of 10,000, and of 100
CHEAPER = {PRICE: "100.00 EUR"}
FOR_A_TIME = msgspec.structs.replace(PRACTICE, amendable_days=1_095, invalidatable_days=90)


@pytest.fixture
def post(tmp_path):
    made = LivingPost(tmp_path, FOR_A_TIME)
    yield made
    made.journal.close()


def now(post, mrn):
    return consignment_now(post.journal, mrn)[0]


def amend(post, mrn, changes):
    value = request("COR", mrn, changes)
    request_amendment(post.journal, mrn, value, LATER, octets(value))
    post.catch_up()


def tell(post, code, **references):
    moved = move(post.journal, Movement(code, **references), ToldBy(LATER, "operator:port", b"<told/>"))
    post.catch_up()
    return moved


def cleared(post, edits=None):
    mrn = post.lodged("L1", edits)
    strike(post.journal, mrn, MOMENT + timedelta(minutes=4))
    post.catch_up()
    return mrn


def changed_late(post, mrn, changes, days=30):
    value = request("COR", mrn, changes)
    amend_cleared(
        post.journal,
        mrn,
        value,
        MOMENT + timedelta(days=days),
        octets(value),
        author="officer",
        practice=post.practice,
    )
    post.catch_up()


def changed_late_on(post, mrn, when):
    changed_late(post, mrn, CHEAPER, (when - MOMENT).days)


def ended_late_on(post, mrn, when):
    invalidate_cleared(post.journal, mrn, when, author="officer", words="", practice=post.practice)


def opened(post, amount):
    open_account(
        post.journal,
        MOMENT,
        "officer",
        account=ACCOUNT,
        holder="XA123456789",
        kind="deferment",
        amount=Decimal(amount),
        currency="XTS",
    )


def repayments(post, mrn):
    acts = [act for _, act in acts_about(post.journal, mrn) if isinstance(act, RepaymentGranted)]
    return [(act.amount, act.account) for act in acts]


def channels(post, mrn):
    return [act.channel for _, act in acts_about(post.journal, mrn) if isinstance(act, ChannelAssigned)]


def test_a_mismatch_of_the_inventory_holds_release_until_it_matches(post):
    mrn = post.lodged("L1")
    tell(post, "IVL", mrn=mrn, irc="001")
    assert now(post, mrn).outstanding == ("inventory", "dwell")
    strike(post.journal, mrn, MOMENT + timedelta(minutes=4))
    post.catch_up()
    assert now(post, mrn).state == "selected"
    tell(post, "IVL", mrn=mrn, irc="000")
    assert now(post, mrn).state == "cleared"
    with pytest.raises(NotAllowedError, match="cleared"):
        raise tell(post, "IVL", mrn=mrn, irc="001").refusals[0]


def test_what_does_not_match_is_not_accepted_when_it_arrives_but_when_it_matches(post):
    mrn = post.lodged("L1", PRE_LODGED)
    tell(post, "IVL", mrn=mrn, irc="001")
    arrive(post.journal, mrn, LATER, "trader")
    post.catch_up()
    assert (now(post, mrn).state, now(post, mrn).outstanding) == ("registered", ("inventory",))
    tell(post, "IVL", mrn=mrn, irc="000")
    assert now(post, mrn).accepted == LATER


def test_a_match_alone_accepts_nothing_that_has_not_arrived(post):
    mrn = post.lodged("L1", PRE_LODGED)
    tell(post, "IVL", mrn=mrn, irc="000")
    assert (now(post, mrn).state, now(post, mrn).outstanding) == ("registered", ("arrival",))


def test_an_answer_of_the_inventory_in_an_unknown_code_changes_nothing(post):
    mrn = post.lodged("L1")
    assert tell(post, "IVL", mrn=mrn, irc="777") is None
    assert not now(post, mrn).mismatched


def test_goods_do_not_arrive_where_they_were_not_declared(post):
    mrn = post.lodged("L1", EXPORT)
    ucr = EXPORT["GoodsShipment/PreviousDocument[1]/ID"]
    size = post.journal.size
    (refusal,) = tell(post, "EAL", ucr=ucr, goods_location="XAAUELSEWHERE").refusals
    assert isinstance(refusal, WrongPlaceError)
    assert (refusal.code, refusal.fields["place"]) == ("wrong_place", "PRT001")
    assert (post.journal.size, now(post, mrn).arrived) == (size, None)
    amend(post, mrn, {"GoodsShipment/Consignment/GoodsLocation/Name": "ELSEWHERE"})
    assert tell(post, "EAL", ucr=ucr, goods_location="XAAUELSEWHERE").refusals == ()
    assert now(post, mrn).state == "cleared"


def test_an_office_that_there_is_not_is_told_and_the_usual_one_takes_the_declaration(post):
    post.terms = msgspec.structs.replace(post.terms, offices=frozenset({"XAPRT001", "XAAIR001"}))
    mrn = post.lodged("L1", {"PresentationOffice/ID": "XAZZZ999"})
    told_of = [act for _, act in acts_about(post.journal, mrn) if isinstance(act, DeclarationAssessed)]
    (finding,) = [finding for finding in told_of[0].findings if finding.code == "TG-OFFICE"]
    assert (finding.location, finding.stops) == ("PresentationOffice/ID", False)
    assert "XAZZZ999" in finding.text
    assert now(post, mrn).office == "XAPRT001"
    other = post.lodged("L2", {"PresentationOffice/ID": "XAAIR001"})
    assert now(post, other).office == "XAAIR001"


def test_words_that_an_amendment_brings_ask_for_documents_and_those_that_stood_do_not(post):
    mrn = post.lodged("L1", {DESCRIPTION: "ttdocuments fans"})
    record_documents(post.journal, mrn, LATER, "officer")
    amend(post, mrn, {PRICE: "100.00 EUR"})
    assert not now(post, mrn).documents
    other = post.lodged("L2")
    amend(post, other, {DESCRIPTION: "ttdocuments fans"})
    assert now(post, other).outstanding == ("documents", "dwell")
    assert post.told(other) == ["ACC", "TAX", "RCV", "REQ", "TAX", "DOC"]


def test_an_amendment_that_leads_to_a_stricter_channel_is_controlled_and_none_is_taken_back(post):
    mrn = post.lodged("L1")
    amend(post, mrn, RED)
    assert (channels(post, mrn), now(post, mrn).state) == (["green", "red"], "under_control")
    amend(post, mrn, CHEAPER)
    assert (channels(post, mrn), now(post, mrn).state) == (["green", "red"], "under_control")
    record_control(post.journal, mrn, LATER, "officer", outcome="conform", found="As declared.")
    amend(post, mrn, RED)
    assert channels(post, mrn) == ["green", "red"]


def test_a_question_is_answered_once_and_release_waits_no_longer(post):
    asking = TradeTest(words=(Word("tthold", query="ALV"),))
    post.practice = msgspec.structs.replace(PRACTICE, trade_test=asking)
    mrn = post.lodged("L1", {DESCRIPTION: "tthold fans"})
    assert "query" in now(post, mrn).outstanding
    answer_query(post.journal, mrn, LATER, "officer", text="They may come in.")
    assert "query" not in now(post, mrn).outstanding
    with pytest.raises(NotAllowedError, match="no question"):
        answer_query(post.journal, mrn, LATER, "officer", text="Again.")


def test_a_cleared_import_that_owes_less_is_given_back_to_its_account(post):
    opened(post, "5000.00")
    mrn = cleared(post, NAMED)
    assert account_now(post.journal, ACCOUNT).available == Decimal("5000.00") - DUE
    changed_late(post, mrn, CHEAPER)
    assert (now(post, mrn).state, now(post, mrn).version, now(post, mrn).due) == ("cleared", 2, LESS)
    assert repayments(post, mrn) == [(DUE - LESS, ACCOUNT)]
    assert account_now(post.journal, ACCOUNT).drawn == {mrn: LESS}
    assert now(post, mrn).excess == 0


def test_a_cleared_import_that_owes_more_is_called_for_what_is_missing(post):
    opened(post, "50000.00")
    mrn = cleared(post, NAMED)
    changed_late(post, mrn, {PRICE: "11000.00 EUR"})
    assert account_now(post.journal, ACCOUNT).drawn == {mrn: DUE + Decimal("320.00")}
    assert repayments(post, mrn) == []


def test_money_that_was_paid_is_granted_back_when_a_cleared_import_is_ended(post):
    mrn = post.lodged("L1", {f"{ITEM}/Commodity/DutyTaxFee[1]/Payment/MethodCode": "A"})
    record_payment(post.journal, mrn, LATER, "bank", reference="P1", amount=DUE, currency="XTS")
    strike(post.journal, mrn, MOMENT + timedelta(minutes=4))
    post.catch_up()
    assert now(post, mrn).state == "cleared"
    invalidate_cleared(
        post.journal,
        mrn,
        MOMENT + timedelta(days=90),
        author="officer",
        words="Twice.",
        practice=post.practice,
    )
    post.catch_up()
    assert (now(post, mrn).state, now(post, mrn).paid) == ("invalidated", 0)
    assert repayments(post, mrn) == [(DUE, "")]


@pytest.mark.parametrize("days", [1_096, 91])
def test_after_its_time_a_cleared_import_stands(post, days):
    mrn = cleared(post)
    size = post.journal.size
    when = MOMENT + timedelta(days=days)
    deed = changed_late_on if days > 1_000 else ended_late_on
    with pytest.raises(TooLateError, match="has passed"):
        deed(post, mrn, when)
    assert post.journal.size == size


def test_only_what_is_cleared_is_changed_late_and_by_default_nothing_is(post):
    mrn = post.lodged("L1")
    with pytest.raises(NotAllowedError, match="selected"):
        changed_late(post, mrn, CHEAPER)
    post.practice = PRACTICE
    strike(post.journal, mrn, MOMENT + timedelta(minutes=4))
    post.catch_up()
    with pytest.raises(TooLateError):
        changed_late(post, mrn, CHEAPER, days=1)


def test_an_amendment_before_release_draws_the_difference_either_way(post):
    opened(post, "50000.00")
    mrn = post.lodged("L1", {**NAMED, DESCRIPTION: "ttphysical fans"})
    record_control(post.journal, mrn, LATER, "officer", outcome="conform", found="As declared.")
    post.catch_up()
    amend(post, mrn, {PRICE: "11000.00 EUR"})
    strike(post.journal, mrn, MOMENT + timedelta(minutes=4))
    post.catch_up()
    assert now(post, mrn).state == "cleared"
    assert account_now(post.journal, ACCOUNT).drawn == {mrn: DUE + Decimal("320.00")}


def test_a_debt_that_was_refused_is_drawn_once_the_account_can_bear_it(post):
    opened(post, "1.00")
    mrn = cleared(post, NAMED)
    assert now(post, mrn).outstanding == ("payment",)
    credit_account(post.journal, LATER, "bank", account=ACCOUNT, amount=Decimal("10.00"))
    post.catch_up()
    assert now(post, mrn).outstanding == ("payment",)
    credit_account(post.journal, LATER, "bank", account=ACCOUNT, amount=DUE)
    post.catch_up()
    assert (now(post, mrn).state, account_now(post.journal, ACCOUNT).drawn) == ("cleared", {mrn: DUE})


def test_a_debt_that_was_refused_and_is_lowered_is_called_for_anew(post):
    opened(post, "2000.00")
    mrn = cleared(post, NAMED)
    assert now(post, mrn).outstanding == ("payment",)
    amend(post, mrn, CHEAPER)
    assert (now(post, mrn).state, account_now(post.journal, ACCOUNT).drawn) == ("cleared", {mrn: LESS})


def test_a_debt_that_was_refused_and_paid_otherwise_is_not_drawn_later(post):
    opened(post, "1.00")
    mrn = cleared(post, NAMED)
    record_payment(post.journal, mrn, LATER, "bank", reference="P1", amount=DUE, currency="XTS")
    post.catch_up()
    credit_account(post.journal, LATER, "bank", account=ACCOUNT, amount=DUE)
    post.catch_up()
    assert (now(post, mrn).state, account_now(post.journal, ACCOUNT).drawn) == ("cleared", {})


def test_a_review_that_changes_a_decision_changes_the_debt_and_gives_back_what_was_too_much(post):
    opened(post, "5000.00")
    mrn = cleared(post, NAMED)
    decided = now(post, mrn).positions[2]
    asked = request_review(
        post.journal, mrn, LATER, "XA123456789", position=decided, grounds="These are parts."
    )
    line = TaxLine(
        item=1, type="A00", base=Decimal(1000), rate=Decimal(5), amount=Decimal(50), currency="XTS"
    )
    followed = {"taxes": [line], "reason": "Parts, on review."}
    with pytest.raises(NotAllowedError, match="no review"):
        override_assessment(post.journal, mrn, LATER, "officer", review=asked, **followed)
    review = decide_review(
        post.journal, mrn, LATER, "officer", position=asked, outcome="changed", text="So they are."
    )
    with pytest.raises(NotAllowedError, match="cleared"):
        override_assessment(post.journal, mrn, LATER, "officer", **followed)
    override_assessment(post.journal, mrn, LATER, "officer", review=review, **followed)
    post.catch_up()
    assert (now(post, mrn).state, now(post, mrn).due) == ("cleared", Decimal(50))
    assert repayments(post, mrn) == [(DUE - 50, ACCOUNT)]
    assert account_now(post.journal, ACCOUNT).drawn == {mrn: Decimal(50)}
    with pytest.raises(Exception, match="recorded already"):
        override_assessment(post.journal, mrn, LATER, "officer", review=review, **followed)
