"""Compound rates against `decimal`, charges that are split, items that are split: to the minor unit."""

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.tariff.making import DUTY, exchange, items, rate, tables
from tidegate.tariff import assess, charge_rules

MINOR = Decimal("0.01")
quick = settings(max_examples=40, deadline=None)
percents = st.integers(0, 200_00).map(lambda scaled: Decimal(scaled).scaleb(-2))
amounts_per_unit = st.integers(0, 10**6).map(lambda scaled: Decimal(scaled).scaleb(-3))
masses = st.integers(0, 10**13)  # milligrams
prices = st.integers(0, 10**12)  # thousandths
FREIGHT = charge_rules(
    [
        {
            "code": "AS",
            "sign": "+",
            "into": "value",
            "kind": "freight",
            "name": "",
            "from": "",
            "until": "",
            "source": "",
        }
    ]
)


def rounded(number: Decimal) -> Decimal:
    return number.quantize(MINOR, ROUND_HALF_UP)


@quick
@given(
    st.lists(st.tuples(prices, masses), min_size=1, max_size=4), percents, amounts_per_unit, amounts_per_unit
)
def test_compound_rates_equal_decimals(rows, share, each, least):
    by = tables(
        [rate("A00", f"{share}% + {each} EUR/kg MIN {least} XTS/kg")], [exchange("EUR", "0.8")], (DUTY,)
    )
    found = assess(items(*({"item_amount": price, "net_mass": mass} for price, mass in rows)), by).lines
    expected = []
    for price, mass in rows:
        kilograms = Decimal(mass) / 1_000_000
        plus = rounded(rounded(Decimal(price) / 1000) * share / 100) + rounded(
            kilograms * each / Decimal("0.8")
        )
        expected.append(int(max(plus, rounded(kilograms * least)) * 100))
    assert found["amount"].to_list() == expected


@quick
@given(st.lists(prices, min_size=1, max_size=8), st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_the_parts_of_a_charge_add_up_and_do_not_depend_on_the_order_of_items(rows, charge, random):
    shared = [{"code": "AS", "amount": charge, "currency": "XTS"}]
    made = [
        {"declaration": "D", "item": n, "item_amount": price, "shipment_charges": shared}
        for n, price in enumerate(rows, start=1)
    ]
    by = tables([rate("A00", "1")], (), (DUTY,), charges=FREIGHT)
    values = assess(items(*made), by).values
    prices_alone = sum(int(rounded(Decimal(price) / 1000) * 100) for price in rows)
    assert values["value"].sum() - prices_alone == int(rounded(Decimal(charge) / 1000) * 100)
    mixed = assess(items(*random.sample(made, len(made))), by).values
    assert sorted(mixed.rows()) == sorted(values.rows())


@quick
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), percents)
def test_splitting_an_item_changes_duty_by_no_more_than_a_minor_unit_for_each_part(parts, share):
    by = tables([rate("A00", str(share))], (), (DUTY,))
    # Whole minor units, so that it is the rounding of amounts that is looked at.
    whole = assess(items({"item_amount": sum(parts) * 10}), by).lines["amount"].sum()
    split = assess(items(*({"item_amount": part * 10} for part in parts)), by).lines["amount"].sum()
    assert abs(whole - split) <= (len(parts) + 1) / 2


@quick
@given(prices, prices, masses, percents, amounts_per_unit)
def test_more_value_or_more_goods_never_mean_less_compound_duty(price, more, mass, share, each):
    by = tables([rate("A00", f"{share}% + {each} XTS/kg")], (), (DUTY,))
    rows = [{"item_amount": price, "net_mass": mass}, {"item_amount": price + more, "net_mass": mass + more}]
    amounts = assess(items(*rows), by).lines["amount"].to_list()
    assert amounts == sorted(amounts)
