"""Rates made from the language itself, and texts that are not of it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tidegate.tariff.rates import Component, Rate, UnreadRate, print_rate, read_rate

NUMBERS = st.decimals(min_value=0, max_value=10**6, places=4)
BASES = st.sampled_from([None, "the case", "the strap, band or bracelet", "lead content"])
UNITS = st.sampled_from(
    [("kg", "KGM"), ("each", "NAR"), ("pf.liter", "PFL"), ("clean kg", None), (None, None)]
)
NOTES = st.sampled_from([(), ("1/",), ("1/", "2/")])
CODES = ["A", "A+", "A*", "AU", "BH", "CA", "E", "JP", "KR", "S+"]


@st.composite
def components(draw, role="plus"):
    kind = draw(st.sampled_from(["ad_valorem", "specific"] if role != "plus" else KINDS))
    footnotes = draw(NOTES)
    if kind == "free":
        return Component(kind="free", footnotes=footnotes)
    if kind == "reference":
        refers_to = draw(st.sampled_from(["9822.05.20", "U.S. note 3(e)", "9915.04.80, 9915.04.86"]))
        return Component(kind="reference", refers_to=refers_to, wording="See", footnotes=footnotes)
    if kind == "ad_valorem":
        percent = draw(NUMBERS)
        return Component(kind=kind, percent=percent, basis=draw(BASES), role=role, footnotes=footnotes)
    unit, code = draw(UNITS)
    return Component(
        kind=kind,
        amount=draw(NUMBERS),
        currency=draw(st.sampled_from(["USD", "EUR", "GBP", "JPY"])),
        unit=unit,
        unit_code=code,
        basis=draw(BASES),
        role=role,
        footnotes=footnotes,
    )


KINDS = ["ad_valorem", "specific", "free", "reference"]
TERMS = st.tuples(
    components(),
    st.lists(st.sampled_from(["plus", "less"]).flatmap(lambda role: components(role=role)), max_size=3),
    st.lists(st.sampled_from(["minimum", "maximum"]).flatmap(lambda role: components(role=role)), max_size=1),
).map(lambda parts: (parts[0], *parts[1], *parts[2]))


@st.composite
def rates(draw):
    if draw(st.booleans()):
        return Rate(draw(TERMS), bracketed=draw(st.booleans()))
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
    cut = draw(st.integers(1, len(codes)))
    named = [one for one in (tuple(codes[:cut]), tuple(codes[cut:])) if one]
    return Rate(
        tuple(
            Component(**{name: getattr(one, name) for name in one.__struct_fields__} | {"programmes": group})
            for group in named
            for one in draw(TERMS)
        )
    )


@given(rates())
def test_whatever_is_printed_reads_the_same_again(rate):
    assert read_rate(print_rate(rate)) == rate


@given(st.one_of(st.text(max_size=80), st.text(alphabet="0159.%¢$/()+,A kgless", max_size=40)))
def test_any_text_is_read_or_told_with_a_place_inside_it(text):
    found = read_rate(text)
    if isinstance(found, UnreadRate):
        assert 1 <= found.column <= len(text) + 1
        assert found.message
    else:
        assert read_rate(print_rate(found)) == found


@given(NUMBERS)
def test_cents_are_hundredths_exactly(number):
    (component,) = read_rate(f"{number}¢/kg").components
    assert component.amount * 100 == number
    assert component.amount == Decimal(number).scaleb(-2)
