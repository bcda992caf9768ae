"""Duty on the command line: a quota that is used up, and an officer who puts an amount."""

import pytest

from tests.functional.test_commands import lines, run
from tests.unit.clearance.making import PAYS_AT_ONCE, declaration
from tidegate.declarations.messages import Message, write_message

QUOTA = "090001"  # of the demonstration administration: 1,000 kg of plastic tableware a year, free of duty
SECOND = "GoodsShipment/GovernmentAgencyGoodsItem[2]/Commodity/DutyTaxFee[1]/QuotaOrderID"


def written(folder, lrn, edits):
    path = folder / f"{lrn}.xml"
    path.write_bytes(write_message(Message("declaration", bare=declaration(lrn, edits))))
    return path


@pytest.fixture
def node(tmp_path):
    run("init", tmp_path / "n")
    return tmp_path / "n"


def duty(told):
    return [(one["base"], one["rate"], one["amount"]) for one in told["taxes"] if one["type"] == "A00"][1:]


def test_the_first_claims_of_a_quota_get_it_and_the_last_owes_the_ordinary_rate_and_is_told(node, tmp_path):
    files = [written(tmp_path, f"Q-{n}", {SECOND: QUOTA}) for n in range(4)]
    first, second, third, last = lines(run("clear", "--node", node, *files, "--json"))
    # Each claims 450 kg, worth 5,000.00 EUR at 0.92 to one XTS; there are 1,000.
    whole = duty(first)[0][0]
    assert duty(first) == duty(second) == [(whole, "0.00", "0.00")]
    within, without = duty(third)
    assert (within[1], without[1]) == ("0.00", "6.50")
    assert duty(last)[0][:2] == (whole, "6.50")
    assert float(duty(last)[0][2]) > float(without[2]) > 0
    findings = [[one["code"] for one in told["findings"]] for told in (first, second, third, last)]
    assert findings == [[], [], ["TG-QUOTA"], ["TG-QUOTA"]]
    assert f"{QUOTA} has 100 KGM left of 1000, asked 450" in third["findings"][0]["text"]
    assert f"{QUOTA} has 0 KGM left of 1000, asked 450" in last["findings"][0]["text"]


def test_an_officer_puts_an_amount_with_a_reason_and_it_is_what_is_due(node, tmp_path):
    (told,) = lines(
        run("clear", "--node", node, written(tmp_path, "O-1", PAYS_AT_ONCE), "--json"),
    )
    mrn = told["mrn"]
    words = ("--node", node, "--amount", "1:A00=1.00", "--amount", "2:A00=0", "--reason", "Samples.")
    (put,) = lines(run("tariff", "override", mrn, *words, "--author", "officer:7", "--json"))
    amounts = {(one["item"], one["type"]): one["amount"] for one in put["taxes"]}
    assert (amounts[1, "A00"], amounts[2, "A00"]) == ("1.00", "0")
    vat = sum(float(one["amount"]) for one in told["taxes"] if one["type"] == "B00")
    assert float(put["due"]) == pytest.approx(vat + 1)
    assert float(put["before"]) > float(put["due"])
    assert "Samples." in run("show", mrn, "--node", node)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--amount", "A00=1", "--reason", "x"), "1:A00=150.00"),
        (("--amount", "1:A00=-1", "--reason", "x"), "1:A00=150.00"),
        (("--amount", "1:A00=1", "--reason", " "), "has a reason"),
        (("--amount", "1:A00=1"), "--reason"),
        (("--reason", "x"), "--amount"),
    ],
)
def test_an_override_that_cannot_be_is_refused_with_what_would_be_right(node, tmp_path, words, said):
    (told,) = lines(run("clear", "--node", node, written(tmp_path, "O-1", PAYS_AT_ONCE), "--json"))
    assert said in run("tariff", "override", told["mrn"], "--node", node, *words, expect=2)


def test_a_number_that_nobody_gave_is_told(node):
    words = ("--amount", "1:A00=1", "--reason", "x")
    assert "26XA00000000000000" in run(
        "tariff", "override", "26XA00000000000000", "--node", node, *words, expect=2
    )
