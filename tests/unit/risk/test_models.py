"""Models: trained in the order of time, scored by numpy as the library scores, kept to the byte."""

import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from tests.unit.risk.trading import START, history, trade
from tidegate.risk.models import (
    BadModelError,
    TooLittleToLearnError,
    Training,
    input_names,
    inputs,
    read_model,
    train,
)
from tidegate.risk.models.trees import trees_of
from tidegate.risk.targeting import learn_targeting, remember

catboost = pytest.importorskip("catboost", reason="the extra `models` is not installed")
QUICK = Training(rounds=60, members=2)


@pytest.fixture(scope="module")
def told():
    return history(1_500)


@pytest.fixture(scope="module")
def targeting(told):
    return learn_targeting(told, 7, training=QUICK)


def test_what_is_often_irregular_scores_higher(targeting):
    bad, good = targeting.score(trade({"day": 130, "importer": "T3"}, {"day": 130, "importer": "T5"}))
    assert bad > 2 * good


def test_scores_are_probabilities(targeting):
    later = history(1_500, seed=9)
    later = later.filter(later["occurred"] > START + timedelta(days=60))
    score = targeting.score(later)
    assert abs(score.mean() - later["irregular"].mean()) < 0.05
    assert 0 < score.min() < score.max() < 1


def test_numpy_scores_as_the_library_does_to_the_last_bit(told, tmp_path):
    memory = remember(told)
    matrix = inputs(memory, told)
    model = catboost.CatBoost({"iterations": 50, "depth": 4, "verbose": False, "allow_writing_files": False,
                               "loss_function": "Logloss"})  # fmt: skip
    model.fit(catboost.Pool(matrix, told["irregular"].cast(int).to_numpy()))
    model.save_model(str(tmp_path / "m.json"), format="json")
    trees = trees_of(json.loads((tmp_path / "m.json").read_bytes()))
    expected = model.predict(catboost.Pool(matrix), prediction_type="RawFormulaVal")
    assert np.abs(trees.margins(matrix) - expected).max() < 1e-12


def test_a_score_does_not_depend_on_its_batch(targeting, told):
    matrix = inputs(targeting.memory, told)
    whole = targeting.model.score(matrix, threads=2)
    alone = np.concatenate([targeting.model.score(matrix[place : place + 1]) for place in range(70)])
    assert np.array_equal(alone, whole[:70])
    assert np.array_equal(targeting.model.score(matrix[:200]), whole[:200])


def test_the_same_history_and_seed_give_the_same_model_to_the_byte(told, targeting):
    again = learn_targeting(told.sample(fraction=1.0, shuffle=True, seed=3), 7, training=QUICK)
    assert again.model.artefact() == targeting.model.artefact()
    other = learn_targeting(told, 8, training=QUICK)
    assert other.model.digest() != targeting.model.digest()


def test_an_artefact_reads_back_as_the_same_model(targeting, told):
    artefact = targeting.model.artefact()
    model = read_model(artefact, targeting.model.digest())
    matrix = inputs(targeting.memory, told)
    assert np.array_equal(model.score(matrix), targeting.model.score(matrix))
    assert model.artefact() == artefact


def test_an_artefact_that_is_not_the_one_named_is_refused(targeting):
    artefact = targeting.model.artefact()
    with pytest.raises(BadModelError, match="digest"):
        read_model(artefact + b" ", targeting.model.digest())
    with pytest.raises(BadModelError, match="no model"):
        read_model(b"{}")
    broken = json.loads(artefact)
    broken["members"][0]["features"][0][0] = 10_000
    with pytest.raises(BadModelError, match="do not fit"):
        read_model(json.dumps(broken).encode())


@pytest.mark.parametrize("outcomes", [[True] * 100, [False] * 100, [True, False] * 5])
def test_too_little_is_not_learned_from(outcomes):
    told = trade(*({"day": 0, "irregular": one} for one in outcomes))
    with pytest.raises(TooLittleToLearnError, match="too few to learn from"):
        learn_targeting(told, 1)


def test_rows_without_a_result_teach_nothing_and_are_not_dropped_from_the_memory(told):
    half = told.with_columns(irregular=pl.when(pl.int_range(pl.len()) % 2 == 0).then("irregular"))
    targeting = learn_targeting(half, 1, training=QUICK)
    assert len(targeting.score(half)) == half.height
    memory = targeting.memory
    later = memory.features(trade({"day": 400, "importer": "T5"}))
    assert later["all.count"][0] == pytest.approx(np.log2(1 + 1_500))
    assert later["all.results"][0] == pytest.approx(np.log2(1 + 750))


def test_a_grave_outcome_has_a_score_of_its_own(told):
    grave = told["irregular"] & (told["importer"] == "T3")
    targeting = learn_targeting(told.with_columns(grave=grave), 1, training=QUICK)
    scores = targeting.score_grave(trade({"day": 130, "importer": "T3"}, {"day": 130, "commodity": "640399"}))
    assert scores[0] > 3 * scores[1]
    assert learn_targeting(told, 1, training=QUICK).score_grave(told) is None


def test_training_validates_on_what_comes_later(told):
    """The last part is never trained on before calibration: with noise for labels, slope is near nothing."""
    memory = remember(told)
    matrix = inputs(memory, told)
    noise = np.random.default_rng(1).random(len(matrix)) < 0.3
    model = train(matrix, noise.astype(float), input_names(memory), 1, QUICK)
    assert model.slope < 0.6
    assert train(matrix, told["irregular"].cast(float).to_numpy(), input_names(memory), 1, QUICK).slope > 0.6
