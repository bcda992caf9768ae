"""What is measured: times by stage and holder, volumes, revenue, controls, what waits, what lies behind."""

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.insight.making import BEGIN, MRN, WEEK, Told, assessed
from tidegate.acts import (
    AssessmentOverridden,
    ChannelAssigned,
    DeclarationAssessed,
    DeclarationInvalidated,
    QueryAnswered,
    QueryRaised,
    TaxLine,
)
from tidegate.insight import (
    BOUNDS,
    HOLDERS,
    InsightReader,
    Span,
    ages,
    behind,
    case,
    release_times,
    revenue,
    revenue_by_chapter,
    trend,
    volumes,
    waiting,
)
from tidegate.insight.controls import _performance, controls_and_hits, latest_decisions
from tidegate.insight.model import bucket_of
from tidegate.journal import digest, replay
from tidegate.risk.estimates import performance

HOUR = 3600


@pytest.fixture
def told(tmp_path):
    made = Told(tmp_path)
    yield made
    made.journal.close()


def stages(tables, **how):
    return {(one.of, one.stage): one for one in release_times(tables, WEEK, **how)}


def within_a_bucket(told_seconds, seconds):
    return seconds <= told_seconds <= seconds * 2 ** (1 / 8) + 1


def test_time_goes_to_who_had_to_act_and_adds_up_to_the_whole(told):
    mrn = told.lodge(1, 0, channel="yellow", due="100")
    told.control(mrn, 2)
    told.say(2, QueryRaised(mrn=mrn, authority="health"))
    told.say(5, QueryAnswered(mrn=mrn))
    told.pay(mrn, 9, "100")
    told.release(mrn, 9.5)
    with told.figures() as tables:
        one = case(tables, mrn)
        figures = stages(tables)
    assert one.held == {"customs": 2.5 * HOUR, "agency": 3 * HOUR, "trader": 4 * HOUR}
    assert sum(one.held.values()) == one.released - one.presented
    assert within_a_bucket(figures["", "release"].median, 9.5 * HOUR)
    assert within_a_bucket(figures["", "control"].median, 2 * HOUR)
    assert within_a_bucket(figures["", "payment"].median, 9 * HOUR)
    assert within_a_bucket(figures["", "letting go"].median, 0.5 * HOUR)
    assert figures["", "customs"].mean == 2.5 * HOUR


def test_time_before_the_goods_are_there_is_nobodys_delay(told):
    mrn = told.lodge(1, 0, type_="IMD")
    told.arrive(mrn, 48)
    told.decide(mrn, 48, channel="red")
    told.control(mrn, 50)
    told.release(mrn, 50)
    with told.figures() as tables:
        figures = stages(tables)
    assert within_a_bucket(figures["", "before"].median, 48 * HOUR)
    assert within_a_bucket(figures["", "release"].median, 2 * HOUR)
    assert figures["", "carrier"].mean == 0


def test_what_took_no_time_counts_as_none(told):
    for number, hours in enumerate((0, 0, 4)):
        mrn = told.lodge(number, 0, channel="yellow" if hours else "green")
        if hours:
            told.control(mrn, hours)
        told.release(mrn, hours)
    with told.figures() as tables:
        customs, agency = stages(tables)["", "customs"], stages(tables)["", "agency"]
        by_hour = release_times(tables, WEEK, by="hour")
    assert (customs.consignments, customs.median) == (3, 0)
    assert customs.mean == pytest.approx(4 * HOUR / 3)
    assert (agency.consignments, agency.ninth, agency.mean) == (3, 0, 0)
    assert [(one.of, one.stage, one.consignments) for one in by_hour] == [("08", "release", 3)]


def test_a_red_control_that_was_ordered_early_counts_from_arrival(told):
    mrn = MRN.format(1)
    told.lodge(1, 0, type_="IMD")
    told.decide(mrn, 0, channel="red")
    told.arrive(mrn, 10)
    told.control(mrn, 11)
    told.release(mrn, 11)
    with told.figures() as tables:
        assert within_a_bucket(stages(tables)["", "control"].median, HOUR)


def test_medians_are_those_of_the_times_to_the_bucket(told):
    draws = random.Random(7)
    hours = sorted(draws.lognormvariate(1, 1.2) for _ in range(99))
    for number, one in enumerate(hours):
        told.release(told.lodge(number, 0, channel="green", office=f"XA{number % 3}"), one)
    with told.figures() as tables:
        whole = stages(tables)["", "release"]
        every = stages(tables, by="office")
        alone = release_times(tables, WEEK, by="office", whole_alone=True)
    seconds = [int(one * HOUR) for one in hours]
    assert within_a_bucket(whole.median, seconds[49])
    assert within_a_bucket(whole.ninth, seconds[89])
    assert whole.mean == pytest.approx(sum(seconds) / 99, abs=1)
    assert alone == [every[f"XA{n}", "release"] for n in range(3)]
    assert sum(every[f"XA{n}", "release"].consignments for n in range(3)) == 99


def test_bounds_of_buckets_are_close_and_cover_two_years():
    assert all(high <= low * 1.092 + 1 for low, high in pairwise(BOUNDS))
    assert BOUNDS[-1] > 2 * 365 * 86_400
    assert all(bucket_of(bound) == place for place, bound in enumerate(BOUNDS))
    assert bucket_of(10**12) == len(BOUNDS) - 1


def test_a_long_span_read_by_months_says_what_its_days_say(told):
    for number in range(40):
        told.release(told.lodge(number, number * 70, due="10"), number * 70 + 1 + number % 5)
    long = Span(date(2026, 3, 2), date(2026, 6, 25))
    with told.figures() as tables:
        days = [Span(long.since + timedelta(n), long.since + timedelta(n)) for n in range(long.days)]
        one_by_one = sum(one.count for day in days for one in volumes(tables, day) if one.what == "released")
        by_months = [one for one in volumes(tables, long) if one.what == "released"]
        whole = next(one for one in release_times(tables, long) if one.stage == "release")
        money = sum(one.amount for one in revenue(tables, long))
    assert {one.at for one in by_months} == {"2026-03", "2026-04", "2026-05", "2026-06"}
    assert sum(one.count for one in by_months) == one_by_one == whole.consignments == 40
    assert money == 400


@pytest.mark.parametrize(
    ("since", "until", "kinds"),
    [
        ("2026-03-01", "2026-04-30", ["month"]),
        ("2026-03-02", "2026-04-30", ["day", "month"]),
        ("2026-03-01", "2026-05-05", ["month", "day"]),
        ("2026-03-05", "2026-03-20", ["day"]),
        ("2026-03-20", "2026-04-10", ["day"]),
        ("2025-12-31", "2026-02-01", ["day", "month", "day"]),
    ],
)
def test_a_span_is_cut_into_whole_months_and_the_days_around_them(since, until, kinds):
    parts = list(Span(date.fromisoformat(since), date.fromisoformat(until)).parts())
    assert [kind for kind, _, _ in parts] == kinds
    assert parts[0][1] in (since, since[:7])
    assert parts[-1][2] in (until, until[:7])


def test_revenue_counts_what_an_assessment_changes_and_drops_what_is_invalidated(told):
    mrn = told.lodge(1, 0, due="100")
    other = told.lodge(2, 0, due="50")
    line = TaxLine(item=1, type="A00", base=Decimal(1), rate=None, amount=Decimal(130), currency="XTS")
    told.say(
        30,
        AssessmentOverridden(mrn=mrn, taxes=(line,), due=Decimal(130), currency="XTS", reason="freight"),
    )
    told.say(31, DeclarationInvalidated(mrn=other))
    with told.figures() as tables:
        found = [(one.at, one.amount) for one in revenue(tables, WEEK)]
    assert found == [("2026-03-02", 150), ("2026-03-03", -20)]


def test_controls_tell_rates_with_intervals_and_the_random_stratum_tells_of_all(told):
    for number in range(200):
        at_random = number < 40
        mrn = told.lodge(
            number, 0, channel="red" if at_random else "green", stratum="random" if at_random else "none",
            share=0.2,
        )  # fmt: skip
        if at_random:
            told.control(mrn, 1, "irregular" if number < 4 else "conform")
    for number in range(200, 210):
        mrn = told.lodge(number, 0, channel="red", stratum="profile", share=0.2)
        told.control(mrn, 1, "irregular")
    with told.figures() as tables:
        found = controls_and_hits(tables, WEEK)
        hits = behind(tables, "hits", WEEK, stratum="profile")
        latest = latest_decisions(tables, WEEK, 30)
    assert (found.decided, found.controlled, found.results, found.hits) == (210, 50, 50, 14)
    rate = found.performance.hit_rate
    assert rate.value == pytest.approx(0.1)
    assert rate.low < 0.1 < rate.high
    by_profile = next(one for one in found.strata if one.stratum == "profile")
    assert by_profile.hit_rate.value == 1
    assert by_profile.hit_rate.low < 0.9
    assert {one.mrn for one in hits} == {MRN.format(number) for number in range(200, 210)}
    assert latest.height == 30


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["random", "profile", "targeted", "exploring", "none"]),
            st.sampled_from([0.02, 0.1]),
            st.sampled_from([None, True, False]),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_counts_say_of_all_what_the_rows_themselves_say(rows):
    counts = {}
    for stratum, share, found in rows:
        told = counts.setdefault((stratum, share), [0, 0, 0, 0])
        for place, one in enumerate((True, stratum != "none", found is not None, found is True)):
            told[place] += one
    frame = pl.DataFrame(
        {
            "stratum": [
                "none" if found is None and stratum != "random" else stratum.replace("profile", "targeted")
                for stratum, _, found in rows
            ],
            "random_probability": [share for _, share, _ in rows],
            "found": pl.Series([found for _, _, found in rows], dtype=pl.Boolean),
        }
    )
    assert _performance(counts) == performance(frame)


def test_what_waits_is_told_by_holder_and_age(told):
    told.lodge(1, 0, due="100")
    told.lodge(2, 5, channel="yellow", due="100")
    told.lodge(3, 6, type_="IMD")
    done = told.lodge(4, 0)
    told.release(done, 1)
    with told.figures() as tables:
        found = ages(tables, BEGIN + timedelta(hours=10))
        slow = waiting(tables, holder="trader")
    assert [(one.holder, one.waits, one.oldest // HOUR) for one in found] == [
        ("trader", "payment", 10),
        ("customs", "control", 5),
        ("carrier", "arrival", 4),
    ]
    assert [one.mrn for one in slow] == [MRN.format(1)]


def test_the_slowest_come_first_and_each_leads_to_its_first_act(told):
    for number, hours in enumerate((3, 70, 1, 20)):
        told.release(told.lodge(number, 0), hours)
    with told.figures() as tables:
        found = behind(tables, "slowest", WEEK, limit=3)
    assert [one.seconds // HOUR for one in found] == [70, 20, 3]
    entry = told.journal.read(found[0].position, 1)[0]
    assert (entry.kind, entry.keys) == ("declaration.lodged", (f"mrn:{found[0].mrn}",))


def test_a_point_of_the_trend_is_the_day_of_release(told):
    told.release(told.lodge(1, 0), 3)
    told.release(told.lodge(2, 0), 30)
    with told.figures() as tables:
        assert [(one.at, one.consignments) for one in trend(tables, WEEK)] == [
            ("2026-03-02", 1),
            ("2026-03-03", 1),
        ]


def _busy(told):
    """Consignments whose acts are mixed, changed, escalated and stated out of their order."""
    draws = random.Random(3)
    for number in range(60):
        mrn = told.lodge(
            number, draws.random() * 90, office=f"XA{number % 4}", due=str(number),
            channel=draws.choice(["green", "yellow", "red"]), type_=draws.choice(["IMA", "IMD", "EXA"]),
        )  # fmt: skip
        deeds = [
            lambda mrn=mrn: told.arrive(mrn, draws.random() * 100),
            lambda mrn=mrn, number=number: told.say(50, assessed(mrn, str(number * 2 + 1))),
            lambda mrn=mrn: told.say(
                40, ChannelAssigned(mrn=mrn, channel="red", stratum="profile", grounds="", office="XA9")
            ),
            lambda mrn=mrn: told.control(mrn, draws.random() * 100, draws.choice(["conform", "irregular"])),
            lambda mrn=mrn: told.pay(mrn, draws.random() * 100, "5"),
            lambda mrn=mrn: told.release(mrn, draws.random() * 120),
        ]
        draws.shuffle(deeds)
        for deed in deeds:
            deed()


def test_however_it_is_cut_and_whenever_it_is_rebuilt_the_figures_are_the_same(told):
    _busy(told)
    digests = set()
    for batch in (1, 7, 1_000):
        with told.figures(f"read{batch}", batch) as tables:
            digests.add(digest(tables))
            held = [case(tables, MRN.format(number)) for number in range(60)]
    assert len(digests) == 1
    again = replay(told.journal, InsightReader(), told.folder / "read7")
    assert {again.before, again.after} == digests
    for one in held:
        if one.released is not None and one.presented is not None:
            assert sum(one.held.values()) == one.released - one.presented
            assert set(one.held) <= set(HOLDERS)


def _line(item, amount, chapter, tax="A00"):
    return TaxLine(
        item=item, type=tax, base=Decimal(1), rate=None, amount=Decimal(amount), currency="XTS",
        chapter=chapter,
    )  # fmt: skip


def test_revenue_is_told_by_chapter_and_leads_to_what_owes_it(told):
    bicycles, mixed, old = told.lodge(1, 0), told.lodge(2, 1), told.lodge(3, 2, due="7")
    for mrn, lines in (
        (bicycles, [_line(1, "30", "87")]),
        (mixed, [_line(1, "5", "87"), _line(2, "9", "03")]),
    ):
        due = sum(one.amount for one in lines)
        told.say(3, DeclarationAssessed(mrn=mrn, due=due, currency="XTS", taxes=tuple(lines)))
    # Assessed anew, only the difference stays.
    told.say(4, DeclarationAssessed(mrn=mixed, due=Decimal(4), currency="XTS", taxes=(_line(1, "4", "87"),)))
    with told.figures() as tables:
        found = [(one.chapter, one.amount) for one in revenue_by_chapter(tables, WEEK)]
        assert found == [("87", Decimal(34)), ("", Decimal(7))]
        assert sum(amount for _, amount in found) == sum(one.amount for one in revenue(tables, WEEK))
        assert [one.mrn for one in behind(tables, "decided", WEEK, chapter="87")] == [mixed, bicycles]
        assert [one.mrn for one in behind(tables, "decided", WEEK, tax="A00")] == [old, mixed, bicycles]
        assert behind(tables, "decided", WEEK, chapter="03") == []


def test_controls_are_told_by_channel_and_what_is_chosen_anew_counts_once(told):
    for number in range(3):
        told.lodge(number, number, channel="green")
    red = told.lodge(4, 4, channel="yellow", stratum="profile")
    told.say(
        5,
        ChannelAssigned(
            mrn=red, channel="red", stratum="profile", grounds="", office="XA1", random_share=0.02
        ),
    )
    told.control(red, 6, "irregular")
    with told.figures() as tables:
        found = {one.channel: one for one in controls_and_hits(tables, WEEK).channels}
    assert list(found) == ["green", "red"]
    assert (found["green"].decided, found["green"].results) == (3, 0)
    assert (found["red"].decided, found["red"].controlled, found["red"].hits) == (1, 1, 1)
    assert found["red"].hit_rate.value == 1.0
