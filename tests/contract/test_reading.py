import pytest

from tests.contract.making import alone
from tidegate.journal import JournalError, Key


@pytest.fixture
def filled(journal):
    kinds = ["declaration.lodged", "goods.arrived", "payment.recorded"]
    journal.append([alone(f"mrn:{n % 4}", kind=kinds[n % 3], body=b"%d" % n) for n in range(60)])
    return journal


def positions(entries):
    return [entry.position for entry in entries]


def test_entries_come_in_order_from_a_start_up_to_a_limit(filled):
    assert positions(filled.read()) == list(range(60))
    assert positions(filled.read(10, 5)) == [10, 11, 12, 13, 14]
    assert positions(filled.read(58, 5)) == [58, 59]
    assert filled.read(60) == []
    assert filled.read(0, 0) == []
    assert [entry.body for entry in filled.read(3, 2)] == [b"3", b"4"]


def test_reading_some_kinds_passes_over_the_others(filled):
    arrivals = filled.read(kinds={"goods.arrived"})
    assert positions(arrivals) == list(range(1, 60, 3))
    two = filled.read(4, 5, {"goods.arrived", "declaration.lodged"})
    assert positions(two) == [4, 6, 7, 9, 10]
    assert filled.read(kinds={"nothing.happened"}) == []
    assert filled.read(kinds=()) == []


def test_entries_about_a_key_come_in_order_from_a_start_up_to_a_limit(filled):
    assert positions(filled.about(Key("mrn:2"))) == list(range(2, 60, 4))
    assert positions(filled.about(Key("mrn:2"), 6, 2)) == [6, 10]
    assert filled.about(Key("mrn:9")) == []
    assert filled.about(Key("mrn:2"), 0, 0) == []


def test_the_last_position_of_a_key(filled):
    assert filled.last(Key("mrn:3")) == 59
    assert filled.last(Key("mrn:9")) is None


def test_an_empty_journal_has_no_entries_and_the_empty_root(journal):
    assert (journal.read(), journal.size) == ([], 0)
    assert journal.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_closed_journal_says_so_and_closes_twice(journal):
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.read()
    with pytest.raises(JournalError, match="closed"):
        journal.append([alone("mrn:A")])
