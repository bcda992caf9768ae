"""Scores do not depend on the batch: cut anywhere, in any order, they are equal to the last digit."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.risk.making import featured, profile
from tidegate.risk import apply_profiles

weights = st.floats(0.01, 1.0, allow_nan=False)
rows = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 7)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(weights, min_size=1, max_size=5), rows, st.randoms(use_true_random=False))
def test_a_score_is_a_function_of_the_declaration_alone(given_weights, kinds, random):
    profiles = [
        profile(f"value > {place}", code=f"P{place}", weight=weight)
        for place, weight in enumerate(given_weights)
    ]
    told = [
        {"declaration": f"D{number}", "item": item, "value": float(value)}
        for item, (number, value) in enumerate(kinds, start=1)
    ]
    whole = apply_profiles(featured(*told), profiles)
    expected = dict(whole.scores.rows())
    mixed = apply_profiles(featured(*random.sample(told, len(told))), profiles)
    assert dict(mixed.scores.rows()) == expected
    assert mixed.reasons.rows() == whole.reasons.rows()
    for name, score in expected.items():
        alone = [row for row in told if row["declaration"] == name]
        assert apply_profiles(featured(*alone), profiles).scores.rows() == [(name, score)]
        kept = [[1 - w for place, w in enumerate(given_weights) if row["value"] > place] for row in alone]
        products = []
        for factors in kept:
            product = 1.0
            for factor in factors:
                product *= factor
            products.append(1 - product)
        assert abs(score - max(products)) < 1e-6
