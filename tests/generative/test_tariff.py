"""The frame against `decimal`: every value, base and amount to the minor unit, one row and many alike."""

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.tariff.making import DUTY, VAT, exchange, items, rate, tables
from tidegate.tariff import assess

stated = st.integers(0, 10**16 - 1)  # thousandths: all that n..16,3 can say
percents = st.integers(0, 2_000_0000).map(lambda scaled: Decimal(scaled).scaleb(-4))
exchanges = st.integers(1, 10**10).map(lambda scaled: Decimal(scaled).scaleb(-6))
quick = settings(max_examples=40, deadline=None)


def reckoned(
    thousandths: int, of: Decimal, duty: Decimal, vat: Decimal, digits: int
) -> list[tuple[int, int]]:
    """Return base and amount of duty and tax in minor units, worked out with `decimal`, half up."""
    unit = Decimal(1).scaleb(-digits)
    value = (Decimal(thousandths) / 1000 / of).quantize(unit, ROUND_HALF_UP)
    lines = []
    base = value
    for percent in (duty, vat):
        amount = (base * percent / 100).quantize(unit, ROUND_HALF_UP)
        lines.append((int(base.scaleb(digits)), int(amount.scaleb(digits))))
        base += amount
    return lines


@quick
@given(
    st.lists(st.tuples(stated, st.booleans()), min_size=1, max_size=5),
    exchanges,
    percents,
    percents,
    st.sampled_from((0, 2, 3)),
)
def test_frames_equal_decimals_for_one_row_and_for_many(rows, of, duty, vat, digits):
    given_tables = tables(
        [rate("A00", str(duty)), rate("B00", str(vat))], [exchange("EUR", str(of))], (DUTY, VAT), digits
    )
    frame = items(*({"item_amount": n, "currency": "EUR" if foreign else "XTS"} for n, foreign in rows))
    expected = {
        f"D{place}": reckoned(n, of if foreign else Decimal(1), duty, vat, digits)
        for place, (n, foreign) in enumerate(rows, start=1)
    }
    too_large = {
        name for name, lines in expected.items() if any(abs(n) > 10**18 for line in lines for n in line)
    }
    found = assess(frame, given_tables)
    lines = found.lines.filter(~found.lines["declaration"].is_in(list(too_large)))
    assert lines.select("base", "amount").rows() == [
        line for name, of_one in expected.items() if name not in too_large for line in of_one
    ]
    assert set(found.gaps["declaration"]) == too_large
    alone = [assess(frame[place : place + 1], given_tables) for place in range(frame.height)]
    assert [row for one in alone for row in one.lines.rows()] == found.lines.rows()
    assert [row for one in alone for row in one.values.rows()] == found.values.rows()


@quick
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("84145925", "8414", "61091000", "99")), st.sampled_from(("CN", "XB", None))
        ),
        min_size=2,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_items_changes_nothing(kinds, random):
    of = tables(
        [
            rate("A00", "1", "84"),
            rate("A00", "2", "8414"),
            rate("A00", "3", "61", origin="XB"),
            rate("B00", "5"),
        ]
    )
    rows = [
        {"declaration": "D", "item": n, "commodity": code, "origin": origin, "item_amount": n * 7_777}
        for n, (code, origin) in enumerate(kinds, start=1)
    ]
    mixed = random.sample(rows, len(rows))
    one, two = assess(items(*rows), of), assess(items(*mixed), of)
    assert sorted(one.lines.rows()) == sorted(two.lines.rows())
    assert sorted(one.gaps.rows()) == sorted(two.gaps.rows())


@quick
@given(st.integers(0, 10**14), st.integers(0, 10**14), percents, exchanges)
def test_more_value_never_means_less_duty(one, more, duty, of):
    given_tables = tables([rate("A00", str(duty))], [exchange("EUR", str(of))], (DUTY,))
    frame = items({"item_amount": one, "currency": "EUR"}, {"item_amount": one + more, "currency": "EUR"})
    amounts = assess(frame, given_tables).lines["amount"].to_list()
    assert amounts == sorted(amounts)
