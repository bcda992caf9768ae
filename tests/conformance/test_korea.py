"""The labelled Korean declarations: read alike by both readers, back-tested without a look at the answers."""

import csv
import json
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from tests.shared_data import shared_data
from tidegate.cli import cli
from tidegate.declarations.flat import load_mapping, read_flat
from tidegate.declarations.frame import GOODS_ITEM_COLUMNS, Lodged, goods_item_frame
from tidegate.risk.backtest import LABELS, backtest, figures_of
from tidegate.risk.labels import load_labels
from tidegate.risk.models import Training
from tidegate.risk.tables import read_table

DATA = shared_data()
pytestmark = pytest.mark.skipif(DATA is None, reason="the shared data is absent")
QUICK = Training(rounds=150, members=1)


def table_of(name: str):
    return read_table(DATA / "korea" / name, load_mapping("korea"), load_labels("korea"))


@pytest.fixture(scope="module")
def tables():
    pytest.importorskip("catboost", reason="the extra `models` is not installed")
    return table_of("train.csv"), table_of("valid.csv")


@pytest.fixture(scope="module")
def played(tables):
    history, test = tables
    return backtest(history.frame, test.frame, 1, training=QUICK)


@pytest.fixture(scope="module", autouse=True)
def _no_rivals():
    """The rivals take most of the time and have no part in these guarantees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tidegate.risk.backtest.RIVALS", {})
        yield


def test_a_file_read_at_once_and_its_declarations_one_by_one_are_the_same_frame():
    table = table_of("valid.csv")
    moment = datetime(2021, 1, 1, tzinfo=UTC)
    flat = read_flat(DATA / "korea" / "valid.csv", load_mapping("korea"))
    frame = goods_item_frame(Lodged(one.id, moment, one.declaration) for one in flat if one.declaration)
    shared = [
        name
        for name in frame.columns
        if name in table.frame.columns and name not in ("occurred", "payment_method")
    ]
    assert len(shared) > 15
    unlike = [name for name in shared if not frame[name].eq_missing(table.frame[name]).all()]
    assert unlike == []
    assert all(table.frame.schema[name] == GOODS_ITEM_COLUMNS[name] for name in shared)
    assert table.findings == ()


@pytest.mark.slow
def test_it_finds_more_than_a_quarter_of_an_hours_work(tables, played):
    told = figures_of(played.scores, tables[1].frame)
    assert told.precision_at["0.05"] > 0.948
    assert told.precision_at["0.10"] > 0.85
    assert told.brier < 0.06


@pytest.mark.slow
def test_no_label_of_the_test_is_read_for_its_scores(tables, played):
    history, test = tables
    shuffled = test.frame.with_columns(
        pl.col("irregular", "grave").shuffle(3), known=pl.lit(datetime(2019, 1, 1, tzinfo=UTC))
    )
    for other in (shuffled, test.frame.drop(LABELS), test.frame.with_columns(irregular=True)):
        again = backtest(history.frame, other, 1, training=QUICK)
        assert np.array_equal(again.scores, played.scores)
    assert figures_of(played.scores, test.frame.drop(LABELS)).auc is None


@pytest.mark.slow
def test_the_command_takes_several_files_and_a_test_without_labels(tmp_path):
    pytest.importorskip("catboost", reason="the extra `models` is not installed")
    folder = DATA / "korea"
    pl.read_csv(folder / "valid.csv", infer_schema=False).drop("Fraud", "Critical Fraud").write_csv(
        tmp_path / "t.csv"
    )
    arguments = [
        "risk",
        "backtest",
        "--map",
        "korea",
        "--train",
        str(folder / "train.csv"),
        str(folder / "valid.csv"),
    ]
    arguments += [
        "--test",
        str(tmp_path / "t.csv"),
        "--seed",
        "2",
        "--scores",
        str(tmp_path / "s.csv"),
        "--json",
    ]
    told = CliRunner().invoke(cli, arguments)
    assert told.exit_code == 0, told.output
    last = json.loads(told.output.splitlines()[-1])
    assert last["rows"] == 8_134
    assert last["auc"] is None
    assert set(last["precision_at"].values()) == {None}
    with (tmp_path / "s.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["id", "score"]
    ids = pl.read_csv(folder / "valid.csv", infer_schema=False)["Declaration ID"].to_list()
    assert [row["id"] for row in rows] == ids
    assert all(0 <= float(row["score"]) <= 1 for row in rows)
