"""Which tariff applies, what is relieved, secured, proven, forbidden: rules that are data."""

import polars as pl
import pytest

from tests.unit.tariff.making import DUTY, items, rate, tables
from tidegate.tariff import (
    BadTableError,
    Roundings,
    Tax,
    assess,
    charge_rules,
    proof_rules,
    relief_rules,
    scope_rules,
)
from tidegate.tariff.rules import CHARGE_FIELDS, PROOF_FIELDS, RELIEF_FIELDS, SCOPE_FIELDS
from tidegate.tariff.telling import GAPS, gap_finding

PLAIN = [rate("A00", "10"), rate("B00", "20")]


def row(fields, **said):
    return {**dict.fromkeys(fields, ""), "source": "test", **said}


def relief(**said):
    return relief_rules([row(RELIEF_FIELDS, **said)], 2)


def lines(frame, by, *columns):
    return assess(frame, by).lines.select("tax", *columns).rows()


def gaps(frame, by):
    return assess(frame, by).gaps.select("gap", "detail").rows()


@pytest.mark.parametrize(
    ("effect", "duty", "vat"),
    [
        ("relieved", (0, 10_00, 0), (20_00, 0, 20_00)),
        ("nil", (0, 0, 0), (20_00, 0, 20_00)),
        ("suspended", (10_00, 0, 0), (22_00, 0, 22_00)),
    ],
)
def test_a_relief_deducts_or_charges_nothing_or_suspends(effect, duty, vat):
    by = tables(PLAIN, reliefs=relief(additional="C28", taxes="A00", effect=effect))
    found = lines(items({"additional_procedure": "000 C28"}), by, "amount", "deducted", "payable")
    assert found == [("A00", *duty), ("B00", *vat)]
    assert lines(items({"additional_procedure": "C29"}), by, "amount", "deducted", "payable") == [
        ("A00", 10_00, 0, 10_00),
        ("B00", 22_00, 0, 22_00),
    ]


def test_a_relief_by_procedure_is_for_that_procedure_and_all_taxes_where_it_names_none():
    by = tables(PLAIN, reliefs=relief(procedure="40", effect="suspended"))
    assert lines(items({}), by, "payable") == [("A00", 0), ("B00", 0)]


def test_a_relief_of_low_value_goes_by_the_value_of_the_consignment_not_of_the_item():
    by = tables(PLAIN, reliefs=relief(additional="C07", taxes="A00", effect="relieved", up_to="135"))
    few = items({"additional_procedure": "C07", "item_amount": 135_000})
    many = items(*({"declaration": "D", "item": n, "additional_procedure": "C07"} for n in (1, 2)))
    assert [amount for tax, amount in lines(few, by, "amount") if tax == "A00"] == [0]
    assert [amount for tax, amount in lines(many, by, "amount") if tax == "A00"] == [10_00, 10_00]


@pytest.mark.parametrize("effect", ["relieved", "nil"])
def test_a_tax_that_is_relieved_anyway_lacks_no_rate_and_others_stand_without_it(effect):
    by = tables([rate("B00", "20")], reliefs=relief(additional="C28", taxes="A00", effect=effect))
    frame = items({"additional_procedure": "C28"})
    assert (lines(frame, by, "base", "amount"), gaps(frame, by)) == ([("B00", 100_00, 20_00)], [])


@pytest.mark.parametrize("said", [{"effect": "nil", "up_to": "9"}, {"effect": "suspended"}])
def test_a_relief_up_to_a_value_or_a_suspension_does_not_waive_the_rate(said):
    by = tables([rate("B00", "20")], reliefs=relief(additional="C28", taxes="A00", **said))
    assert [gap for gap, _ in gaps(items({"additional_procedure": "C28"}), by)] == ["base", "rate"]


def test_security_is_held_instead_of_payment_by_the_method_of_each_tax():
    by = tables(PLAIN, secured_methods=frozenset("S"))
    frame = items({"declared_taxes": "A00=S B00=E", "payment_method": "S"})
    assert lines(frame, by, "amount", "payable", "secured") == [
        ("A00", 10_00, 0, 10_00),
        ("B00", 22_00, 22_00, 0),
    ]


UNION = Tax(type="A50", name="duty of the union", tariffs=("EU",), duty=True)
OWN = Tax(type="A00", name="duty", tariffs=("UK",), duty=True)
ON_UNION = Tax(type="B05", name="tax on it", tariffs=("EU",), on=("A50",), value=False, if_base=True)
SCOPES = scope_rules(
    [
        row(SCOPE_FIELDS, tariff="", all_of="DOM REM"),
        row(SCOPE_FIELDS, tariff="EU", all_of="DOM"),
        row(SCOPE_FIELDS, tariff="EU", instead="UK", all_of="IMP", none_of="TRUSTED"),
        row(SCOPE_FIELDS, tariff="UK"),
    ]
)


def two(own, union):
    held = [rate("B05", "20", kind="vat")]
    held += [rate("A00", own)] if own else []
    held += [rate("A50", union)] if union else []
    return tables(held, taxes=(OWN, UNION, ON_UNION), scopes=SCOPES)


@pytest.mark.parametrize(
    ("statements", "own", "union", "charged"),
    [
        (None, "2", "5", ["A00"]),
        ("DOM", "2", "5", ["A50", "B05"]),
        ("DOM REM", "2", "5", []),
        ("IMP", "2", "5", ["A50", "B05"]),
        ("IMP", "5", "5", ["A00"]),
        ("IMP TRUSTED", "2", "5", ["A00"]),
        ("IMP", None, "5", ["A50", "B05"]),
        ("IMP", "2", None, ["A00"]),
        ("DOM", "2", "0", ["A50"]),
    ],
)
def test_the_tariff_that_applies_is_said_by_statements_and_by_which_duty_is_higher(
    statements, own, union, charged
):
    assert [tax for (tax,) in lines(items({"statements": statements}), two(own, union))] == charged


def test_it_is_told_where_the_first_tariff_could_not_be_compared():
    assert gaps(items({"statements": "IMP"}), two("2", None)) == [("tariff", "EU UK")]


def test_a_regime_stated_for_one_tariff_counts_there_and_only_there():
    by = tables(
        [
            rate("A00", "9"),
            rate("A50", "9"),
            rate("A50", "1", preference="300", origin="CN"),
            rate("B05", "0"),
        ],
        taxes=(OWN, UNION, ON_UNION),
        scopes=SCOPES,
        preference_statements={"EU": "PREF"},
    )
    frame = items({"statements": "DOM PREF=300"}, {"statements": "PREF=300"})
    assert lines(frame, by, "regime", "amount") == [
        ("A50", "300", 1_00),
        ("B05", "300", 0),
        ("A00", "100", 9_00),
    ]


def test_measures_that_fit_alike_are_all_charged_where_the_tax_says_so():
    added = Tax(type="A20", name="additional duty", needed=False, several=True)
    undated = {"kind": "safeguard", "from": ""}
    by = tables(
        [rate("A20", "25", "84", **undated), rate("A20", "35", "84", **undated), rate("A20", "1")],
        taxes=(added,),
    )
    assert lines(items({}), by, "amount") == [("A20", 25_00), ("A20", 35_00)]


def test_of_rates_without_dates_the_lightest_is_charged():
    by = tables(
        [rate("A00", "5.2", "84", **{"from": ""}), rate("A00", "5.8", "84", **{"from": ""})], taxes=(DUTY,)
    )
    assert lines(items({}), by, "amount") == [("A00", 5_20)]


def test_a_tax_called_for_by_an_additional_code_has_its_number_and_lacks_a_rate_only_then():
    excise = Tax(type="excise", name="excise", by_code="X", free_codes=("X399",))
    vat = Tax(type="B00", name="tax", on=("excise",))
    by = tables([rate("413", "50", kind="excise"), rate("B00", "20")], taxes=(excise, vat))
    frame = items(
        {"additional_code": "VATZ X413"}, {"additional_code": "X399"}, {}, {"additional_code": "X633"}
    )
    assert lines(frame, by, "amount") == [("413", 50_00), ("B00", 30_00), ("B00", 20_00), ("B00", 20_00)]
    assert gaps(frame, by) == [("base", "B00: excise"), ("rate", "633 for 84145925")]


def test_amounts_are_rounded_as_the_administration_says():
    by = tables([rate("A00", "0.99")], taxes=(DUTY,), rounding=Roundings(amount="down"))
    assert lines(items({"item_amount": 100_990}), by, "amount") == [("A00", 99)]


def test_a_declarant_who_states_the_amounts_himself_is_sent_to_an_officer():
    by = tables(PLAIN, override_statements=frozenset({"OVR01"}))
    frame = items({"statements": "GEN45 OVR01"})
    assert (lines(frame, by), gaps(frame, by)) == ([], [("override", "")])


def test_a_claimed_preference_asks_for_a_document_that_proves_it():
    proofs = proof_rules([row(PROOF_FIELDS, preference="3", documents="U110 U111")])
    by = tables([*PLAIN, rate("A00", "0", preference="300", origin="CN")], proofs=proofs)
    frame = items({"preference": "300"}, {"preference": "300", "documents": "N935 U111"}, {})
    assert gaps(frame, by) == [("proof", "300 for CN: U110, U111")]


def test_a_preference_that_no_measure_grants_is_told_and_the_rate_for_everybody_charged():
    by = tables([rate("A00", "10"), rate("A00", "0", preference="300", origin="XB")], taxes=(DUTY,))
    frame = items({"preference": "300"}, {"preference": "300", "preferential_origin": "XB"})
    assert lines(frame, by, "amount") == [("A00", 10_00), ("A00", 0)]
    assert gaps(frame, by) == [("preference", "300 for 84145925 of CN")]


def test_a_measure_on_a_certificate_that_is_there_goes_before_a_preference():
    by = tables(
        [rate("A00", "9"), rate("A00", "5", preference="300"), rate("A00", "7", certificate="DOM C990")],
        taxes=(DUTY,),
    )
    frame = items(
        {"preference": "300", "statements": "DOM"}, {"preference": "300"}, {"documents": "N935 C990"}, {}
    )
    assert [amount for _, amount in lines(frame, by, "amount")] == [7_00, 5_00, 7_00, 9_00]


def test_prohibitions_are_told_and_restrictions_until_a_certificate_meets_them():
    by = tables(
        [
            *PLAIN,
            rate("", "weapons", "8414", kind="prohibition"),
            rate("", "waste", "84", kind="restriction", certificate="C672 C673"),
        ]
    )
    assert gaps(items({}), by) == [
        ("prohibited", "weapons (test)"),
        ("restricted", "waste (test): C672 or C673"),
    ]
    assert gaps(items({"documents": "C673"}), by) == [("prohibited", "weapons (test)")]


def test_an_origin_group_holds_for_its_countries_while_they_are_in_it_but_for_those_left_out():
    groups = pl.DataFrame(
        [
            ("G1", "CN", "2020-01-01", None),
            ("G1", "VN", "2020-01-01", None),
            ("G1", "IN", "2020-01-01", "2025-12-31"),
        ],
        schema=["group", "country", "group_from", "group_until"],
        orient="row",
    ).with_columns(pl.col("group_from").str.to_date(), pl.col("group_until").str.to_date())
    by = tables(
        [rate("A00", "10"), rate("A00", "1", origin="G1", **{"except": "VN"})], taxes=(DUTY,), groups=groups
    )
    frame = items(*({"origin": origin} for origin in ("CN", "VN", "IN", "US")))
    assert [amount for _, amount in lines(frame, by, "amount")] == [1_00, 10_00, 10_00, 10_00]


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda: relief(effect="cheaper"), "effect 'cheaper' is none of relieved, nil, suspended"),
        (lambda: relief(effect="nil", up_to="many"), "'many' is not a decimal number"),
        (lambda: charge_rules([row(CHARGE_FIELDS, code="AB", sign="*")]), "sign '*' is neither"),
        (
            lambda: charge_rules([row(CHARGE_FIELDS, code="AB", sign="+", kind="tip")]),
            "kind 'tip' is none of",
        ),
        (lambda: scope_rules([row(SCOPE_FIELDS, **{"from": "now"})]), "'now' is not a date"),
    ],
)
def test_a_bad_rule_is_refused_with_its_row(read, said):
    with pytest.raises(BadTableError) as refused:
        read()
    assert said in str(refused.value)
    assert refused.value.row == 1


def test_every_gap_has_a_finding_that_says_what_to_do():
    for gap in GAPS:
        finding = gap_finding(gap, "this", 3)
        assert finding.code.startswith("TG-")
        assert finding.text.endswith(".")
        assert not finding.stops
