"""Spans: the same days within any span, with the volume told, and written to the same bytes twice."""

import json
from datetime import date
from pathlib import Path

import msgspec
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.shared_data import shared_data
from tidegate.simulation import (
    CONTROL_COLUMNS,
    FLAWS,
    SCHEMES,
    Administration,
    FolderNotEmptyError,
    Parameters,
    ParametersError,
    UnknownAdministrationError,
    World,
    controls_of,
    simulate_span,
    volume_on,
    write_world,
)
from tidegate.simulation.goods import CATALOGUE

START = date(2026, 2, 25)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_day_is_the_same_within_any_span(world):
    span = simulate_span(world, START, 8, 60)
    later = simulate_span(world, date(2026, 3, 1), 2, 60)
    among = pl.col("occurred").dt.date().is_between(date(2026, 3, 1), date(2026, 3, 2))
    assert_frame_equal(span.goods_items.filter(among), later.goods_items)
    same = span.goods_items.select(among).to_series()
    assert_frame_equal(span.truth.filter(same), later.truth)


def test_another_seed_is_another_world(world):
    one, other = simulate_span(world, START, 1, 60), simulate_span(World.make(8), START, 1, 60)
    assert not set(one.goods_items["item_amount"]) & set(other.goods_items["item_amount"])


def test_volume_follows_the_average_the_weekday_the_share_and_growth(world):
    week = [date(2026, 1, 5 + place) for place in range(7)]
    both = sum(volume_on(world, country, on, 1_000) for on in week for country in ("XA", "XB"))
    assert abs(both - 7_000) < 20
    assert volume_on(world, "XA", week[1], 1_000) > 3 * volume_on(world, "XA", week[6], 1_000)
    assert volume_on(world, "XA", date(2030, 1, 7), 1_000) > volume_on(world, "XA", week[2], 1_000) * 1.1


def test_seasons_show_in_what_is_traded(year):
    month = pl.col("occurred").dt.month()
    toys = (
        year.goods_items.filter(pl.col("commodity") == "9503000000")
        .group_by(month)
        .agg(pl.col("net_mass").sum())
    )
    mass = dict(toys.iter_rows())
    assert mass[9] + mass[10] + mass[11] > 1.3 * (mass[3] + mass[4] + mass[5])


def test_few_companies_have_much_of_the_trade_and_new_ones_come(year):
    counts = year.goods_items["importer"].drop_nulls().value_counts(sort=True)
    assert counts["count"][:100].sum() > 0.2 * counts["count"].sum()
    early = set(year.goods_items.filter(pl.col("occurred").dt.month() <= 6)["importer"])
    late = set(year.goods_items.filter(pl.col("occurred").dt.month() > 6)["importer"])
    assert late - early


def test_a_span_without_days_has_frames_without_rows(world):
    assert simulate_span(world, START, 0, 60).goods_items.is_empty()


def test_controls_are_a_fair_sample_with_results_that_come_later(year, world):
    controls = controls_of(world, year)
    truth = year.truth.group_by("declaration").agg(
        pl.col("irregular").any(), pl.col("flaw").first(), pl.col("scheme").first()
    )
    told = controls.join(truth, on="declaration").join(
        year.goods_items.filter(pl.col("item") == 1).select("declaration", "occurred"), on="declaration"
    )
    sound = truth.filter(pl.col("flaw").is_null())
    assert controls.schema == CONTROL_COLUMNS
    assert abs(len(controls) / len(sound) - 0.05) < 0.005
    assert abs(told["irregular"].mean() - sound["irregular"].mean()) < 0.01
    assert (told["known"] > told["occurred"]).all()
    assert controls["known"].is_sorted()
    found = told.filter(pl.col("outcome") == "irregular")
    assert 0.2 < len(found.filter("irregular")) / told["irregular"].sum() < 0.8
    assert len(found.filter(~pl.col("irregular"))) < 0.01 * len(told)


def test_a_world_is_written_twice_to_the_same_bytes(world, tmp_path):
    first = write_world(tmp_path / "one", world, START, 8, 60)
    second = write_world(tmp_path / "two", world, START, 8, 60)
    assert first == second
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_what_is_written_is_the_span_and_its_summary(world, tmp_path):
    told = []
    summary = write_world(tmp_path / "out", world, START, 8, 60, progress=lambda *done: told.append(done))
    span = simulate_span(world, START, 8, 60)
    read = [pl.read_parquet(tmp_path / "out" / f"goods_items-2026-{month}.parquet") for month in ("02", "03")]
    assert_frame_equal(pl.concat(read), span.goods_items)
    heads = span.truth.filter(pl.col("item") == 1)
    assert summary.declarations == len(heads) == sum(summary.by_month.values())
    assert summary.items == len(span.truth)
    assert summary.flaws == dict(sorted(heads["flaw"].drop_nulls().value_counts().iter_rows()))
    assert sum(one.declarations for one in summary.schemes.values()) == heads["scheme"].is_not_null().sum()
    assert summary.evaded * 1000 == span.truth["evaded"].sum()
    assert told == [(done, 8) for done in range(1, 9)]
    untrue = pl.read_csv(tmp_path / "out" / "truth.csv", infer_schema=False)
    assert len(untrue) == span.truth.select(pl.col("irregular") | pl.col("flaw").is_not_null()).sum().item()
    stored = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert set(stored["files"]) == set(contents(tmp_path / "out")) - {"summary.json"}


def test_a_folder_that_holds_something_is_refused(world, tmp_path):
    (tmp_path / "something").write_text("here")
    with pytest.raises(FolderNotEmptyError):
        write_world(tmp_path, world, START, 1, 10)


def test_a_single_administration_makes_a_world_without_carousels():
    alone = World.make(7, Parameters(administrations=(Administration("XA", "S", "A", "L", "P"),)))
    truth = simulate_span(alone, START, 20, 300).truth
    assert set(truth["administration"]) == {"XA"}
    assert "carousel" not in set(truth["scheme"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"administrations": ()},
        {"partners": ("XA",)},
        {"partners": ("XB", "XA", "QQ")},
        {"currency": "EUR"},
        {"rates": (("XTS", 1_000_000), ("EUR", 0))},
        {"weekdays": (0, 0, 0, 0, 0, 0, 0)},
    ],
)
def test_parameters_that_make_no_world_are_refused(wrong):
    with pytest.raises(ParametersError):
        Parameters(**wrong)


def test_an_administration_the_world_does_not_have_is_refused(world):
    with pytest.raises(UnknownAdministrationError, match="ZZ; it has XA, XB"):
        world.administration("ZZ")


def test_the_codes_of_the_catalogue_are_of_the_harmonized_system():
    data = shared_data()
    if data is None:
        pytest.skip("the shared data with the Harmonized System is absent")
    known = set(pl.read_csv(data / "hs" / "harmonized-system.csv", infer_schema=False)["hscode"])
    assert [one.code for one in CATALOGUE if one.code[:6] not in known] == []


def test_every_parameter_scheme_and_flaw_stands_in_the_documentation():
    page = (Path(__file__).parents[3] / "docs" / "simulation.md").read_text()
    names = [one.name for one in msgspec.structs.fields(Parameters)]
    assert [name for name in (*names, *SCHEMES, *FLAWS) if name not in page] == []
    described = msgspec.inspect.type_info(Parameters)
    assert all(field.type.extra_json_schema["description"] for field in described.fields)
