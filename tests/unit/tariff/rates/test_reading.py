from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from tidegate.tariff.rates import UnreadRate, exact_percent, print_rate, read_rate


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("", 1, "a number"),
        (":", 1, "a number"),
        ("5% + ", 6, "a number"),
        ("37% /", 5, "“+”"),
        ("5%%", 3, "“+”"),
        ("1.4¢/", 6, "a unit"),
        ("5 EURO/kg", 3, "a currency"),
        ("Free (A", 8, "“)”"),
        ("Free (a)", 7, "a programme's code"),
        ("Free (CO) See 9919.04.67 (PA (PA)", 30, "“)”"),
        ("(A) 5%", 1, "a number"),
        ("See", 4, "what is referred to"),
        ("5% (A) 3%", 10, "programmes in parentheses"),
        ("20%/kg", 4, "“+”"),
        ("1" * 30 + "%", 1, "a number"),
    ],
)
def test_what_is_no_rate_is_told_with_its_place_and_what_was_expected(text, column, expected):
    found = read_rate(text)
    assert isinstance(found, UnreadRate)
    assert (found.text, found.column) == (text, column)
    assert expected in found.expected
    assert f"At column {column}" in found.message


def test_a_programme_with_two_rates_is_not_read():
    found = read_rate("5% (A, AU) 3% (B, AU)")
    assert (found.column, found.expected) == (19, "each programme once")


def test_a_text_longer_than_any_rate_is_not_parsed():
    assert read_rate("5% + " * 10_000 + "5%").expected == "at most 2000 characters"


def test_thirds_are_exact_although_no_decimal_equals_them():
    rate = read_rate("33 1/3%")
    (component,) = rate.components
    assert exact_percent(component) == Fraction(100, 3)
    assert round(component.percent, 4) == Decimal("33.3333")
    assert print_rate(rate) == "33 1/3%"


def test_dollars_and_cents_are_of_the_currency_of_the_schedule():
    rate = read_rate("5¢/kg + $2 each + 1 EUR/t", currency="CAD")
    assert [component.currency for component in rate.components] == ["CAD", "CAD", "EUR"]
    assert print_rate(rate, currency="CAD") == "5¢/kg + $2 each + €1/t"


def test_a_schedule_in_another_currency_is_printed_with_its_code():
    assert print_rate(read_rate("5¢/kg", currency="CAD")) == "0.05 CAD/kg"


def test_a_reference_beside_a_rate_is_not_a_reference_alone():
    assert read_rate("See 9903.88.15").is_reference
    assert read_rate("No change (A)").is_reference
    assert not read_rate("The duty provided in the applicable subheading + 25%").is_reference


def test_components_of_a_programme_are_found_together():
    rate = read_rate("Free (BH, CL) 5.2¢/kg + 0.6% (P) See 9822.04.25 (AU)")
    assert [one.kind for one in rate.for_programme("P")] == ["specific", "ad_valorem"]
    assert [one.kind for one in rate.for_programme("CL")] == ["free"]
    assert rate.for_programme("JP") == ()
    assert [programmes for programmes, _ in rate.groups()] == [("BH", "CL"), ("P",), ("AU",)]


def test_free_words_end_where_the_next_programme_begins():
    rate = read_rate("5% when valued over $5/kg (A) 3% on the case (B)")
    assert [one.programmes for one in rate.components] == [("A",), ("B",)]
    assert rate.components[0].condition == "when valued over $5/kg"


def test_a_condition_ends_where_a_bound_begins():
    rate = read_rate("5% if valued over $5/kg, but not less than 2¢ each")
    assert [(one.condition, one.role) for one in rate.components] == [
        ("if valued over $5/kg", "plus"),
        (None, "minimum"),
    ]
    assert read_rate(print_rate(rate)) == rate


def test_numbers_do_not_depend_on_the_callers_decimal_context():
    with localcontext() as context:
        context.prec = 2
        (component,) = read_rate("123.4567¢/m3").components
        assert component.amount == Decimal("1.234567")
        assert print_rate(read_rate("0.1234567¢/m3")) == "0.1234567¢/m3"
