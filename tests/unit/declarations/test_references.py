"""References are issued and checked as published ones are made."""

from __future__ import annotations

import re

import pytest

from tidegate.declarations import references

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KEY = b"a key of this test"
PUBLISHED = ["26GB345BQQV9HNYAR0", "24GBDIRIGZ7QLCPAA8", "23GB6W3GLSX9Z5JAR4", "22GB9TOG03BRZ1GA02"]


@pytest.mark.parametrize("mrn", PUBLISHED)
def test_a_published_mrn_carries_the_check_digit_we_compute(mrn):
    assert references.check_mrn(mrn) is None


def test_an_issued_mrn_is_well_made():
    mrn = references.issue_mrn("XA", 2026, "XA123456789", "LRN-1", KEY)
    assert re.fullmatch(r"26XA[A-Z0-9]{13}\d", mrn)
    assert references.check_mrn(mrn) is None


def test_the_same_declaration_gets_the_same_mrn_and_any_difference_another():
    def mrn(declarant="XA1", lrn="L", key=KEY, attempt=0):
        return references.issue_mrn("XA", 2026, declarant, lrn, key, attempt=attempt)

    others = {
        mrn("XA2"),
        mrn(lrn="M"),
        mrn(key=b"other"),
        mrn(attempt=1),
        mrn("XA1|L", ""),
        mrn("XA1", "L|0"),
    }
    assert mrn("XA1|L", "M") != mrn("XA1", "L|M")
    assert mrn() == mrn()
    assert len(others | {mrn()}) == 7


def test_the_mrns_of_many_declarations_differ():
    issued = {references.issue_mrn("XA", 2026, "XA1", f"L{number}", KEY) for number in range(5_000)}
    assert len(issued) == 5_000


@pytest.mark.parametrize(("country", "key"), [("xa", KEY), ("X", KEY), ("XAA", KEY), ("XA", b"")])
def test_an_mrn_is_not_issued_for_what_is_no_country_or_without_a_key(country, key):
    with pytest.raises(ValueError, match="MRN"):
        references.issue_mrn(country, 2026, "XA1", "L", key)


@pytest.mark.parametrize(
    ("mrn", "wrong"),
    [
        ("26GB345BQQV9HNYAR", "has 17"),
        ("26gb345BQQV9HNYAR0", "all capitals"),
        ("26GB345BQQV9HNYARX", "check digit"),
        ("26GB345BQQV9HNYAR1", "would be 0"),
        ("\u0662\u0666GB345BQQV9HNYAR0", "two digits"),
    ],
)
def test_a_malformed_mrn_is_told_what_would_be_right(mrn, wrong):
    assert wrong in (references.check_mrn(mrn) or "")


def test_most_single_changes_of_an_mrn_are_noticed():
    mrn = "24GBDIRIGZ7QLCPAA8"
    changed = [mrn[:at] + new + mrn[at + 1 :] for at in range(4, 17) for new in ALPHABET if new != mrn[at]]
    noticed = sum(references.check_mrn(one) is not None for one in changed)
    assert noticed / len(changed) > 0.85


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (references.check_lrn, "NEW-TT-SAMPLE-CUS 9"),
        (references.check_lrn, "X" * 35),
        (references.check_ducr, "1GB553202734852-20210607"),
        (references.check_mucr, "A:AAA12345678"),
        (references.check_mucr, "GB/ABC-12345"),
        (references.check_mucr, "GB/553202734852-X1"),
        (references.check_mucr, "C:AAA123"),
        (references.check_ucr, "GB/ABC-12345"),
        (references.check_ucr, "6GB553202734852-A(1)"),
        (references.check_operator, "GB553202734852"),
        (references.check_operator, "XA1"),
        (references.check_container, "CSQU3054383"),
    ],
)
def test_a_well_made_reference_is_taken(check, right):
    assert check(right) is None


@pytest.mark.parametrize(
    ("check", "wrong", "why"),
    [
        (references.check_lrn, "", "empty"),
        (references.check_lrn, "X" * 36, "has 36"),
        (references.check_lrn, "A\nB", "line breaks"),
        (references.check_ducr, "GB553202734852-1", "last digit of the year"),
        (references.check_ducr, "1GB553202734852-" + "1" * 20, "at most 35"),
        (references.check_ducr, "1GB5532027348521-1", "12 characters"),
        (references.check_mucr, "A:AAA1234567", "8 digits"),
        (references.check_ucr, "GB/1234-:3333HB", "slash"),
        (references.check_operator, "G553", "two letters"),
        (references.check_operator, "GB" + "1" * 16, "1 to 15"),
        (references.check_operator, "GB 553202734852", "without spaces"),
        (references.check_container, "AD12345", "ISO 6346"),
        (references.check_container, "CSQR3054383", "U, J or Z"),
        (references.check_container, "CSQU3054384", "it is 3"),
    ],
)
def test_a_malformed_reference_is_told_what_would_be_right(check, wrong, why):
    assert why in (check(wrong) or "")
