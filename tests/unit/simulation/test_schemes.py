"""Schemes do what they say, begin, adapt and move on, and show in no format of what is stated."""

from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tidegate.simulation import SCHEMES, Parameters, World, simulate_span
from tidegate.simulation.campaigns import active_on
from tidegate.simulation.goods import CATALOGUE, shelf

DUTY = {one.code: one.duty for one in CATALOGUE}


@pytest.fixture(scope="module")
def rows(year):
    """Stated and true side by side, the first item of each declaration."""
    wide = pl.concat([year.goods_items, year.truth.drop("declaration", "item")], how="horizontal")
    return wide.filter(pl.col("item") == 1)


def of(rows, scheme):
    found = rows.filter(scheme=scheme)
    assert len(found) > 30, f"too few of {scheme}"
    return found


def test_the_shares_are_near_the_parameters(rows):
    told = Parameters()
    lawful = rows.filter(pl.col("scheme").is_null())
    assert abs(rows["scheme"].is_not_null().mean() - told.schemes) < 0.004
    assert abs(lawful["mistake"].is_not_null().mean() - told.mistakes) < 0.003
    assert abs(rows["flaw"].is_not_null().mean() - told.flawed) < 0.004


def test_every_scheme_has_every_phase_in_a_year(rows):
    for scheme in SCHEMES:
        assert set(of(rows, scheme)["phase"]) == {1, 2, 3}


def test_a_campaign_goes_through_its_phases_in_order(rows):
    ordered = rows.filter(pl.col("campaign").is_not_null()).sort("occurred")
    for (campaign,), part in ordered.partition_by("campaign", as_dict=True).items():
        assert part["phase"].is_sorted(), campaign


def test_a_campaign_moves_on_to_another_operator_number(rows):
    moved = of(rows, "undervaluation").filter(pl.col("phase") == 3)
    settled = rows.filter(pl.col("scheme") == "undervaluation", pl.col("phase") < 3)
    assert (moved["importer"] != moved["owner"]).all()
    assert (settled["importer"] == settled["owner"]).all()


def test_the_careful_state_more_of_the_value_than_the_bold(rows):
    share = pl.col("item_amount") / pl.col("true_amount")
    by_phase = dict(of(rows, "undervaluation").group_by("phase").agg(share.mean()).iter_rows())
    assert by_phase[1] < 0.56
    assert 0.59 < by_phase[2] < 0.86


def test_the_careful_use_another_broker(rows):
    by = of(rows.filter(pl.col("representative").is_not_null()), "misclassification")
    counts = by.group_by("campaign", "phase").agg(pl.col("representative").n_unique(), pl.len())
    bold = counts.filter(pl.col("phase") == 1)
    careful = counts.filter(pl.col("phase") == 2, pl.col("len") > 1)
    assert set(bold["representative"]) == {1}
    assert careful["representative"].max() > 1


def test_undervaluation_states_less_and_nothing_else_untrue(rows):
    found = of(rows, "undervaluation")
    assert (found["item_amount"] < found["true_amount"]).all()
    assert (found["commodity"] == found["true_commodity"]).all()
    assert (found["net_mass"] == found["true_net_mass"]).all()


def test_misclassification_states_a_code_of_lower_duty(rows):
    found = of(rows, "misclassification")
    lower = [DUTY[a] < DUTY[b] for a, b in found.select("commodity", "true_commodity").iter_rows()]
    assert all(lower)


def test_false_origin_claims_preference_for_what_has_none(rows):
    found = of(rows, "false_origin")
    assert set(found["preference"]) == {"300"}
    assert (found["origin"] != found["true_origin"]).all()
    assert not set(found["true_origin"]) & set(Parameters().partners)
    bold, careful = found.filter(pl.col("phase") == 1), found.filter(pl.col("phase") == 2)
    assert (bold["country_of_export"] != bold["origin"]).all()
    assert (careful["country_of_export"] == careful["origin"]).all()


def test_quantity_states_less_mass_and_value(rows):
    found = of(rows, "quantity")
    assert (found["net_mass"] < found["true_net_mass"]).all()
    assert (found["item_amount"] < found["true_amount"]).all()


def test_what_is_smuggled_is_on_the_scale_and_not_in_the_papers(rows):
    found = of(rows, "smuggling")
    assert (found["hidden_mass"] > 0).all()
    assert found["hidden"].null_count() == 0
    assert (found["gross_mass"] - found["hidden_mass"] > found["net_mass"]).all()
    others = rows.filter(pl.col("scheme") != "smuggling")
    assert others["hidden"].null_count() == len(others)


def test_split_consignments_stay_under_the_threshold_and_share_their_seller(rows):
    found = of(rows, "splitting")
    assert found["statistical_amount"].max() < Parameters().de_minimis * 1000
    assert set(found["transport_mode"]) == {"5"}
    whole = found.group_by("consignment").agg(pl.len(), pl.col("seller", "commodity").n_unique())
    assert whole["len"].max() > 3
    assert set(whole["seller"]) == {1}


def test_reappearing_companies_change_number_and_keep_their_owner(rows):
    found = of(rows, "reappearing")
    numbers = found.group_by("campaign").agg(pl.col("importer").n_unique(), pl.col("owner").n_unique())
    assert numbers["importer"].max() >= 3
    assert set(numbers["owner"]) == {1}
    assert set(found["payment_method"]) == {"A"}


def test_a_carousel_brings_the_same_goods_round_both_administrations(rows):
    found = of(rows, "carousel")
    assert set(found["administration"]) == {"XA", "XB"}
    legs = found.group_by("administration", pl.col("declaration_type").str.slice(0, 2)).len()
    assert len(legs) == 4
    rounds = found.group_by("campaign", "net_mass").agg(pl.col("administration").n_unique(), pl.len())
    assert rounds.filter(pl.col("administration") == 2)["len"].max() >= 4


def test_only_items_that_are_untrue_are_irregular(year):
    regular = pl.concat([year.goods_items, year.truth.drop("declaration", "item")], how="horizontal").filter(
        ~pl.col("irregular")
    )
    for stated, true in (
        ("commodity", "true_commodity"),
        ("origin", "true_origin"),
        ("item_amount", "true_amount"),
        ("net_mass", "true_net_mass"),
        ("supplementary_quantity", "true_quantity"),
    ):
        assert regular[stated].equals(regular[true], check_names=False), stated
    assert regular["evaded"].sum() == 0


def test_irregular_and_honest_items_share_their_formats(rows):
    honest = rows.filter(~pl.col("irregular"))
    irregular = rows.filter(pl.col("scheme").is_not_null())
    kinds = ("declaration_type", "office", "procedure", "incoterm", "currency", "documents", "preference",
             "valuation_method", "transport_mode", "payment_method", "commodity", "description")  # fmt: skip
    for kind in kinds:
        assert set(irregular[kind]) <= set(honest[kind]), kind
    for amount, step in (("item_amount", 10), ("net_mass", 1_000), ("gross_mass", 1_000)):
        assert (rows[amount] % step == 0).all(), amount


def test_honest_prices_lie_about_the_levels_of_the_catalogue(rows):
    honest = rows.filter(~pl.col("irregular"), pl.col("importer").is_not_null())
    price = pl.col("statistical_amount") * 1_000 / pl.col("net_mass")
    middle = (
        honest.group_by("commodity").agg(price.median().alias("price"), pl.len()).filter(pl.col("len") > 100)
    )
    known = {one.code: one.price for one in CATALOGUE}
    apart = [price / known[code] for code, price, _ in middle.iter_rows()]
    assert len(apart) > 50
    assert min(apart) > 0.5
    assert max(apart) < 2.0


def test_a_campaign_found_out_adapts_sooner_and_what_was_before_stays(world):
    start = date(2026, 3, 2)
    active = active_on(world, "XA", start.toordinal())
    campaign = next(
        one
        for one in active.campaigns
        if one.phase(start.toordinal()) == 1 and one.adapts > start.toordinal() + 20
    )
    told = world.with_found(campaign.name, start)
    later = start + timedelta(days=10)
    phase = {
        one.name: one.phase(later.toordinal()) for one in active_on(told, "XA", later.toordinal()).campaigns
    }
    assert phase[campaign.name] == 2
    before = start - timedelta(days=5)
    assert_frame_equal(simulate_span(told, before, 5, 50).truth, simulate_span(world, before, 5, 50).truth)


def test_goods_are_mistaken_for_goods_of_the_catalogue():
    known = shelf()
    assert all(one.like == "" or one.like in known.place for one in CATALOGUE)
    assert len({one.code for one in CATALOGUE}) == len(CATALOGUE)


def test_a_world_without_campaigns_has_no_schemes():
    still = World.make(7, Parameters(campaigns=0, rings=0))
    assert simulate_span(still, date(2026, 1, 1), 3, 100).truth["scheme"].null_count() > 0
    assert simulate_span(still, date(2026, 1, 1), 3, 100).truth["scheme"].drop_nulls().is_empty()
