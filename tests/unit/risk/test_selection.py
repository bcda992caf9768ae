"""Selection: thresholds, capacities in their order, and the random stratum that none of them bounds."""

import hashlib
import hmac
from datetime import date

import msgspec
import pytest

from tidegate.risk import Loads, Policy, draw, select

KEY = bytes(range(32))
DAY = date(2026, 3, 1)
POLICY = Policy(
    random_share=0.0,
    red_threshold=0.6,
    yellow_threshold=0.35,
    blue_threshold=0.2,
    red_capacity=2,
    yellow_capacity=1,
)
NUMBERS = [f"26XA{number:013d}0" for number in range(4_000)]


def chosen(scores, policy=POLICY, loads=None, office="XAPRT001", day=DAY):
    loads = loads or Loads()
    return [
        select(mrn, score, office, day, policy=policy, key=KEY, loads=loads)
        for mrn, score in zip(NUMBERS, scores, strict=False)
    ]


@pytest.mark.parametrize(
    ("score", "channel"),
    [(0.6, "red"), (0.59, "yellow"), (0.35, "yellow"), (0.34, "blue"), (0.2, "blue"), (0.19, "green")],
)
def test_a_score_that_reaches_a_threshold_takes_its_channel(score, channel):
    (choice,) = chosen([score])
    assert choice.channel == channel
    assert (choice.stratum == "none") == (channel == "green")
    assert f"{score:.2f}" in choice.grounds


def test_capacity_is_given_in_the_order_of_asking_and_the_next_channel_takes_over():
    choices = chosen([0.7] * 5)
    assert [choice.channel for choice in choices] == ["red", "red", "yellow", "blue", "blue"]
    assert choices[2].grounds.endswith("The office has its 2 examinations for 2026-03-01.")
    assert choices[3].grounds.endswith("The office has its 1 document checks for 2026-03-01.")


def test_each_office_and_day_has_a_capacity_of_its_own():
    loads = Loads()
    for office, day in (("A", DAY), ("B", DAY), ("A", date(2026, 3, 2))):
        assert [one.channel for one in chosen([0.7, 0.7], loads=loads, office=office, day=day)] == ["red"] * 2


def test_the_draw_is_the_hmac_of_the_number_under_the_key():
    first = hmac.new(KEY, b"26XA1", hashlib.sha256).hexdigest()[:12]
    assert draw(KEY, "26XA1") == int(first, 16) / 16**12
    assert draw(bytes(32), "26XA1") != draw(KEY, "26XA1")


def test_the_random_stratum_is_close_to_its_share_and_exactly_those_drawn():
    policy = msgspec.structs.replace(POLICY, random_share=0.05)
    taken = {
        mrn
        for mrn, one in zip(NUMBERS, chosen([0.0] * 4_000, policy), strict=True)
        if one.stratum == "random"
    }
    assert taken == {
        mrn
        for mrn in NUMBERS
        if int.from_bytes(hmac.new(KEY, mrn.encode(), hashlib.sha256).digest()[:6]) < 0.05 * 2**48
    }
    assert len(taken) / 4_000 == pytest.approx(0.05, abs=0.01)


def test_the_random_stratum_does_not_ask_for_capacity_but_takes_it():
    policy = msgspec.structs.replace(POLICY, random_share=1.0, red_capacity=0)
    loads = Loads()
    assert {(one.channel, one.stratum) for one in chosen([0.9] * 9, policy, loads)} == {("red", "random")}
    assert loads.of("XAPRT001", DAY, "red") == 9
    assert chosen([0.7], msgspec.structs.replace(POLICY, red_capacity=9), loads)[0].channel == "yellow"


@pytest.mark.parametrize(
    "changes",
    [
        {"random_share": 1.01},
        {"random_share": -0.1},
        {"yellow_threshold": 0.7},
        {"blue_threshold": 0.0},
        {"red_threshold": 1.1},
        {"red_capacity": -1},
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(changes):
    with pytest.raises(ValueError, match="must"):
        Policy(**{**msgspec.structs.asdict(POLICY), **changes})
