"""Artefacts are kept to the byte; what stands follows from acts; reasons and like cases say true things."""

from datetime import date

import msgspec
import numpy as np
import polars as pl
import pytest

from tests.unit.risk.making import profile
from tests.unit.risk.trading import history, trade
from tidegate.acts import ModelAdopted, ModelWithdrawn, PolicyAdopted, ProfileAdopted, ProfileWithdrawn
from tidegate.risk import Policy
from tidegate.risk.aiming import Aim
from tidegate.risk.artefact import digest_of, read_artefact, train_artefact, validated
from tidegate.risk.history import pseudonymous
from tidegate.risk.likeness import like_cases
from tidegate.risk.models import BadModelError, Training
from tidegate.risk.standing import Standing, standing
from tidegate.risk.targeting import remember
from tidegate.risk.watching import CONTROLS, changed_at, watch

pytest.importorskip("catboost", reason="the extra `models` is not installed")
QUICK = Training(rounds=40, members=1)
DAY = date(2026, 6, 1)
POLICY = Policy(
    random_share=0.1,
    red_threshold=0.6,
    yellow_threshold=0.3,
    blue_threshold=0.2,
    red_capacity=1,
    yellow_capacity=1,
)


@pytest.fixture(scope="module")
def told():
    return history(1_200).with_columns(pl.lit("2026").alias("carrier"))


@pytest.fixture(scope="module")
def artefact(told):
    return train_artefact(told, 3, training=QUICK)


def model(digest, start=date(2026, 1, 1), until=date(2026, 12, 31)):
    return ModelAdopted(
        model=digest,
        owner="a",
        purpose="p",
        start=start,
        until=until,
        seed=1,
        learned_to=0,
        results=1,
        irregular=1,
    )


def adopted(code, weight=0.5):
    return ProfileAdopted(
        code=code,
        owner="a",
        purpose="p",
        condition="value > 1",
        weight=weight,
        reason="r",
        start=DAY,
        until=DAY,
    )


def test_the_same_history_and_seed_give_the_same_bytes_and_another_seed_does_not(told, artefact):
    assert train_artefact(told, 3, training=QUICK).octets() == artefact.octets()
    assert train_artefact(told, 4, training=QUICK).octets() != artefact.octets()


def test_an_artefact_read_back_scores_as_it_did(artefact, told):
    octets = artefact.octets()
    again = read_artefact(octets, digest_of(octets))
    assert again.octets() == octets
    day = date(2026, 5, 3)
    for one in (artefact, again):
        look = Aim(remember(told, plan=one.plan), day, one).look(trade({"importer": "T3"}))
        assert look["D00000"].likelihood == pytest.approx(0.5, abs=0.4)
    aims = [Aim(remember(told, plan=one.plan), day, one).look(told[:50]) for one in (artefact, again)]
    assert aims[0] == aims[1]


@pytest.mark.parametrize("wrong", [b"", b"{}", b"not json"])
def test_bytes_that_are_no_artefact_are_refused(wrong):
    with pytest.raises(BadModelError):
        read_artefact(wrong)


def test_an_artefact_whose_parts_do_not_fit_is_refused(artefact):
    raw = msgspec.json.decode(artefact.octets())
    for part, value in (("usual", [0.0]), ("bars", []), ("form", "another")):
        with pytest.raises(BadModelError):
            read_artefact(msgspec.json.encode({**raw, part: value}))
    with pytest.raises(BadModelError, match="digest"):
        read_artefact(artefact.octets(), "0" * 64)


def test_a_larger_share_has_a_lower_bar(artefact):
    bars = [artefact.bar(share) for share in (0.01, 0.05, 0.1, 0.5, 1.0)]
    assert bars == sorted(bars, reverse=True)
    assert bars[0] > bars[-1]


def test_pseudonyms_tell_entities_apart_and_change_no_feature(told):
    hidden = pseudonymous(told, b"key")
    assert not set(told["importer"]) & set(hidden["importer"])
    assert hidden["importer"].n_unique() == told["importer"].n_unique()
    assert set(pseudonymous(told, b"other")["importer"]) != set(hidden["importer"])
    by_order = told.sort("occurred", "declaration", "item")
    asked = by_order.with_columns(pseudonym=pl.int_range(pl.len()))
    first, second = (
        remember(one).matrix(one) for one in (by_order, pseudonymous(asked, b"key").sort("pseudonym"))
    )
    assert np.array_equal(first, second)


def test_what_is_often_irregular_is_given_as_the_reason_with_what_would_be_otherwise(told, artefact):
    aim = Aim(remember(told, plan=artefact.plan), date(2026, 5, 3), artefact)
    look = aim.look(trade({"importer": "T3", "commodity": "640399"}))["D00000"]
    assert any("T3" in one.text or "640399" in one.text for one in look.accounts)
    for one in look.accounts:
        assert one.without == pytest.approx(look.likelihood - one.effect, abs=1e-6)
        assert f"{one.without:.1%}, not {look.likelihood:.1%}" in one.text
    effects = [one.effect for one in look.accounts]
    assert effects == sorted(effects, reverse=True)


def test_what_is_looked_at_alone_and_in_a_batch_is_the_same(told, artefact):
    aim = Aim(remember(told, plan=artefact.plan), date(2026, 5, 3), artefact)
    batch = told[:200]
    whole = aim.look(batch)
    alone = {name: aim.look(batch.filter(pl.col("declaration") == name))[name] for name in whole}
    assert alone == whole


def test_a_model_is_validated_on_what_came_after_it_learned(told):
    figures = validated(told, 1, training=QUICK)
    assert figures.auc > 0.6
    assert validated(told.head(20), 1, training=QUICK) is None
    assert validated(told.clear(), 1) is None


def test_the_last_model_adopted_decides_on_its_days_and_a_withdrawn_one_gives_way():
    acts = [(model("a"), ("x",)), (model("b", until=date(2026, 5, 31)), ("y",))]
    stands = standing(acts, Standing((), POLICY))
    assert stands.champion(date(2026, 5, 31)).artefact == "y"
    assert stands.champion(DAY).artefact == "x"
    assert stands.champion(date(2025, 1, 1)) is None
    left = stands.after(ModelWithdrawn(model="a", owner="a", reason="r"))
    assert left.champion(DAY) is None


def test_profiles_and_policy_come_and_go_by_acts():
    shipped = Standing((profile(code="P1"), profile(code="P2")), POLICY)
    policy = PolicyAdopted(
        owner="a",
        purpose="p",
        random_share=0.3,
        red_threshold=0.9,
        yellow_threshold=0.8,
        blue_threshold=0.7,
        red_capacity=1,
        yellow_capacity=1,
    )
    acts = [adopted("A1"), adopted("P2", 0.9), ProfileWithdrawn(code="P1", owner="a", reason="r"), policy]
    stands = standing([(act, ()) for act in acts], shipped)
    assert [(one.code, one.weight) for one in stands.profiles] == [("A1", 0.5), ("P2", 0.9)]
    assert stands.policy.random_share == 0.3
    assert shipped.policy.random_share == 0.1


def test_like_cases_share_most_and_are_not_the_case_itself(told):
    asked = trade({"importer": "T3", "commodity": "640399", "seller": "S7"})
    asked = asked.with_columns(pl.lit("ME").alias("declaration"))
    cases = like_cases(pl.concat([told, asked], how="diagonal"), asked)
    assert len(cases) == 5
    assert all("trader" in one.shared and "subheading" in one.shared for one in cases)
    assert "ME" not in [one.declaration for one in cases]
    assert like_cases(told.clear(), asked) == []


def controls(*groups):
    rows = []
    for office, count, stratum, chance in groups:
        draws = np.random.default_rng(len(rows))
        for _ in range(count):
            found = bool(draws.random() < chance) if stratum != "none" else None
            row = (
                f"D{len(rows)}",
                date(2026, 1, 1),
                stratum,
                stratum != "none",
                found,
                0.1,
                0.2,
                0.2,
                office,
            )
            rows.append(row)
    return pl.DataFrame(rows, schema={**CONTROLS, "office": pl.String()}, orient="row")


def test_a_group_that_is_crushed_and_one_that_escapes_stand_out():
    told = watch(
        controls(
            ("A", 400, "none", 0), ("A", 40, "targeted", 0.6), ("A", 40, "random", 0.05),
            ("B", 300, "none", 0), ("B", 120, "targeted", 0.02), ("B", 40, "random", 0.05),
            ("C", 900, "none", 0), ("C", 90, "random", 0.5),
        ),
        ("office",),
    )  # fmt: skip
    assert {one.value: one.concern for one in told.groups["office"]} == {
        "A": "",
        "B": "crushed",
        "C": "escapes",
    }
    assert told.expected == pytest.approx(0.2 * 170)


def test_a_change_is_told_with_its_place_and_chance_is_not():
    draws = np.random.default_rng(5)
    steady = (draws.random(2_000) < 0.1).astype(float)
    changed = np.concatenate([steady, (draws.random(800) < 0.3).astype(float)])
    assert changed_at(steady) is None
    assert changed_at(changed) == pytest.approx(2_000, abs=60)
    assert changed_at(np.ones(10)) is None


def test_steady_sequences_seldom_raise_an_alarm():
    alarms = [
        changed_at((np.random.default_rng(seed).random(600) < 0.08).astype(float)) is not None
        for seed in range(200)
    ]
    assert sum(alarms) <= 2
