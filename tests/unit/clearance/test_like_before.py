"""Like cases on a page: sought among so many results at most, known before the day of a declaration."""

from datetime import timedelta

from tests.unit.clearance.making import MOMENT, RED, lodging
from tidegate.clearance import record_control
from tidegate.clearance.past import one_and_known_before
from tidegate.risk.likeness import like_cases

DAY = timedelta(days=1)


def controlled(post, lrn, day, outcome):
    """Lodge on a day and control it; returns the number."""
    (receipt,) = post.lodge(lodging(lrn, RED, MOMENT + day * DAY))
    post.catch_up()
    record_control(post.journal, receipt.mrn, MOMENT + day * DAY, "officer:1", outcome=outcome, found="Seen.")
    post.catch_up()
    return receipt.mrn


def test_the_latest_results_known_before_its_day_are_compared_and_no_more_than_asked_for(post):
    numbers = [controlled(post, f"L{day}", day, "irregular" if day == 1 else "conform") for day in range(4)]
    (asked,) = post.lodge(lodging("L9", RED, MOMENT + 3 * DAY))
    post.catch_up()
    own, before = one_and_known_before(post.folder / "responders", asked.mrn, 10)
    assert own["declaration"].unique().to_list() == [asked.mrn]
    assert set(before["declaration"]) == set(numbers[:3])
    cases = {one.declaration: one.irregular for one in like_cases(before, own)}
    assert cases == {numbers[0]: False, numbers[1]: True, numbers[2]: False}
    own, before = one_and_known_before(post.folder / "responders", asked.mrn, 2)
    assert set(before["declaration"]) == set(numbers[1:3])


def test_of_what_is_not_remembered_nothing_is_compared(post, tmp_path):
    controlled(post, "L1", 0, "irregular")
    for folder in (post.folder / "responders", tmp_path / "none"):
        own, before = one_and_known_before(folder, "26XANOSUCHNUMBER00", 10)
        assert own.is_empty()
        assert before.is_empty()
