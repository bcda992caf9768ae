"""Profiles: what may be written as one, when it holds, and what it says to the officer."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tests.unit.risk.making import featured, profile
from tests.unit.tariff.making import items, rate, tables
from tidegate.node import administrations, load_administration
from tidegate.risk import BadProfileError, apply_profiles, check_profile, features
from tidegate.risk.conditions import FUNCTIONS, BadConditionError, condition_of
from tidegate.tariff import assess


def scores(frame, *profiles) -> list[float]:
    return apply_profiles(frame, profiles).scores["score"].to_list()


def reasons(frame, *profiles) -> list[str]:
    return apply_profiles(frame, profiles).reasons["text"].to_list()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("vaule > 1", "names vaule: no such column"),
        ('"vaule" > 1', "names vaule: no such column"),
        ("value", "gives Float64; it must be true or false"),
        ("null", "must be true or false"),
        ("value >", "not an SQL expression"),
        ("", "not an SQL expression"),
        ("value > 1; true", "';"),
        ("value > 1 -- and more", "'--"),
        ("value > 1 /* and */", "'/*"),
        ("value > $1", "'$1'"),
        ("SELECT * FROM read_csv('/etc/passwd')", "names SELECT"),
        ("(SELECT count(*) FROM read_csv('/etc/passwd')) > 0", "names SELECT"),
        ("value IN (SELECT 1)", "names SELECT"),
        ("EXISTS (TABLE goods)", "names EXISTS"),
        ("read_csv('/etc/passwd') IS NULL", "names read_csv"),
        ("value > AVG(value)", "names AVG"),
        ("COUNT(*) > 1", "names COUNT"),
        ("value > FIRST(value)", "names FIRST"),
        ("SUM(value) OVER (PARTITION BY chapter) > 1", "names SUM"),
        ("COLUMNS('^v.*$') > 1", "names COLUMNS"),
        ('"^v.*$" > 1', "'\"^v"),
        ("NOW() IS NULL", "names NOW"),
        ("occurred < CURRENT_DATE", "names CURRENT_DATE"),
        ("description ~ '('", "cannot be worked out"),
        ("description > 1", "cannot be worked out"),
        ("SUBSTR(description, 1, gross_mass) = 'x'", "cannot be worked out"),
        ("value > 1 OR " * 400 + "true", "longer than 4000"),
    ],
)
def test_a_condition_that_is_none_is_refused(condition, said):
    with pytest.raises(BadProfileError) as refused:
        check_profile(profile(condition))
    assert said in str(refused.value)
    assert (refused.value.code, refused.value.profile) == ("bad_profile", "P1")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"weight": 0.0}, "weight 0.0"),
        ({"weight": 1.5}, "weight 1.5"),
        ({"weight": float("nan")}, "weight nan"),
        ({"end": date(2019, 12, 31)}, "before it begins"),
        ({"reason": "Worth {vaule}."}, "{vaule}, which is not a column"),
        ({"reason": "Worth {} {value}."}, "encloses no column"),
        ({"reason": "Worth {Value}."}, "encloses no column"),
    ],
)
def test_a_profile_whose_parts_do_not_fit_is_refused(parts, said):
    with pytest.raises(BadProfileError) as refused:
        check_profile(profile(**parts))
    assert said in str(refused.value)


def test_every_function_of_conditions_looks_at_one_row_alone():
    frame = pl.DataFrame({"n": [1.0, 2.0, 3.0], "word": ["a", "b", "c"], "day": [datetime(2026, 1, 1)] * 3})  # noqa: DTZ001 - a frame's naive time
    shapes = ("n", "word", "n, 2", "word, 'a'", "word, 1", "'year', day", "word, 'a', 'b'")
    for name in FUNCTIONS:
        worked = 0
        for shape in shapes:
            try:
                expression = condition_of(f"{name}({shape})", frame.columns)
                whole = frame.select(expression.alias("x"))["x"].to_list()
            except (pl.exceptions.PolarsError, BadConditionError):
                continue
            assert [frame[n : n + 1].select(expression.alias("x"))["x"][0] for n in range(3)] == whole, name
            worked += 1
        assert worked, f"{name} works for none of {shapes}"


@pytest.mark.parametrize("name", administrations())
def test_every_shipped_profile_is_valid_and_applies_to_any_item(name):
    terms = load_administration(name).terms
    frame = featured({}, {"value": 5.0, "net_kg": 1.0, "value_per_kg": 5.0, "chapter": "61", "duty": 0.0})
    assert apply_profiles(frame, terms.profiles).scores.height == 2


def test_the_reason_is_filled_with_the_values_of_its_item():
    frame = featured({"value": 1234.567, "description": "pins {value}", "net_mass": 5}, {"value": 200.0})
    of = profile(reason="Worth {value} XTS, {description}, {net_mass} mg, of {origin}.")
    assert reasons(frame, of) == [
        "Worth 1234.57 XTS, pins {value}, 5 mg, of CN.",
        "Worth 200.0 XTS, none stated, none stated mg, of CN.",
    ]


def test_a_long_reason_is_cut():
    (text,) = reasons(featured({"value": 200.0, "description": "x" * 600}), profile(reason="{description}"))
    assert text == "x" * 497 + "..."


def test_weights_of_profiles_that_hold_are_combined():
    frame = featured(
        {"value": 200.0, "duty": 0.0}, {"value": 200.0, "duty": 9.0}, {"value": 1.0, "duty": 9.0}
    )
    of = [profile(weight=0.5), profile("duty = 0", code="P2", weight=0.4)]
    assert scores(frame, *of) == [pytest.approx(0.7), 0.5, 0.0]


def test_a_declaration_has_the_highest_score_of_its_items():
    rows = [{"declaration": "D", "item": 1, "value": 1.0}, {"declaration": "D", "item": 2, "value": 200.0}]
    assert scores(featured(*rows), profile(weight=0.3)) == [0.3]


def test_a_weight_of_one_makes_the_score_one():
    assert scores(featured({"value": 200.0}), profile(weight=1.0), profile("value > 1", weight=0.1)) == [1.0]


def test_reasons_stand_heaviest_first_within_a_declaration():
    rows = [{"declaration": "D", "item": n, "value": 200.0} for n in (1, 2)]
    found = apply_profiles(featured(*rows), [profile(weight=0.2), profile(code="P2", weight=0.4)]).reasons
    assert found.select("item", "profile").rows() == [(1, "P2"), (2, "P2"), (1, "P1"), (2, "P1")]


def test_a_profile_holds_from_its_first_to_its_last_day():
    days = [datetime(2026, 1, day, hour, tzinfo=UTC) for day, hour in ((1, 23), (2, 0), (3, 23), (4, 0))]
    of = profile(start=date(2026, 1, 2), end=date(2026, 1, 3))
    assert scores(featured(*({"value": 200.0, "occurred": day} for day in days)), of) == [0, 0.5, 0.5, 0]


@pytest.mark.parametrize("condition", ["value > 100", "NOT value > 100", "value <> 5"])
def test_a_condition_that_is_null_for_an_item_does_not_hold(condition):
    assert scores(featured({"value": None}), profile(condition)) == [0.0]


def test_no_profile_and_no_item_give_no_reasons():
    assert scores(featured({}, {})) == [0.0, 0.0]
    assert scores(featured({}).clear(), profile()) == []


def test_features_are_worked_out_from_the_assessment():
    of = tables([rate("A00", "10"), rate("B00", "20")])
    frame = items({"commodity": "61091000", "net_mass": 20_000_000}, {"net_mass": 0}, {"currency": "SEK"})
    found = assess(frame, of)
    shown = features(frame, found.values, found.lines, 2)
    columns = ("chapter", "heading", "value", "net_kg", "value_per_kg", "duty")
    assert shown.select(columns).rows() == [
        ("61", "6109", 100.0, 20.0, 5.0, 32.0),
        ("84", "8414", 100.0, 0.0, None, 32.0),
        ("84", "8414", None, None, None, 0.0),
    ]
