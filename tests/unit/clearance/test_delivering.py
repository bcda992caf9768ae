"""Documents that customs asked for: delivered by the trader, examined by an officer, waited for meanwhile."""

from contextlib import closing

import pytest

from tests.unit.clearance.making import MOMENT, PAYS_AT_ONCE
from tidegate.acts import DeliveredFile
from tidegate.clearance import (
    ClearanceReader,
    NotAllowedError,
    OvertakenError,
    acts_about,
    consignment_now,
    deliver_documents,
    holder_of,
    queue,
    record_documents,
    request_documents,
    task_of,
)
from tidegate.journal import follow, tables

OFFICER, TRADER = "officer:1", "XA123456789"


@pytest.fixture
def asked(post):
    """A consignment for which documents were asked."""
    mrn = post.cleared("L1", PAYS_AT_ONCE)
    request_documents(post.journal, mrn, MOMENT, OFFICER, grounds="The invoice.")
    return mrn


def test_what_is_handed_in_waits_for_an_officer_and_not_for_the_trader(post, asked):
    consignment, seen = consignment_now(post.journal, asked)
    assert (holder_of(consignment), task_of(consignment)) == ("trader", None)
    deliver_documents(
        post.journal, asked, MOMENT, TRADER, files=[b"invoice", b"list"], words="Both.", seen=seen
    )
    consignment, _ = consignment_now(post.journal, asked)
    assert (holder_of(consignment), task_of(consignment)) == ("customs", "documents")
    assert "documents" in consignment.outstanding
    entry, _act = list(acts_about(post.journal, asked))[-1]
    assert entry.author == f"operator:{TRADER}"
    assert [post.journal.attachment(one) for one in entry.attachments] == [b"invoice", b"list"]
    follow(post.journal, ClearanceReader(), post.folder / "read")
    with closing(tables(ClearanceReader(), post.folder / "read")) as found:
        assert [(one.mrn, one.task) for one in queue(found)] == [(asked, "documents")]


def test_only_an_officer_ends_the_waiting(post, asked):
    deliver_documents(post.journal, asked, MOMENT, TRADER, files=[b"invoice"])
    record_documents(post.journal, asked, MOMENT, OFFICER)
    assert "documents" not in consignment_now(post.journal, asked)[0].outstanding


def test_asked_again_the_trader_has_to_act_again(post, asked):
    deliver_documents(post.journal, asked, MOMENT, TRADER, files=[b"invoice"])
    request_documents(post.journal, asked, MOMENT, OFFICER, grounds="All its pages.")
    assert task_of(consignment_now(post.journal, asked)[0]) is None


def test_the_same_handing_in_sent_twice_enters_once(post, asked):
    seen = consignment_now(post.journal, asked)[1]
    deliver_documents(post.journal, asked, MOMENT, TRADER, files=[b"invoice"], seen=seen)
    with pytest.raises(OvertakenError):
        deliver_documents(post.journal, asked, MOMENT, TRADER, files=[b"invoice"], seen=seen)


def test_nothing_is_handed_in_where_nothing_was_asked_for_and_nothing_is_nothing(post, asked):
    other = post.cleared("L2", PAYS_AT_ONCE)
    with pytest.raises(NotAllowedError):
        deliver_documents(post.journal, other, MOMENT, TRADER, files=[b"invoice"])
    with pytest.raises(NotAllowedError):
        deliver_documents(post.journal, asked, MOMENT, TRADER, files=[])


def test_a_named_delivery_enters_once_and_says_what_its_files_are(post, asked):
    said = [DeliveredFile(name="invoice.pdf", media="application/pdf", octets=7, type="Invoice")]
    how = {"files": [b"invoice"], "described": said, "once": "delivery:1"}
    first = deliver_documents(post.journal, asked, MOMENT, TRADER, **how)
    with pytest.raises(OvertakenError) as refused:
        deliver_documents(post.journal, asked, MOMENT, TRADER, **how)
    assert refused.value.fields["position"] == first
    entry, act = list(acts_about(post.journal, asked))[-1]
    assert (entry.position, list(act.files)) == (first, said)
