"""Rates become whole numbers that a frame can reckon with, or say why they cannot."""

from decimal import Decimal

import pytest

from tidegate.tariff.components import Part, of_components, reckonable
from tidegate.tariff.rates import Component


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("3", [Part("plus", 3, 100)]),
        ("2.5%", [Part("plus", 1, 40)]),
        ("33 1/3%", [Part("plus", 1, 3)]),
        ("Free", [Part("plus", 0, 1)]),
        ("8.40 EUR/100 kg", [Part("plus", 21, 250, "KGM", "EUR")]),
        ("26 GBP/hl", [Part("plus", 13, 50, "LTR", "GBP")]),
        ("1.4\u00a2/kg + 3.2%", [Part("plus", 7, 500, "KGM", "USD"), Part("plus", 4, 125)]),
        ("12\u00a2/doz.", [Part("plus", 1, 100, "NAR", "USD")]),
        ("5% MIN 1 EUR/kg", [Part("plus", 1, 20), Part("minimum", 1, 1, "KGM", "EUR")]),
    ],
)
def test_a_rate_is_read_into_exact_parts_of_base_units(text, parts):
    assert list(reckonable(text, "USD").parts) == parts


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("$1.53 each + 4.2% on the case", "a part that is not stated: the case"),
        ("See 9903.01.01", "stands elsewhere"),
        ("Free (A+, AU)", "for programmes only"),
        ("whatever", "At column 1"),
    ],
)
def test_what_cannot_be_reckoned_with_says_why(text, why):
    assert why in reckonable(text, "USD").cannot
    assert reckonable(text, "USD").share is None


def test_a_number_finer_than_the_frame_can_hold_is_refused():
    fine = Component(kind="ad_valorem", percent=Decimal("1e-30"))
    assert of_components((fine,), "tiny").cannot == "it is finer than can be reckoned with"
