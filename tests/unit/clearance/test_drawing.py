"""Quotas in clearance: served in the order of the journal, given back when a declaration ends."""

import shutil
from decimal import Decimal

import apsw
import pytest

from tests.unit.clearance.living import LATER, PRACTICE, LivingPost, octets, request
from tests.unit.clearance.making import (
    FLAWED,
    ITEM,
    MOMENT,
    PRE_LODGED,
    Post,
    lodging,
    terms,
)
from tests.unit.tariff.making import exchange, rate, tables
from tidegate.acts import DeclarationAssessed, QuotaDraw
from tidegate.clearance import acts_about, arrive, request_amendment, request_invalidation, strike
from tidegate.tariff import drawn, quota_rules

QUOTA, MASS = f"{ITEM}/Commodity/DutyTaxFee[1]/QuotaOrderID", f"{ITEM}/Commodity/GoodsMeasure"
OPENED = {
    "quota": "051867",
    "volume": "1000",
    "unit": "KGM",
    "from": "2026-01-01",
    "until": "2026-12-31",
    "source": "test",
}
RATES = [rate("A00", "10"), rate("A00", "2", kind="quota", quota="051867"), rate("B00", "20")]
TERMS = terms(tariff=tables(RATES, [exchange("EUR", "1")], quotas=quota_rules([OPENED])))
KEY = "051867@2026-01-01"


def claim(kilograms, **more):
    return {
        QUOTA: "051867",
        f"{MASS}/NetNetWeightMeasure": f"{kilograms} KGM",
        f"{MASS}/GrossMassMeasure": "1000 KGM",
        "TotalGrossMassMeasure": "1480 KGM",
        **more,
    }


def assessments(post, mrn):
    return [act for _, act in acts_about(post.journal, mrn) if isinstance(act, DeclarationAssessed)]


def granted(post, mrn):
    """Return what the last assessment drew, in kilograms, and the codes of its findings."""
    last = assessments(post, mrn)[-1]
    return [draw.quantity for draw in last.draws], [one.code for one in last.findings]


def kept(post):
    """Return what the responder's tables say was drawn: in sum, and by declaration."""
    with apsw.Connection(str(post.folder / "responders" / "clearance.sqlite")) as told:
        sums = dict(told.execute("SELECT quota, quantity FROM quota_sums WHERE quantity != 0"))
        by = dict(told.execute("SELECT mrn, quantity FROM quota_draws"))
    assert sum(by.values()) == sum(sums.values())
    return sums.get(KEY, 0) // 1_000_000, {mrn: millionths // 1_000_000 for mrn, millionths in by.items()}


@pytest.fixture
def post(tmp_path):
    made = Post(tmp_path, TERMS)
    yield made
    made.journal.close()


@pytest.fixture
def living(tmp_path):
    made = LivingPost(tmp_path, PRACTICE)
    made.terms = TERMS
    yield made
    made.journal.close()


def test_who_comes_first_is_served_first_in_part_and_then_not_at_all(post):
    first, second, third = (post.cleared(f"L{n}", claim(600)) for n in range(3))
    assert granted(post, first) == ([Decimal(600)], [])
    assert granted(post, second) == ([Decimal(400)], ["TG-QUOTA"])
    assert granted(post, third) == ([], ["TG-QUOTA"])
    duty = [
        sum(line.amount for line in assessments(post, mrn)[-1].taxes if line.type == "A00" and line.item == 1)
        for mrn in (first, second, third)
    ]
    # 10,000.00 of goods: all at 2 %; two thirds at 2 % and a third at 10 %; all at 10 %.
    assert duty == [Decimal("200.00"), Decimal("466.66"), Decimal("1000.00")]
    (told,) = assessments(post, third)[-1].findings
    assert "051867 has 0 KGM left of 1000, asked 600" in told.text
    assert assessments(post, first)[-1].draws == (QuotaDraw(quota=KEY, quantity=Decimal(600)),)


@pytest.mark.parametrize("batch", [1, 7, 1_000])
def test_grants_do_not_depend_on_the_batch(tmp_path, batch):
    post = Post(tmp_path, TERMS)
    edits = [claim(150 + 10 * n, **(FLAWED if n % 5 == 3 else {})) if n % 3 else {} for n in range(24)]
    receipts = [post.lodge(lodging(f"L{n}", edit))[0] for n, edit in enumerate(edits)]
    post.catch_up(batch)
    draws = [
        sum((draw.quantity for act in assessments(post, one.mrn) for draw in act.draws), Decimal(0))
        for one in receipts
    ]
    left, expected = 1000, []
    for n in range(24):
        asked = 150 + 10 * n if n % 3 and n % 5 != 3 else 0
        expected.append(min(asked, left))
        left -= expected[-1]
    assert draws == expected
    assert left == 0
    assert kept(post)[0] == 1000
    post.journal.close()


def test_the_balance_is_what_the_acts_in_the_journal_say(post):
    for n in range(3):
        post.cleared(f"L{n}", claim(300))
    acts = [act for mrn in kept(post)[1] for act in assessments(post, mrn)]
    assert drawn(acts) == {KEY: 900_000_000}


def test_tables_that_were_lost_are_made_again_to_the_same(post):
    for n in range(3):
        post.cleared(f"L{n}", claim(300))
    before = kept(post)
    shutil.rmtree(post.folder / "responders")
    last = post.cleared("L9", claim(300))
    assert before[0] == 900
    assert granted(post, last) == ([Decimal(100)], ["TG-QUOTA"])


def test_a_declaration_that_is_refused_draws_nothing(post):
    post.cleared("L1", claim(600, **FLAWED))
    assert kept(post) == (0, {})


def test_what_ends_gives_back_and_the_next_one_is_granted_it(living):
    first, second = living.cleared("L1", claim(900)), living.cleared("L2", claim(900))
    assert [granted(living, mrn)[0] for mrn in (first, second)] == [[Decimal(900)], [Decimal(100)]]
    value = request("INV", first)
    request_invalidation(living.journal, first, value, LATER, octets(value))
    living.catch_up()
    assert kept(living) == (100, {second: 100})
    third = living.cleared("L3", claim(900))
    assert granted(living, third) == ([Decimal(900)], [])


@pytest.mark.parametrize("batch", [1, 7, 1_000])
def test_what_ends_between_two_claims_of_one_batch_gives_back_in_its_turn(tmp_path, batch):
    post = LivingPost(tmp_path, PRACTICE)
    post.terms = TERMS
    first = post.cleared("L1", claim(900))
    before = post.lodge(lodging("L2", claim(900)))[0].mrn
    value = request("INV", first)
    request_invalidation(post.journal, first, value, LATER, octets(value))
    after = post.lodge(lodging("L3", claim(800)))[0].mrn
    post.catch_up(batch)
    assert [granted(post, mrn)[0] for mrn in (before, after)] == [[Decimal(100)], [Decimal(800)]]
    post.journal.close()


def test_an_amended_claim_is_granted_anew_and_not_beside_the_one_before(living):
    mrn = living.cleared("L1", claim(900))
    place = f"{MASS}/NetNetWeightMeasure"
    value = request("COR", mrn, {place: "950 KGM"})
    request_amendment(living.journal, mrn, value, LATER, octets(value))
    living.catch_up()
    assert granted(living, mrn) == ([Decimal(950)], [])
    assert kept(living) == (950, {mrn: 950})


def test_goods_that_have_not_arrived_draw_nothing_until_they_do(living):
    waiting = living.cleared("L1", claim(900, **PRE_LODGED))
    assert granted(living, waiting)[0] == []
    assert kept(living) == (0, {})
    other = living.cleared("L2", claim(700))
    arrive(living.journal, waiting, LATER, "trader")
    living.catch_up()
    assert [granted(living, mrn)[0] for mrn in (other, waiting)] == [[Decimal(700)], [Decimal(300)]]


def test_what_never_arrives_has_drawn_nothing(living):
    living.cleared("L1", claim(900, **PRE_LODGED))
    strike(living.journal, living.cleared("L2", claim(100, **PRE_LODGED)), MOMENT.replace(month=5))
    living.catch_up()
    assert kept(living) == (0, {})
