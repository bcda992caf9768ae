"""What partners said is found by the numbers of a consignment and of whom it names, and forgotten in time."""

from contextlib import closing
from datetime import timedelta

import msgspec
import pytest

from tests.unit.exchange.nodes import agree, document
from tidegate.acts import DisclosureReceived, EnquiryMade
from tidegate.exchange import ExchangeReader, OvertakenError, Question, enquire, told_about
from tidegate.exchange.expiring import expire
from tidegate.exchange.messages import Disclosed, Message
from tidegate.journal import follow, tables


def positions(node, *names):
    follow(node.journal, ExchangeReader(), node.node.read_tables)
    with closing(tables(ExchangeReader(), node.node.read_tables)) as found:
        return told_about(found, list(names))


@pytest.fixture
def agreed(pair):
    """Two nodes; the first shares numbers and declarants as they are, and verifies declarations."""
    first, second = pair
    parts = document(first.name, second.name)
    parts["permission"][0]["fields"] = {"mrn": {"as": "plain"}, "declarant": {"as": "plain"}}
    return first, second, agree(first, second, parts)


def test_a_disclosure_is_found_by_the_numbers_in_its_rows_and_by_no_others(agreed, messages):
    first, second, _uid = agreed
    first.lodge(*messages[:10])
    first.deliver(second)
    received = second.journal.read(0, 10_000, {DisclosureReceived.KIND})
    for entry, act in zip(received, second.acts(DisclosureReceived.KIND), strict=True):
        content = msgspec.json.decode(act.message, type=Message).content
        (row, *_) = msgspec.json.decode(content, type=Disclosed).rows
        assert positions(second, ("mrn", row["mrn"])) == [entry.position]
        assert entry.position in positions(second, ("operator", row["declarant"]))
        assert positions(second, ("ucr", row["mrn"]), ("operator", row["mrn"])) == []
    together = positions(second, *(("operator", row["declarant"]) for row in [row]), ("mrn", row["mrn"]))
    assert together == sorted(together, reverse=True)


def test_what_may_be_kept_no_longer_is_not_found_any_more(agreed, messages):
    first, second, _uid = agreed
    mrns = first.lodge(*messages[:10])
    first.deliver(second)
    names = [("mrn", mrn) for mrn in mrns]
    assert positions(second, *names)
    expire(second.journal, second.node.read_tables, second.name, second.clock() + timedelta(days=31))
    assert positions(second, *names) == []


def test_an_enquiry_is_found_at_both_ends_and_asked_once_under_one_name(agreed):
    first, second, uid = agreed
    question = Question(mrn="26XA00000000000001")
    for _ in range(2):
        asking = second.actor
        try:
            enquire(asking, uid, "verify", question, "mutual-assistance", once="form-1")
        except OvertakenError:
            continue
    assert len(second.acts(EnquiryMade.KIND)) == 1
    second.deliver(first)
    for node in (first, second):
        assert len(positions(node, ("mrn", "26XA00000000000001"))) == 1
