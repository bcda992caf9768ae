"""An officer puts other lines in the place of an assessment: with a reason, and only while it is open."""

from decimal import Decimal

import msgspec
import pytest

from tests.unit.clearance.making import MOMENT, RED
from tidegate.acts import AssessmentOverridden, DeclarationAssessed, TaxLine
from tidegate.clearance import NotAllowedError, acts_about, consignment_now, override_assessment

LINE = TaxLine(
    item=1,
    type="A00",
    base=Decimal(500),
    rate=None,
    amount=Decimal("7.50"),
    currency="XTS",
    derivation="by hand",
)


def override(journal, mrn, *lines, reason="The invoice was for samples."):
    return override_assessment(journal, mrn, MOMENT, "officer:1", taxes=lines, reason=reason)


def test_what_is_due_is_what_the_officer_says_and_both_stay_in_the_journal(post):
    mrn = post.cleared("L1", RED)
    position = override(
        post.journal, mrn, LINE, msgspec.structs.replace(LINE, type="B00", payable=Decimal(2))
    )
    consignment, last = consignment_now(post.journal, mrn)
    assert (consignment.due, last) == (Decimal("9.50"), position)
    kinds = [type(act) for _, act in acts_about(post.journal, mrn)]
    assert DeclarationAssessed in kinds
    assert kinds[-1] is AssessmentOverridden


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": " "}, "has a reason"),
        ({"reason": "x" * 2_001}, "at most 2000 characters"),
        ({"amount": Decimal(-1)}, "0 or more XTS, not -1 XTS"),
        ({"amount": Decimal("NaN")}, "not NaN XTS"),
        ({"currency": "EUR"}, "not 7.50 EUR"),
    ],
)
def test_an_override_without_reason_or_with_impossible_money_is_refused(post, changes, said):
    mrn = post.cleared("L1", RED)
    reason = changes.pop("reason", "why")
    with pytest.raises(NotAllowedError, match=said):
        override(post.journal, mrn, msgspec.structs.replace(LINE, **changes), reason=reason)


def test_what_is_released_is_not_overridden(post):
    mrn = post.cleared("L1")
    assert consignment_now(post.journal, mrn)[0].state == "released"
    with pytest.raises(NotAllowedError, match=r"assessment\.overridden cannot follow"):
        override(post.journal, mrn, LINE)
