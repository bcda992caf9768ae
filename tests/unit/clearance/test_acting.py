"""What people do: refused with a code where it may not be done, and once where two do it at once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.clearance.making import MOMENT, PAYS_AT_ONCE, PRE_LODGED, RED, YELLOW
from tidegate.clearance import (
    NotAllowedError,
    OvertakenError,
    RefusedActError,
    UnknownConsignmentError,
    acts_about,
    arrive,
    consignment_now,
    record_control,
    record_payment,
)
from tidegate.journal import Key


class Hurried:
    """A journal to which somebody else appends between the look and the act."""

    def __init__(self, journal, first):
        self._journal, self._first = journal, first

    def __getattr__(self, name):
        return getattr(self._journal, name)

    def append(self, groups):
        first, self._first = self._first, None
        if first:
            first()
        return self._journal.append(groups)


def pay(journal, mrn, reference="R1", amount="10.00", currency="XTS"):
    return record_payment(
        journal, mrn, MOMENT, "payer", reference=reference, amount=Decimal(amount), currency=currency
    )


def control(journal, mrn, outcome="conform", found="As declared."):
    return record_control(journal, mrn, MOMENT, "officer:7", outcome=outcome, found=found)


def kinds(journal, mrn):
    return [entry.kind for entry, _ in acts_about(journal, mrn)]


@pytest.mark.parametrize("mrn", ["26XA00000000000000", "", "\n", "x" * 5_000])
def test_nobody_acts_on_what_was_never_lodged(post, mrn):
    for deed in (pay, control, lambda journal, mrn: arrive(journal, mrn, MOMENT, "carrier")):
        with pytest.raises(UnknownConsignmentError) as refused:
            deed(post.journal, mrn)
        assert (refused.value.code, refused.value.fields) == ("unknown_consignment", {"mrn": mrn})
    assert post.journal.size == 0


def test_goods_arrive_once(post):
    mrn = post.cleared("L1", PRE_LODGED | PAYS_AT_ONCE)
    arrive(post.journal, mrn, MOMENT, "carrier", place="Q3")
    size = post.journal.size
    with pytest.raises(NotAllowedError, match="the goods arrived on 2026-03-01 09:00"):
        arrive(post.journal, mrn, MOMENT + timedelta(hours=1), "carrier")
    assert post.journal.size == size


def test_the_message_of_an_arrival_is_kept(post):
    mrn = post.cleared("L1", PRE_LODGED)
    position = arrive(post.journal, mrn, MOMENT, "carrier", original=b"<arrived/>")
    (entry,) = post.journal.read(position, 1)
    assert post.journal.attachment(entry.attachments[0]) == b"<arrived/>"


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "sNaN", "Infinity"])
def test_a_payment_is_an_amount_above_nothing(post, amount):
    mrn = post.cleared("L1", PAYS_AT_ONCE)
    size = post.journal.size
    with pytest.raises(NotAllowedError, match="above 0 and in XTS"):
        pay(post.journal, mrn, amount=amount)
    assert post.journal.size == size


def test_a_payment_is_in_the_currency_of_the_debt(post):
    mrn = post.cleared("L1", PAYS_AT_ONCE)
    with pytest.raises(NotAllowedError, match=r"above 0 and in XTS, not 10\.00 EUR"):
        pay(post.journal, mrn, currency="EUR")


def test_a_payment_reference_is_recorded_once_whatever_it_is_for(post):
    one, two = post.cleared("L1", PAYS_AT_ONCE), post.cleared("L2", PAYS_AT_ONCE)
    position = pay(post.journal, one)
    size = post.journal.size
    for mrn in (one, two):
        with pytest.raises(OvertakenError, match=f"payment R1 is recorded already, at position {position}"):
            pay(post.journal, mrn)
    assert post.journal.size == size


def test_goods_in_the_red_channel_are_examined_when_they_are_there(post):
    mrn = post.cleared("L1", PRE_LODGED | RED)
    with pytest.raises(NotAllowedError, match="have not arrived"):
        control(post.journal, mrn)
    arrive(post.journal, mrn, MOMENT, "carrier")
    control(post.journal, mrn)


def test_documents_are_checked_before_the_goods_are_there(post):
    mrn = post.cleared("L1", PRE_LODGED | YELLOW)
    assert consignment_now(post.journal, mrn)[0].channel == "yellow"
    control(post.journal, mrn)
    assert consignment_now(post.journal, mrn)[0].outstanding == ("arrival",)


def test_a_report_too_long_for_an_act_is_refused(post):
    mrn = post.cleared("L1", RED)
    with pytest.raises(NotAllowedError, match="at most 2000 characters"):
        control(post.journal, mrn, found="x" * 2_001)


def test_what_was_found_irregular_is_held_until_an_officer_finds_it_conform(post):
    mrn = post.cleared("L1", RED)
    control(post.journal, mrn, "irregular")
    post.catch_up()
    assert consignment_now(post.journal, mrn)[0].outstanding == ("officer",)
    control(post.journal, mrn)
    post.catch_up()
    assert consignment_now(post.journal, mrn)[0].state == "released"


@pytest.mark.parametrize(
    ("edits", "one", "two"),
    [
        (PRE_LODGED, lambda j, m: arrive(j, m, MOMENT, "a"), lambda j, m: arrive(j, m, MOMENT, "b")),
        (PAYS_AT_ONCE, pay, pay),
        (PAYS_AT_ONCE, pay, lambda j, m: pay(j, m, "R2")),
        (RED, control, lambda j, m: control(j, m, "irregular")),
        (RED | PAYS_AT_ONCE, pay, control),
    ],
)
def test_of_two_who_act_at_once_one_wins_and_the_other_is_told(post, edits, one, two):
    mrn = post.cleared("L1", edits)
    before = len(kinds(post.journal, mrn))
    with pytest.raises(OvertakenError) as overtaken:
        two(Hurried(post.journal, lambda: one(post.journal, mrn)), mrn)
    assert overtaken.value.code == "conflict"
    assert overtaken.value.fields["position"] == post.journal.last(Key(f"mrn:{mrn}"))
    assert len(kinds(post.journal, mrn)) == before + 1


def test_goods_are_released_once_and_only_when_nothing_is_outstanding(post):
    mrn = post.cleared("L1", PRE_LODGED | PAYS_AT_ONCE | RED)
    due = consignment_now(post.journal, mrn)[0].due
    deeds = [
        lambda: arrive(post.journal, mrn, MOMENT, "carrier"),
        lambda: pay(post.journal, mrn, "R1", str(due - 1)),
        lambda: control(post.journal, mrn),
        lambda: pay(post.journal, mrn, "R2", "1"),
    ]
    for deed in deeds:
        assert "goods.released" not in kinds(post.journal, mrn)
        deed()
        post.catch_up()
    pay(post.journal, mrn, "R3", "5")
    post.catch_up()
    assert kinds(post.journal, mrn).count("goods.released") == 1
    for deed in (lambda: control(post.journal, mrn), lambda: arrive(post.journal, mrn, MOMENT, "carrier")):
        with pytest.raises(RefusedActError):
            deed()


def test_a_consignment_with_very_many_acts_is_read_to_the_end(post, monkeypatch):
    monkeypatch.setattr("tidegate.clearance.acting._READ_AT_ONCE", 3)
    mrn = post.cleared("L1", PAYS_AT_ONCE | RED)
    for number in range(5):
        pay(post.journal, mrn, f"R{number}", "0.01")
    found, last = consignment_now(post.journal, mrn)
    assert (found.paid, last) == (Decimal("0.05"), post.journal.size - 1)
