"""Flat files as frames: every row is kept, and what cannot be read is told."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from tests.unit.risk.trading import history, trade
from tidegate.declarations.flat import load_mapping
from tidegate.declarations.flat_mapping import MappingError
from tidegate.risk.examining import examine
from tidegate.risk.labels import LabelsError, load_labels
from tidegate.risk.memory import DEFAULT_PLAN, Memory
from tidegate.risk.models import measures
from tidegate.risk.novelty import novelty, uncertainty
from tidegate.risk.replay import NothingToReplayError, Rehearsal, replay
from tidegate.risk.strata import ControlPolicy
from tidegate.risk.tables import read_table
from tidegate.risk.targeting import remember

KOREA, LABELS = load_mapping("korea"), load_labels("korea")
ROW = {
    "Declaration ID": "1", "Date": "2021-02-03", "Office ID": "40", "Process Type": "B", "Import Type": "11",
    "Import Use": "21", "Payment Type": "11", "Mode of Transport": "40", "Declarant ID": "D",
    "Importer ID": "I",
    "Seller ID": "S", "Courier ID": "", "HS6 Code": "850440", "Country of Departure": "CN",
    "Country of Origin": "CN", "Tax Rate": "8.0", "Tax Type": "A", "Country of Origin Indicator": "E",
    "Net Mass": "10.5", "Item Price": "99.9", "Fraud": "1", "Critical Fraud": "2",
}  # fmt: skip


def written(path, *rows: dict, without: tuple[str, ...] = ()):
    pl.DataFrame([{**ROW, **row} for row in rows]).drop(without).write_csv(path / "t.csv")
    return path / "t.csv"


def codes(findings) -> set[str]:
    return {one.code for one in findings}


def test_a_row_is_read_in_the_words_and_units_of_the_frame(tmp_path):
    table = read_table(written(tmp_path, {}), KOREA, LABELS)
    row = table.frame.row(0, named=True)
    assert row["occurred"] == datetime(2021, 2, 3, tzinfo=UTC)
    assert (row["net_mass"], row["item_amount"], row["tax_rate"]) == (10_500_000, 99_900, 8.0)
    assert (row["transport_mode"], row["carrier"], row["tax_type"]) == ("4", None, "A")
    assert (row["process_type"], row["payment_method"], row["origin_indicator"]) == ("B", "11", "E")
    assert (row["irregular"], row["grave"]) == (True, True)
    assert table.findings == ()


def test_a_cell_that_cannot_be_read_is_told_and_its_row_kept(tmp_path):
    odd = {"Net Mass": "heavy", "Date": "03/02/2021", "Mode of Transport": "77", "Item Price": "NaN"}
    table = read_table(written(tmp_path, {}, odd, {"Net Mass": "-4"}), KOREA, LABELS)
    assert table.frame.height == 3
    assert [one.location for one in table.findings] == [
        'column "Date"', 'column "Mode of Transport"', 'column "Net Mass"', 'column "Item Price"'
    ]  # fmt: skip
    assert all("rows 3" in one.text for one in table.findings)
    assert table.frame["net_mass"].to_list() == [10_500_000, None, -4_000_000]


def test_a_missing_column_is_told_and_taken_as_not_stated(tmp_path):
    gone = ("Importer ID", "Net Mass", "Tax Rate", "Date")
    table = read_table(written(tmp_path, {}, {}, without=gone), KOREA, LABELS)
    assert {one.location for one in table.findings} == {f'column "{name}"' for name in gone}
    assert table.frame.select("importer", "net_mass", "tax_rate", "occurred").null_count().row(0) == (
        2,
        2,
        2,
        2,
    )
    assert np.isfinite(remember(table.frame).matrix(table.frame)).all()


def test_a_file_without_ids_is_refused(tmp_path):
    with pytest.raises(MappingError, match="Declaration ID"):
        read_table(written(tmp_path, {}, without=("Declaration ID",)), KOREA, LABELS)


def test_labels_that_say_nothing_are_unknown_and_told(tmp_path):
    table = read_table(written(tmp_path, {"Fraud": ""}, {"Fraud": "0"}, {"Fraud": "?"}), KOREA, LABELS)
    assert table.frame["irregular"].to_list() == [None, False, None]
    assert codes(table.findings) == {"TG-RISK-LABEL"}
    bare = read_table(written(tmp_path, {}, without=("Fraud", "Critical Fraud")), KOREA, LABELS)
    assert bare.frame["irregular"].to_list() == [None]


def test_labels_that_are_none_are_refused(tmp_path):
    with pytest.raises(LabelsError, match="cannot be read"):
        load_labels("atlantis")
    (tmp_path / "l.toml").write_text("irregular = 7")
    with pytest.raises(LabelsError, match="labels"):
        load_labels(tmp_path / "l.toml")


def test_what_makes_no_sense_is_found_row_by_row():
    now = datetime(2026, 6, 1, tzinfo=UTC)
    odd = trade(
        {"net_mass": -1},
        {"item_amount": -1},
        {"day": 5_000},
        {"day": None},
        {"commodity": "nonsense"},
        {"day": 9, "known": 2, "irregular": True},
        {},
    )
    assert codes(examine(odd, now)) == {
        "TG-RISK-MASS", "TG-RISK-VALUE", "TG-RISK-FUTURE", "TG-RISK-UNDATED", "TG-RISK-CODE", "TG-RISK-EARLY"
    }  # fmt: skip
    assert examine(trade({}, {}), now) == []
    assert codes(examine(trade({}).drop("importer"), now)) == {"TG-RISK-COLUMN"}
    assert codes(examine(trade({"declarant": None}), now)) == {"TG-RISK-EMPTY"}
    twice = trade({}).vstack(trade({}))
    assert codes(examine(twice, now)) == {"TG-RISK-TWICE"}


def test_novelty_finds_what_was_never_seen_together():
    told = history(800)
    memory = Memory(DEFAULT_PLAN.among(told.columns))
    memory.learn(told)
    usual = {"day": 130, "importer": "T1", "seller": "S1", "commodity": "850440", "net_mass": 400_000_000}
    asked = trade(
        {**usual, "item_amount": 40_000_000},
        {**usual, "item_amount": 40_000_000, "origin": "KP", "seller": "S999", "importer": "T999"},
        {**usual, "item_amount": 40},
    )
    ordinary, strange, cheap = novelty(memory, memory.matrix(asked))
    assert strange > ordinary + 0.2
    assert cheap > ordinary + 0.2
    assert 0 <= ordinary < strange <= 1


def test_who_trades_much_and_was_not_looked_at_is_worth_a_control():
    memory = Memory(DEFAULT_PLAN)
    told = trade(*({"day": 0, "importer": name} for name in ["A"] * 40 + ["B"] * 40 + ["C"]))
    memory.learn(told)
    seen = told.filter(pl.col("importer") == "A").with_columns(irregular=False, known=pl.col("occurred"))
    memory.learn_results(seen[:10])
    asked = trade(*({"day": 3, "importer": name} for name in "ABC"))
    looked_at, never, small = uncertainty(memory, memory.matrix(asked))
    assert never > small > looked_at


def test_measures_that_cannot_be_computed_are_none():
    scores = np.array([0.1, 0.9, 0.5])
    none = measures(scores, np.full(3, np.nan))
    assert (none.auc, none.brier, set(none.precision_at.values())) == (None, None, {None})
    alike = measures(scores, np.zeros(3))
    assert (alike.auc, alike.recall_at["0.05"], alike.precision_at["0.05"]) == (None, None, 0.0)
    assert measures(scores, np.array([0.0, 1, np.nan])).auc == 1.0
    assert measures(np.zeros(4), np.array([0.0, 1, 1, 0])).auc == 0.5


def test_a_replay_learns_only_from_what_it_controls():
    told = history(1_200).with_columns(outcome=pl.col("irregular")).drop("irregular", "known")
    policy = ControlPolicy(share=0.1, random=0.2, exploring=0.2)
    done = replay(told, policy, b"key", 1, told=Rehearsal(begin=14))
    assert done.controls.height == told["declaration"].n_unique()
    assert done.controlled() == pytest.approx(120, abs=15)
    # What it does not control may be anything: the choice is the same.
    blind = done.controls.filter(pl.col("stratum") == "none")["declaration"]
    other = told.with_columns(
        outcome=pl.when(pl.col("declaration").is_in(blind.implode()))
        .then(~pl.col("outcome"))
        .otherwise("outcome")
    )
    again = replay(other, policy, b"key", 1, told=Rehearsal(begin=14))
    assert again.controls["stratum"].to_list() == done.controls["stratum"].to_list()


def test_authorised_traders_are_controlled_by_chance_alone_until_something_is_found():
    told = history(1_500, days=150).with_columns(
        outcome=pl.col("importer") == "T3", authorised=pl.col("importer") == "T3"
    )
    told = told.drop("irregular", "known")
    none = replay(told, ControlPolicy(share=0.1, random=0, exploring=0), b"k", 1, told=Rehearsal(begin=0))
    assert none.found() == 0
    some = replay(told, ControlPolicy(share=0.1, random=0.3, exploring=0), b"k", 1, told=Rehearsal(begin=0))
    assert some.by_stratum()["targeted"][1] > 20


def test_nothing_is_not_replayed():
    with pytest.raises(NothingToReplayError):
        replay(trade({}).clear().with_columns(outcome=pl.lit(None, pl.Boolean)), ControlPolicy(), b"k", 1)
