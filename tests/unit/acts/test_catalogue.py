"""The catalogue of acts: each kind is named once, says what happened, and reads back as it was written."""

import re
from decimal import Decimal

import msgspec
import pytest

from tidegate.acts import (
    CATALOGUE,
    Act,
    DeclarationAssessed,
    PaymentRecorded,
    Reason,
    ResponderStarted,
    TaxLine,
    UnknownActError,
    decode,
)
from tidegate.declarations.findings import Finding

ASSESSED = DeclarationAssessed(
    mrn="M",
    due=Decimal("10.50"),
    currency="XTS",
    taxes=(TaxLine(1, "A00", Decimal("100.00"), Decimal("10.50"), Decimal("10.50"), "XTS"),),
    findings=(Finding("TG-RATE", "Commodity", "No rate.", "warning", {"a": "b"}),),
    score=0.25,
    reasons=(Reason("So it is.", 0.25, 1, "P1"),),
)


@pytest.mark.parametrize("kind_and_version", CATALOGUE)
def test_every_act_is_named_as_something_that_happened_and_says_so_in_a_sentence(kind_and_version):
    act = CATALOGUE[kind_and_version]
    assert re.fullmatch(r"[a-z]+\.[a-z]+|erased", act.KIND)
    assert kind_and_version == (act.KIND, act.VERSION)
    assert re.match(r"[A-Z][^\n]+\.(\n|$)", act.__doc__)


def test_an_act_reads_back_as_it_was_written():
    assert decode(ASSESSED.KIND, 1, ASSESSED.encode()) == ASSESSED


def test_money_and_rates_are_written_as_strings():
    written = msgspec.json.decode(ASSESSED.encode())
    assert (written["due"], written["taxes"][0]["rate"]) == ("10.50", "10.50")
    assert decode(ASSESSED.KIND, 1, ASSESSED.encode()).due.as_tuple() == Decimal("10.50").as_tuple()


def test_what_is_not_stated_takes_no_room():
    body = PaymentRecorded(mrn="M", reference="R", amount=Decimal(1), currency="XTS").encode()
    assert body == b'{"mrn":"M","reference":"R","amount":"1","currency":"XTS"}'


def test_a_member_may_have_another_name_in_the_journal_than_in_python():
    body = ResponderStarted(name="clearance", version=2, start=7).encode()
    assert msgspec.json.decode(body)["from"] == 7
    assert decode("responder.started", 1, body).start == 7


@pytest.mark.parametrize(("kind", "version"), [("declaration.dreamt", 1), ("declaration.lodged", 99)])
def test_an_act_that_a_newer_tidegate_wrote_is_told_by_kind_and_version(kind, version):
    with pytest.raises(UnknownActError, match=f"no act '{kind}' version {version}") as unknown:
        decode(kind, version, b"{}")
    assert (unknown.value.code, unknown.value.kind, unknown.value.version) == ("unknown_act", kind, version)


def test_two_acts_cannot_have_the_same_kind_and_version():
    before = dict(CATALOGUE)
    with pytest.raises(ValueError, match="of its own"):
        type("Again", (Act,), {"KIND": "declaration.lodged", "__module__": __name__}, frozen=True)
    assert before == CATALOGUE
