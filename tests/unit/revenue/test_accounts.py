"""Accounts: opened once, credited, drawn on in order, never below nothing, given back at an end."""

from decimal import Decimal

import pytest

from tests.unit.clearance.living import LATER, LivingPost, octets, request
from tests.unit.clearance.making import MOMENT
from tidegate.acts import DeclarationInvalidated
from tidegate.clearance import consignment_now, request_invalidation, strike
from tidegate.journal import Append, Draft, Key, follow, tables
from tidegate.revenue import BadAccountError, RevenueReader, account, credit_account, open_account
from tidegate.revenue.acting import account_now

NUMBER = "1234567"
NAMED = {"AdditionalDocument[1]/TypeCode": "DAN", "AdditionalDocument[1]/ID": NUMBER}
DUE = Decimal("4800.00")


@pytest.fixture
def post(tmp_path):
    made = LivingPost(tmp_path)
    yield made
    made.journal.close()


def opened(post, amount, number=NUMBER):
    return open_account(
        post.journal,
        MOMENT,
        "officer",
        account=number,
        holder="XA123456789",
        kind="deferment",
        amount=Decimal(amount),
        currency="XTS",
    )


def cleared(post, lrn):
    mrn = post.lodged(lrn, NAMED)
    strike(post.journal, mrn, LATER.replace(hour=10))
    post.catch_up()
    return mrn


def held(post):
    follow(post.journal, RevenueReader(), post.folder / "read")
    connection = tables(RevenueReader(), post.folder / "read")
    found = account(connection, NUMBER)
    connection.close()
    assert found == account_now(post.journal, NUMBER)
    return found


def test_an_account_is_opened_once_and_credited(post):
    opened(post, "100.00")
    with pytest.raises(BadAccountError, match="acted on"):
        opened(post, "100.00")
    credit_account(post.journal, LATER, "officer", account=NUMBER, amount=Decimal("50.50"))
    assert held(post).available == Decimal("150.50")


@pytest.mark.parametrize("number", ["", "x" * 36, "1\n2"])
def test_an_account_has_a_number(post, number):
    with pytest.raises(BadAccountError, match="number"):
        opened(post, "1", number)


def test_nothing_below_zero_is_opened_or_credited(post):
    with pytest.raises(BadAccountError, match="0 or more"):
        opened(post, "-1")
    with pytest.raises(BadAccountError, match="0 or more"):
        credit_account(post.journal, LATER, "officer", account=NUMBER, amount=Decimal("NaN"))
    with pytest.raises(BadAccountError, match="No account"):
        credit_account(post.journal, LATER, "officer", account=NUMBER, amount=Decimal(1))


def test_debts_are_drawn_in_order_until_too_little_is_left(post):
    opened(post, "10000.00")
    numbers = [cleared(post, f"L{n}") for n in range(3)]
    states = [consignment_now(post.journal, mrn)[0].state for mrn in numbers]
    assert states == ["cleared", "cleared", "selected"]
    assert held(post).drawn == dict.fromkeys(numbers[:2], DUE)
    assert held(post).available == Decimal("400.00")
    refused = post.journal.read(0, 1_000, {"account.refused"})
    assert b'"available":"400.00"' in refused[0].body


def test_what_was_drawn_is_given_back_when_a_declaration_ends(post):
    opened(post, "10000.00")
    mrn = cleared(post, "L1")
    ended = DeclarationInvalidated(mrn=mrn)
    keys = (Key(f"mrn:{mrn}"),)
    draft = Draft(
        kind=ended.KIND, version=1, occurred=LATER, author=Key("test"), keys=keys, body=ended.encode()
    )
    post.journal.append([Append((draft,))])
    post.catch_up()
    assert held(post).drawn == {}
    assert held(post).available == Decimal("10000.00")


def test_what_was_not_drawn_is_not_given_back(post):
    opened(post, "10000.00")
    mrn = post.lodged("L1", NAMED)
    value = request("INV", mrn)
    request_invalidation(post.journal, mrn, value, LATER, octets(value))
    post.catch_up()
    assert post.journal.read(0, 1_000, {"account.restored"}) == []


def test_an_account_that_is_not_held_here_is_not_called_on(post):
    mrn = cleared(post, "L1")
    assert consignment_now(post.journal, mrn)[0].state == "cleared"
    assert post.journal.read(0, 1_000, {"payment.called"}) == []
