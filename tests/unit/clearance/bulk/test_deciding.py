"""What is decided on rows: findings, taxes with their reliefs, scores, channels; and on the rows alone."""

import msgspec
import polars as pl
import pytest

from tests.unit.clearance.bulk.post import Post, codes, demo_terms, rows_of, simulated
from tidegate.simulation.parcels import parcels

FLAWS = {
    "short_code": ["TG-H7-CODE"],
    "comma": ["TG-H7-AMOUNT"],
    "no_country": ["TG-H7-COUNTRY"],
    "no_consignee": ["TG-H7-NEEDED"],
    "tobacco": ["TG-H7-EXCLUDED"],
    "above_limit": ["TG-H7-LIMIT"],
    "unknown_number": ["TG-H7-PLATFORM"],
}


@pytest.fixture
def post(tmp_path):
    post = Post(tmp_path)
    yield post
    post.journal.close()


def taxes(decided, row=0):
    return {one["type"]: (one["amount"], one["payable"]) for one in decided["taxes"][row]}


def test_goods_of_negligible_value_owe_no_duty_and_value_added_tax(post):
    decided = post.cleared({})
    assert decided["value"][0] == "100.00"
    assert taxes(decided) == {"A00": ("0.00", "0.00"), "B00": ("15.00", "15.00")}
    assert (decided["due"][0], decided["due_now"][0], decided["waits"][0]) == ("15.00", "15.00", "payment")


def test_the_import_scheme_relieves_where_the_number_is_registered_on_the_day(post):
    scheme = {"additional_procedure": "C07 F48"}
    decided = post.cleared(
        {**scheme, "fiscal_reference": "IM9990000017"},
        {**scheme, "fiscal_reference": "IM9990000039"},  # registered until 2025
        {"fiscal_reference": "IM9990000017"},  # states no scheme
    )
    assert decided["due"].to_list() == ["0.00", "15.00", "15.00"]
    assert codes(decided) == [[], ["TG-H7-PLATFORM"], []]
    assert decided["accepted"].all()
    assert decided["waits"].to_list() == ["", "payment", "payment"]


def test_a_gift_owes_nothing_up_to_its_limit_and_is_refused_above(post):
    gift = {"additional_procedure": "C08"}
    decided = post.cleared({**gift, "item_amount": "41.40"}, {**gift, "item_amount": "41.41"})
    assert decided["value"].to_list() == ["45.00", None]
    assert decided["due"].to_list() == ["0.00", None]
    assert codes(decided) == [[], ["TG-H7-LIMIT"]]


def test_tax_under_special_arrangements_and_by_deferring_methods_is_paid_later(post):
    decided = post.cleared({"additional_procedure": "C07 F49"}, {})
    assert (decided["due"].to_list(), decided["due_now"].to_list()) == (["15.00"] * 2, ["0.00", "15.00"])
    deferred = post.cleared({"lrn": "D1"}, upload="U2", method="E")
    assert (deferred["due"][0], deferred["due_now"][0], deferred["waits"][0]) == ("15.00", "0.00", "")


def test_a_rejected_row_owes_nothing_and_has_no_channel_and_the_others_go_on(post):
    decided = post.cleared({}, {"commodity": "24022"}, {})
    assert decided["accepted"].to_list() == [True, False, True]
    assert decided["channel"].to_list() == ["green", None, "green"]
    rejected = decided.row(1, named=True)
    assert [rejected[name] for name in ("value", "due", "taxes", "score", "waits")] == [None] * 5


def test_a_currency_without_a_rate_is_refused_for_its_value(post):
    assert codes(post.cleared({"currency": "AFN"})) == [["TG-H7-VALUE"]]


def test_profiles_score_rows_and_say_why(post):
    decided = post.cleared({"commodity": "851830", "item_amount": "4.60", "gross_mass": "2"}, {})
    assert decided["score"].to_list() == [0.45, 0.0]
    assert decided["channel"].to_list() == ["yellow", "green"]
    assert decided["reasons"][0][0]["profile"] == "P102"
    assert decided["reasons"][0][0]["text"] == "Electronics worth 5.0 XTS in a parcel of 2.0 kg (chapter 85)."


def test_the_flaws_of_simulated_parcels_are_found_and_nothing_else(tmp_path):
    post = Post(tmp_path)
    post.lodge(simulated(4000))
    post.catch_up()
    decided, truth = post.decided(), parcels(1, 1, 4000)[1]
    told = codes(decided)
    assert truth["flaw"].drop_nulls().n_unique() == len(FLAWS)
    assert told == [FLAWS.get(flaw, []) for flaw in truth["flaw"].to_list()]
    stopped = truth["flaw"].is_not_null() & (truth["flaw"] != "unknown_number")
    assert decided["accepted"].to_list() == (~stopped).to_list()
    weighed = decided.with_columns(truth["irregular"]).filter("accepted")
    means = dict(weighed.group_by("irregular").agg(pl.col("score").mean()).iter_rows())
    assert means[True] > 5 * means[False]
    post.journal.close()


@pytest.mark.parametrize("part", [1, 7, 1000])
def test_decisions_do_not_depend_on_how_an_upload_is_cut(tmp_path, part):
    rows = simulated(60).with_columns(
        pl.when(pl.col("row") % 9 == 0).then(pl.lit("TWICE")).otherwise("lrn").alias("lrn"),
        pl.when(pl.col("row") % 3 == 0).then(pl.lit("8")).otherwise("gross_mass").alias("gross_mass"),
    )
    terms = demo_terms(random_share=0.1, red_capacity=2, yellow_capacity=3)
    found = []
    for name, size in (("whole", 60), ("cut", part)):
        post = Post(tmp_path / name, terms)
        post.lodge(rows, part=size)
        post.catch_up(batch=1 + part % 5)
        found.append(post.decided())
        post.journal.close()
    whole, cut = found
    assert cut.equals(whole)
    assert set(whole["channel"].drop_nulls()) >= {"green", "yellow", "red"}
    assert {"random", "profile", "none"} <= set(whole["stratum"].drop_nulls())
    assert ["TG-H7-TWICE"] in codes(whole)


def test_an_office_looks_at_no_more_than_it_can_and_says_so(tmp_path):
    post = Post(tmp_path, demo_terms(random_share=0.0, yellow_capacity=1))
    heavy = {"commodity": "851830", "item_amount": "4.60", "gross_mass": "2"}
    decided = post.cleared(heavy, heavy)
    assert decided["channel"].to_list() == ["yellow", "blue"]
    assert "The office has its 1 document checks" in decided["grounds"][1]
    post.journal.close()


def test_another_key_draws_other_rows(tmp_path):
    drawn = []
    for key in (bytes(32), bytes(range(32))):
        post = Post(tmp_path / key.hex(), demo_terms(random_share=0.2))
        post.lodge(rows_of(*[{}] * 100))
        responder = type(post.responder())(post.terms, key, post.journal)
        post.catch_up(responder=responder)
        drawn.append(post.decided().filter(pl.col("stratum") == "random")["row"].to_list())
        post.journal.close()
    assert 8 < len(drawn[0]) < 35
    assert drawn[0] != drawn[1]


def test_limits_of_another_administration_are_data(tmp_path):
    terms = demo_terms(random_share=0.0)
    lower = msgspec.structs.replace(terms.low_value.grounds[0], up_to=99)
    low_value = msgspec.structs.replace(terms.low_value, grounds=(lower,))
    post = Post(tmp_path, msgspec.structs.replace(terms, low_value=low_value))
    assert codes(post.cleared({}, {"item_amount": "91.08"})) == [["TG-H7-LIMIT"], []]
    post.journal.close()
