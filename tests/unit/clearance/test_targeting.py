"""Targeting in the node: what is adopted decides from its position on, alike however acts come in batches."""

import shutil
from datetime import date

import apsw
import msgspec
import pytest

from tests.unit.clearance.aiming import (
    CAUGHT,
    CLEAN,
    adopt_model,
    adoption,
    artefact,
    assessed,
    channel,
    control,
    lodge,
    play_days,
    policy,
    profile,
)
from tests.unit.clearance.making import KEY, RED, Post, terms
from tests.unit.clearance.stream import outcome
from tidegate.acts import OfficeCapacity
from tidegate.clearance import ClearanceResponder, acts_about
from tidegate.clearance.past import history
from tidegate.journal import Wanted, erase, responders
from tidegate.journal.model import Key
from tidegate.risk.adopting import TargetingRefusedError
from tidegate.risk.history import unpacked
from tidegate.risk.selection import draw


class Newer(ClearanceResponder):
    version = ClearanceResponder.version + 1


class CrashError(Exception):
    """The process ended here."""


def played(folder, catch_up):
    post = Post(folder, terms())
    numbers = play_days(post, lambda: catch_up(post))
    found = outcome(post, numbers)
    post.journal.close()
    return found


@pytest.fixture(scope="module")
def in_one_go(tmp_path_factory):
    return played(tmp_path_factory.mktemp("whole"), lambda post: post.catch_up())


@pytest.fixture
def caught(post):
    """A post where the goods of one importer were found irregular on the first day."""
    mrn = lodge(post, "L1", CAUGHT, 0, RED)
    post.catch_up()
    control(post, mrn, "irregular", 0)
    post.catch_up()
    return post


def kept_by(post):
    connection = apsw.Connection(str(post.folder / "responders" / "clearance.sqlite"))
    try:
        return history(connection)
    finally:
        connection.close()


def test_the_days_have_every_stratum_in_them(in_one_go):
    assert {one.stratum for one in in_one_go["read"]} >= {"random", "exploring", "targeted", "none"}


@pytest.mark.parametrize("batch", [1, 7])
def test_batches_of_one_and_of_seven_come_to_the_same(tmp_path, in_one_go, batch):
    assert played(tmp_path, lambda post: post.catch_up(batch)) == in_one_go


def test_one_responder_that_keeps_its_memory_comes_to_the_same(tmp_path, in_one_go):
    kept = []

    def catch_up(post):
        kept[:] = kept or [post.responder()]
        post.catch_up(5, responder=kept[0])

    assert played(tmp_path, catch_up) == in_one_go


def test_a_crash_between_answering_and_remembering_comes_to_the_same(tmp_path, in_one_go, monkeypatch):
    kept = []

    def crashed(post):
        kept[:] = kept or [post.responder()]

        def crash(_connection, _position):
            raise CrashError

        with monkeypatch.context() as patched:
            patched.setattr(responders, "move", crash)
            with pytest.raises(CrashError):
                post.catch_up(4, responder=kept[0])
        post.catch_up(9, responder=kept[0])

    assert played(tmp_path, crashed) == in_one_go


def test_tables_lost_on_the_way_come_to_the_same(tmp_path, in_one_go):
    def lost(post):
        post.catch_up(6)
        shutil.rmtree(post.folder / "responders")
        post.catch_up(6)

    assert played(tmp_path, lost) == in_one_go


def test_a_new_version_remembers_what_the_old_one_did(tmp_path, in_one_go):
    turns = []

    def renewed(post):
        turns.append(1)
        newer = Newer(post.terms, KEY, post.journal)
        post.catch_up(4, responder=newer if len(turns) > 3 else None)

    assert played(tmp_path, renewed) == in_one_go


def test_a_model_decides_from_its_position_on_and_not_before(caught):
    adoption(caught).adopt_policy(policy())
    before = lodge(caught, "L2", CAUGHT, 1)
    adopt_model(caught, 1)
    after = lodge(caught, "L3", CAUGHT, 1)
    caught.catch_up()
    assert (assessed(caught, before).likelihood, assessed(caught, before).model) == (None, "")
    assert assessed(caught, after).likelihood == pytest.approx(0.880797)
    assert (channel(caught, after).channel, channel(caught, after).stratum) == ("red", "targeted")
    assert channel(caught, before).channel == "green"


def test_a_withdrawn_model_and_one_past_its_days_decide_nothing(caught):
    adopt_model(caught, 1, until=date(2026, 3, 2))
    adopt_model(caught, 1, artefact(high=1.0))
    adoption(caught, 1).withdraw_model(adoption(caught).standing.models[1].name, "Another is better.")
    today, tomorrow = lodge(caught, "L2", CAUGHT, 1), lodge(caught, "L3", CAUGHT, 2)
    caught.catch_up()
    assert assessed(caught, today).likelihood == pytest.approx(0.880797)
    assert assessed(caught, tomorrow).likelihood is None


def test_what_a_control_finds_today_counts_from_tomorrow(post):
    adopt_model(post)
    first = lodge(post, "L1", CAUGHT, 0, RED)
    post.catch_up()
    control(post, first, "irregular", 0)
    today, tomorrow = lodge(post, "L2", CAUGHT, 0), lodge(post, "L3", CAUGHT, 1)
    clean = lodge(post, "L4", CLEAN, 1)
    post.catch_up()
    likely = [assessed(post, mrn).likelihood for mrn in (today, tomorrow, clean)]
    assert likely == pytest.approx([0.047426, 0.880797, 0.047426])


def test_the_first_result_counts_and_not_the_officers_letting_go(post):
    mrn = lodge(post, "L1", CAUGHT, 0, RED)
    post.catch_up()
    control(post, mrn, "irregular", 0)
    post.catch_up()
    control(post, mrn, "conform", 1)
    post.catch_up()
    assert kept_by(post)["irregular"].to_list() == [True, True]


def test_what_is_rejected_is_not_remembered(post):
    lodge(post, "L1", CAUGHT, 0, {"TypeCode": "IMA", "InvoiceAmount": None})
    lodge(post, "L2", CLEAN, 0)
    flawed = lodge(
        post,
        "L3",
        CAUGHT,
        0,
        {"GoodsShipment/GovernmentAgencyGoodsItem[1]/Commodity/InvoiceLine/ItemChargeAmount": "1.00 EUX"},
    )
    post.catch_up()
    assert flawed not in kept_by(post)["declaration"].to_list()
    assert kept_by(post)["importer"].to_list().count(CLEAN) == 2


def test_the_reasons_of_a_model_say_what_would_be_otherwise(caught):
    adopt_model(caught, 1)
    mrn = lodge(caught, "L2", CAUGHT, 1)
    caught.catch_up()
    reason = assessed(caught, mrn).reasons[0]
    assert reason.profile == ""
    assert "all that is known of the trader as usual, the likelihood would be 4.7%, not 88.1%" in reason.text
    assert CAUGHT in reason.text
    assert "with a result" in reason.text


def test_exploration_is_drawn_with_the_probability_that_stands_in_the_act(post):
    adoption(post).adopt_policy(policy(exploring_share=0.3, usual_strangeness=1.0))
    numbers = [lodge(post, f"L{n}", f"XA{n:09}", 0) for n in range(30)]
    post.catch_up()
    acts = [channel(post, mrn) for mrn in numbers]
    drawn = [act for act in acts if act.stratum == "exploring"]
    assert 3 < len(drawn) < 25
    for act in acts:
        chance = 0.3 * assessed(post, act.mrn).strangeness
        assert (act.stratum == "exploring") == (draw(KEY, act.mrn, "exploring") < chance)
        assert act.random_share == 0.0
    assert drawn[0].probability == pytest.approx(0.3 * assessed(post, drawn[0].mrn).strangeness)


def test_a_trusted_trader_is_not_targeted_until_something_is_found(post):
    adopt_model(post, of=artefact(low=2.5, high=3.0))
    adoption(post).adopt_policy(policy(trusted=(CAUGHT,)))
    spared = lodge(post, "L1", CAUGHT, 0)
    other = lodge(post, "L2", CLEAN, 0)
    post.catch_up()
    assert (channel(post, spared).stratum, channel(post, other).stratum) == ("profile", "targeted")
    control(post, spared, "irregular", 0)
    lapsed = lodge(post, "L3", CAUGHT, 1)
    post.catch_up()
    assert channel(post, lapsed).stratum == "targeted"


def test_offices_have_capacities_of_their_own(post):
    adoption(post).adopt_policy(policy(offices={"XAPRT001": OfficeCapacity(1, 0)}))
    numbers = [lodge(post, f"L{n}", CLEAN, 0, RED) for n in range(3)]
    post.catch_up()
    assert [channel(post, mrn).channel for mrn in numbers] == ["red", "blue", "blue"]


def test_a_profile_holds_from_its_adoption_and_until_it_is_withdrawn(post):
    first = lodge(post, "L1", CLEAN, 0, {})
    adoption(post).adopt_profile(profile(condition="value > 0"))
    second = lodge(post, "L2", CLEAN, 0)
    adoption(post).withdraw_profile("A1", "Too wide.")
    third = lodge(post, "L3", CLEAN, 0)
    post.catch_up()
    profiles = [{one.profile for one in assessed(post, mrn).reasons} for mrn in (first, second, third)]
    assert ["A1" in one for one in profiles] == [False, True, False]


def test_who_comes_second_looks_again(post):
    mine, theirs = adoption(post), adoption(post)
    mine.adopt_profile(profile())
    with pytest.raises(TargetingRefusedError, match="Look again"):
        theirs.adopt_policy(policy())


def test_what_is_erased_is_forgotten_by_the_memory_too(caught):
    adopt_model(caught, 1)
    (mrn,) = set(kept_by(caught)["declaration"].to_list())
    positions = frozenset(entry.position for entry, _ in acts_about(caught.journal, mrn))
    keeping = caught.responder()
    before = lodge(caught, "L9", CAUGHT, 1)
    caught.catch_up(responder=keeping)
    assert assessed(caught, before).likelihood == pytest.approx(0.880797)
    wanted = Wanted(positions=positions, about=(Key(f"mrn:{mrn}"),))
    erase(
        caught.journal,
        wanted,
        reason="asked",
        author=Key("node"),
        occurred=caught.journal.read(0, 1)[0].occurred,
    )
    later = lodge(caught, "L2", CAUGHT, 2)
    caught.catch_up(responder=keeping)
    assert assessed(caught, later).likelihood == pytest.approx(0.047426)
    assert mrn not in kept_by(caught)["declaration"].to_list()


def test_nothing_to_learn_from_is_an_empty_history():
    assert unpacked([]).height == 0
    assert msgspec.structs.fields(type(policy()))
