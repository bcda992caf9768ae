"""The way in: one number for one lodging, once, whatever is stated and whoever is beside it."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.clearance.lodging_together import REFERENCES
from tests.unit.clearance.making import KEY, MOMENT, PRICE, Post, declaration, lodging
from tidegate.clearance import Lodging, consignment_now, lodge, receive, references_of
from tidegate.clearance.bounds import LONGEST_REFERENCE, referable, within
from tidegate.declarations.findings import Finding
from tidegate.declarations.messages import Message
from tidegate.declarations.references import check_mrn
from tidegate.journal import JournalFullError, SqliteJournal, create_journal

PROJECT = Path(__file__).parent.parent.parent.parent


def test_a_lodging_gets_a_well_made_number_and_its_bytes_are_kept(post):
    one = lodging("L1")
    (receipt,) = post.lodge(one)
    assert check_mrn(receipt.mrn) is None
    (entry,) = post.journal.read(receipt.position, 1)
    assert post.journal.attachment(entry.attachments[0]) == one.original
    assert (entry.occurred, entry.kind) == (MOMENT, "declaration.lodged")


def test_the_number_does_not_depend_on_what_is_lodged_beside(tmp_path):
    lodgings = [lodging(f"L{number}") for number in range(6)]
    numbers = []
    for place, cut in enumerate((1, 4, 6)):
        post = Post(tmp_path / str(place))
        numbers.append([r.mrn for at in range(0, 6, cut) for r in post.lodge(*lodgings[at : at + cut])])
        post.journal.close()
    assert numbers[0] == numbers[1] == numbers[2]
    assert len(set(numbers[0])) == 6


def test_a_reference_used_before_is_told_with_the_number_that_has_it(post):
    (first,) = post.lodge(lodging("L1"))
    size = post.journal.size
    (second,) = post.lodge(lodging("L1", {PRICE: "1.00 EUR"}, datetime(2027, 1, 1, tzinfo=UTC)))
    assert (second.mrn, second.position, post.journal.size) == (None, first.position, size)
    assert second.finding.code == "TG-LRN-TWICE"
    assert second.finding.values == {"mrn": first.mrn, "lrn": "L1"}
    assert first.mrn in second.finding.text
    assert second.finding.stops


def test_twice_in_one_batch_is_twice_and_the_rest_enters(post):
    receipts = post.lodge(lodging("L1"), lodging("L1", {PRICE: "1.00 EUR"}), lodging("L2"))
    assert [receipt.mrn is not None for receipt in receipts] == [True, False, True]
    assert receipts[1].finding.values["mrn"] == receipts[0].mrn


def test_another_declarant_may_use_the_same_reference(post):
    receipts = post.lodge(lodging("L1"), lodging("L1", {"Declarant/ID": "XB1"}))
    assert receipts[0].mrn != receipts[1].mrn
    assert None not in {receipt.mrn for receipt in receipts}


def test_a_colon_does_not_make_the_references_of_two_declarants_one(post):
    receipts = post.lodge(lodging("B:C", {"Declarant/ID": "A"}), lodging("C", {"Declarant/ID": "A:B"}))
    assert all(receipt.mrn for receipt in receipts)


def test_without_a_reference_the_same_octets_are_lodged_once(post):
    one, other = (lodging("", {PRICE: f"{n}.00 EUR"}) for n in (1, 2))
    receipts = post.lodge(one, other, one)
    assert [receipt.mrn is None for receipt in receipts] == [False, False, True]
    assert "octets" in receipts[2].finding.text


@pytest.mark.parametrize("lrn", ["x" * 100_000, "two\nlines", "~tilde", "\ud800", "é" * 127, "\x00"])
def test_whatever_is_stated_as_reference_is_lodged_and_told_apart(post, lrn):
    value = declaration(lrn).altered(declarant=None, agent=None, submitter=None)
    twins = [
        Lodging(MOMENT, b"1", value),
        Lodging(MOMENT, b"2", declaration(lrn + "x")),
        Lodging(MOMENT, b"3", value),
    ]
    one, two, three = lodge(post.journal, twins, country="XA", key=KEY)
    assert [receipt.mrn is None for receipt in (one, two, three)] == [False, False, True]
    assert len(consignment_now(post.journal, one.mrn)[0].lrn) <= LONGEST_REFERENCE


def test_a_reference_is_itself_where_it_fits():
    assert referable("TT_IM02a-1 (x)") == "TT_IM02a-1 (x)"
    assert referable("x" * 129) != referable("x" * 130)
    assert referable("a\n") != referable("a\r")
    assert referable("\n" * 500).isprintable()


def test_what_is_within_is_as_much_of_the_first_as_fits():
    assert within(["aa", "b", "c"], 2, 100) == ("aa", "b")
    assert within(["aa", "b", "c"], 9, 9) == ("aa", "b")
    assert within(["aa", "b", "c"], 9, 8) == ("aa",)


def test_other_messages_are_kept_with_what_reading_showed(post):
    findings = tuple(Finding("TG-XML-FORM", f"line {n}", "It is " + "long. " * 100) for n in range(80))
    message = Message("cancellation", bare=declaration("x" * 70_000).altered(id="y\n" * 70_000))
    position = receive(
        post.journal, message, b"<as it came", occurred=MOMENT, author="z" * 70_000, findings=findings
    )
    (entry,) = post.journal.read(position, 1)
    assert post.journal.attachment(entry.attachments[0]) == b"<as it came"
    assert b'"further":' in entry.body
    assert len(references_of(message)["lrn"]) == 70_000


def test_of_two_processes_that_lodge_the_same_at_once_one_wins_and_the_other_is_told(tmp_path):
    create_journal(tmp_path, clock=lambda: MOMENT).close()
    command = [sys.executable, "-m", "tests.unit.clearance.lodging_together", str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": PROJECT}
    both = [subprocess.Popen([*command, name], **pipes) for name in ("a", "bb")]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    one, two = (json.loads(process.communicate(timeout=60)[0]) for process in both)
    for lrn in REFERENCES:
        winner, loser = sorted((one[lrn], two[lrn]), key=lambda told: told[0] is None)
        assert winner[0] is not None
        assert winner[2] is None
        assert loser == [None, winner[1], winner[0]]


def test_nothing_is_acknowledged_when_the_journal_is_full(post, monkeypatch):
    def full(_journal, _groups):
        raise JournalFullError("The disk is full.")

    monkeypatch.setattr(SqliteJournal, "append", full)
    with pytest.raises(JournalFullError):
        post.lodge(lodging("L1"))
    assert post.journal.size == 0
