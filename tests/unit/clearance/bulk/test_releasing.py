"""Rows are released when nothing stands against it: paid for, controlled, or neither needed."""

from decimal import Decimal

import pytest

from tests.unit.clearance.bulk.post import MOMENT, Post, rows_of
from tidegate.acts import ConsignmentsReleased, decode
from tidegate.clearance import NotAllowedError, OvertakenError, UnknownConsignmentError
from tidegate.clearance.bulk import pay_upload, record_row_control, row_state, upload_status

HEAVY = {"commodity": "851830", "item_amount": "4.60", "gross_mass": "2"}  # goes to the yellow channel
GIFT = {"additional_procedure": "C08", "item_amount": "10", "gross_mass": "1"}  # owes nothing
DUE = Decimal("30.75")  # two parcels of 100 and one of 5 at 15 %


@pytest.fixture
def post(tmp_path):
    post = Post(tmp_path)
    yield post
    post.journal.close()


def pay(post, amount=DUE, upload="U1"):
    pay_upload(post.journal, upload, MOMENT, "cashier", reference="R1", amount=amount)
    post.catch_up()


def control(post, place, outcome="conform", found="As stated."):
    record_row_control(post.journal, place, MOMENT, "officer", outcome=outcome, found=found)
    post.catch_up()


def released(post):
    """Return what was released: by which part, what it waited for, how many rows, which places."""
    acts = [
        decode(one.kind, one.version, one.body)
        for one in post.journal.read(0, 100)
        if one.kind == ConsignmentsReleased.KIND
    ]
    return [(act.lodged, act.waited_for, act.rows, act.places) for act in acts]


def states(post, *places):
    with post.tables() as read:
        return [row_state(read, post.journal, *place).released for place in places]


def mixed(post):
    """Lodge two that owe, a gift and one to be looked at that owes too, in two parts."""
    post.lodge(rows_of({}, GIFT, HEAVY, {}), part=3)
    post.catch_up()
    assert post.decided()["waits"].to_list() == ["payment", "", "control", "payment"]


def test_what_owes_nothing_is_released_at_once_and_the_rest_when_it_is_paid(post):
    mixed(post)
    assert released(post) == [(0, "", 1, ())]
    assert states(post, (0, 0), (0, 1), (0, 2)) == [False, True, False]
    pay(post)
    assert released(post)[1:] == [(0, "payment", 1, ()), (1, "payment", 1, ())]
    assert states(post, (0, 0), (0, 2), (1, 0)) == [True, False, True]
    with post.tables() as read:
        status = upload_status(read, "U1")
    assert (status.released, status.paid, status.due_now) == (3, True, DUE)


@pytest.mark.parametrize("paid_first", [True, False])
def test_a_controlled_row_that_owes_is_released_when_it_is_both_conform_and_paid(post, paid_first):
    mixed(post)
    steps = [lambda: pay(post), lambda: control(post, (0, 2))]
    for step in steps if paid_first else steps[::-1]:
        assert (0, "control", 1, (2,)) not in released(post)
        step()
    assert released(post).count((0, "control", 1, (2,))) == 1
    assert states(post, (0, 2)) == [True]


def test_a_row_that_is_not_as_stated_stays_even_when_paid(post):
    mixed(post)
    control(post, (0, 2), "irregular", "Telephones.")
    pay(post)
    assert states(post, (0, 2)) == [False]
    with post.tables() as read:
        assert row_state(read, post.journal, 0, 2).control == "irregular"


def test_a_controlled_row_that_owes_nothing_needs_no_payment(post):
    post.cleared({**HEAVY, **GIFT, "item_amount": "4.60"})
    control(post, (0, 0))
    assert released(post) == [(0, "control", 1, (0,))]


def test_an_upload_is_paid_once_in_whole_and_when_it_has_ended(post):
    post.lodge(rows_of({}, {}), part=1, last=False)
    post.catch_up()
    with pytest.raises(NotAllowedError, match="not all of its rows"):
        pay(post, Decimal(30))
    post.lodge(rows_of(GIFT, first=3))
    with pytest.raises(NotAllowedError, match="not all of its rows"):
        pay(post, Decimal(30))  # the last part is not decided on
    post.catch_up()
    with pytest.raises(NotAllowedError, match=r"owes 30.00 XTS before release, not 29"):
        pay(post, Decimal(29))
    pay(post, Decimal(30))
    with pytest.raises(OvertakenError, match="recorded already"):
        pay(post, Decimal(30))
    with pytest.raises(UnknownConsignmentError):
        pay(post, upload="U9")


def test_only_what_was_selected_is_controlled_and_once(post):
    mixed(post)
    with pytest.raises(NotAllowedError, match="not selected"):
        control(post, (0, 0))
    for nowhere in ((0, 3), (2, 0), (99, 0)):
        with pytest.raises(UnknownConsignmentError):
            control(post, nowhere)
    with pytest.raises(NotAllowedError, match="2000 characters"):
        control(post, (0, 2), found="x" * 2001)
    control(post, (0, 2))
    with pytest.raises(OvertakenError):
        control(post, (0, 2), "irregular")


def test_releases_do_not_depend_on_tables_that_were_kept(post):
    mixed(post)
    for step in (lambda: control(post, (0, 2)), lambda: pay(post)):
        for file in (post.folder / "responders").iterdir():
            file.unlink()
        step()
    assert (0, "control", 1, (2,)) in released(post)
    assert len(released(post)) == 4
