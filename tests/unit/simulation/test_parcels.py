"""Simulated parcels: the same however they are asked for, and truthful about what is wrong."""

import polars as pl

from tidegate.declarations.reduced import REDUCED_COLUMNS
from tidegate.declarations.reduced_reading import read_rows
from tidegate.simulation.parcels import parcels, write_parcels


def test_parcels_are_a_function_of_seed_and_number():
    rows, truth = parcels(1, 1, 200)
    part, part_truth = parcels(1, 51, 30)
    assert part.equals(rows[50:80])
    assert part_truth.equals(truth[50:80])
    assert not parcels(2, 1, 200)[0]["item_amount"].equals(rows["item_amount"])


def test_an_irregular_parcel_states_a_fraction_of_what_was_paid():
    rows, truth = parcels(1, 1, 5000)
    both = rows.select(pl.col("item_amount").cast(pl.Float64, strict=False)).hstack(truth)
    plain = both.filter(pl.col("flaw").is_null())
    share = plain["item_amount"] / plain["true_amount"].cast(pl.Float64)
    assert (share.filter(plain["irregular"]) < 0.4).all()
    assert (share.filter(~plain["irregular"]) == 1).all()
    assert 0.02 < plain["irregular"].mean() < 0.04
    assert 0.01 < both["flaw"].is_not_null().mean() < 0.03


def test_a_file_of_parcels_is_read_as_it_was_made(tmp_path):
    write_parcels(str(tmp_path / "in.csv"), 1, 25, part=10)
    rows = pl.concat(read_rows(tmp_path / "in.csv", "csv", 7))
    assert rows.select(REDUCED_COLUMNS.keys()).equals(parcels(1, 1, 25)[0])
