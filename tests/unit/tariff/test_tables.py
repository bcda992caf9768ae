"""A table that cannot be used is refused, with its name and its row."""

import pytest

from tests.unit.tariff.making import DUTY, VAT, exchange, rate, tables
from tidegate.tariff import BadTableError, Tax, exchange_table, measure_table


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (rate("A00", "ten"), "rate 'ten' cannot be reckoned with: At column 1"),
        (rate("A00", ""), "rate '' cannot be reckoned with"),
        (rate("A00", "-1"), "rate '-1' cannot be reckoned with"),
        (rate("A00", "NaN"), "rate 'NaN' cannot be reckoned with"),
        (rate("A00", "3% on the case"), "it is for a part that is not stated: the case"),
        (rate("A00", "See 9903.01.01"), "what is due stands elsewhere: 9903.01.01"),
        (rate("A00", "1", kind="tax"), "kind 'tax' is none of duty, preference"),
        (rate("A00", "1", kind="prohibition"), "a prohibition has no tax"),
        (rate("", "1"), "a duty names its tax"),
        (rate("A00", "1", "84x"), "commodity '84x'"),
        (rate("A00", "1", "841459250010203"), "commodity '841459250010203'"),
        (rate("A00", "1", **{"from": "1.1.2026"}), "'1.1.2026' is not a date"),
        (rate("A00", "1", until="soon"), "'soon' is not a date"),
        (rate("A00", "1", until="2019-12-31"), "it ends on 2019-12-31, before it begins"),
        (rate("A00", "3"), "row 1 is for the same"),
    ],
)
def test_a_bad_rate_is_refused_with_table_and_row(row, said):
    with pytest.raises(BadTableError, match=r"^measures\.csv, row 2: ") as refused:
        measure_table([rate("A00", "3"), row], "XTS", "measures.csv")
    assert said in str(refused.value)
    assert (refused.value.code, refused.value.table, refused.value.row) == ("bad_table", "measures.csv", 2)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (exchange("EUR", "0"), "above 0"),
        (exchange("EUR", "0.0000001"), "not finer than"),
        (exchange("EUR", "x"), "'x' is not a decimal number"),
        (exchange("EUR", "1", "2026-13-01"), "'2026-13-01' is not a date"),
        (exchange("USD", "2"), "row 1 is for the same"),
    ],
)
def test_a_bad_rate_of_exchange_is_refused_with_table_and_row(row, said):
    with pytest.raises(BadTableError) as refused:
        exchange_table([exchange("USD", "1"), row])
    assert said in str(refused.value)
    assert (refused.value.table, refused.value.row) == ("exchange_rates", 2)


@pytest.mark.parametrize(
    ("taxes", "row"),
    [((), 0), ((VAT, DUTY), 1), ((DUTY, DUTY), 2), ((DUTY, Tax(type="B00", name="x", on=("B00",))), 2)],
)
def test_taxes_stand_once_and_after_those_they_are_charged_on(taxes, row):
    with pytest.raises(BadTableError) as refused:
        tables([], taxes=taxes)
    assert (refused.value.table, refused.value.row) == ("taxes", row)


def test_a_rate_for_a_tax_that_does_not_exist_is_refused():
    with pytest.raises(BadTableError, match="row 2: tax 'A0O' is none of A00, B00"):
        tables([rate("A00", "1"), rate("A0O", "1")])
