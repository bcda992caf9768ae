"""Who acts on what was seen is refused where something happened since: by a look, and by the journal."""

from decimal import Decimal

import pytest

from tests.unit.clearance.making import MOMENT, PAYS_AT_ONCE, PRE_LODGED, RED, declaration
from tidegate.acts import ConsignmentReferred, DeclarationCleared, QueryRaised, TaxLine
from tidegate.clearance import (
    OvertakenError,
    Practice,
    acting,
    amend_cleared,
    answer_inventory,
    answer_query,
    arrive,
    consignment_now,
    correcting,
    decide_review,
    invalidate_cleared,
    officer,
    order_control,
    override_assessment,
    overriding,
    record_control,
    record_documents,
    record_payment,
    refer,
    request_documents,
    request_review,
    requesting,
)
from tidegate.clearance.acting import append_about, consignment_as_seen
from tidegate.clearance.drafting import author_key, draft
from tidegate.clearance.reader import MRN_KEY
from tidegate.declarations.declaration import Amendment
from tidegate.journal import Append, Key

WHO = "officer:1"
PRACTICE = Practice(clears=True, amendable_days=10, invalidatable_days=10)
LINE = TaxLine(item=1, type="A00", base=Decimal(1), rate=None, amount=Decimal(5), currency="XTS")
REQUEST = declaration("L9").altered(amendment=(Amendment(change_reason_code="1"),))


def asked(post, mrn):
    request_documents(post.journal, mrn, MOMENT, WHO, grounds="The invoice.")


def queried(post, mrn):
    act = QueryRaised(mrn=mrn, authority="plants", text="Where from?")
    append_about(post.journal, consignment_now(post.journal, mrn), act, MOMENT, "authority:plants")


def reviewed(post, mrn):
    now = consignment_now(post.journal, mrn)[0]
    request_review(post.journal, mrn, MOMENT, now.declarant, position=now.positions[2], grounds="Too much.")


def cleared(post, mrn):
    now = consignment_now(post.journal, mrn)
    append_about(post.journal, now, DeclarationCleared(mrn=mrn), MOMENT, "responder:clearance")


# Where the act is done from, what is lodged, what has happened before, and the act on what was seen.
ACTS = {
    "arrive": (acting, RED | PRE_LODGED, None, lambda j, m, s: arrive(j, m, MOMENT, WHO, seen=s)),
    "record a control": (
        acting,
        RED,
        None,
        lambda j, m, s: record_control(j, m, MOMENT, WHO, outcome="conform", found="", seen=s),
    ),
    "record a payment": (
        acting,
        RED,
        None,
        lambda j, m, s: record_payment(
            j, m, MOMENT, WHO, reference="R1", amount=Decimal(1), currency="XTS", seen=s
        ),
    ),
    "answer an inventory": (
        acting,
        RED,
        None,
        lambda j, m, s: answer_inventory(j, m, MOMENT, WHO, matched=True, seen=s),
    ),
    "ask for documents": (
        officer,
        RED,
        None,
        lambda j, m, s: request_documents(j, m, MOMENT, WHO, grounds="The invoice.", seen=s),
    ),
    "order a control": (
        officer,
        PAYS_AT_ONCE,
        None,
        lambda j, m, s: order_control(j, m, MOMENT, WHO, channel="red", grounds="A tip.", seen=s),
    ),
    "refer": (officer, RED, None, lambda j, m, s: refer(j, m, MOMENT, WHO, to="LAB", words="Why.", seen=s)),
    "record documents": (officer, RED, asked, lambda j, m, s: record_documents(j, m, MOMENT, WHO, seen=s)),
    "answer a query": (
        officer,
        RED,
        queried,
        lambda j, m, s: answer_query(j, m, MOMENT, WHO, text="From here.", seen=s),
    ),
    "override": (
        overriding,
        RED,
        None,
        lambda j, m, s: override_assessment(j, m, MOMENT, WHO, taxes=[LINE], reason="Samples.", seen=s),
    ),
    "decide a review": (
        requesting,
        RED,
        reviewed,
        lambda j, m, s: decide_review(
            j,
            m,
            MOMENT,
            WHO,
            position=s,
            outcome="upheld",
            text="",
            seen=s,
        ),
    ),
    "amend what is cleared": (
        correcting,
        {},
        cleared,
        lambda j, m, s: amend_cleared(j, m, REQUEST, MOMENT, b"{}", author=WHO, practice=PRACTICE, seen=s),
    ),
    "end what is cleared": (
        correcting,
        {},
        cleared,
        lambda j, m, s: invalidate_cleared(
            j, m, MOMENT, author=WHO, words="Twice.", practice=PRACTICE, seen=s
        ),
    ),
}


@pytest.fixture(params=ACTS)
def told(request, post):
    """An act, the consignment it is about, and what was seen of it."""
    module, edits, before, act = ACTS[request.param]
    mrn = post.cleared("L1", edits)
    if before is not None:
        before(post, mrn)
    return module, act, mrn, consignment_now(post.journal, mrn)[1]


def something_happens(post, mrn):
    """Append something about a consignment, whatever state it is in; returns its position."""
    act = ConsignmentReferred(mrn=mrn, to="LAB", words="First.")
    made = draft(act, MOMENT, author_key("officer:2"), [Key(MRN_KEY + mrn)])
    return post.journal.append([Append((made,))])[0].positions[0]


def test_on_what_was_seen_and_is_so_still_the_act_is_done(told, post):
    _module, act, mrn, seen = told
    assert act(post.journal, mrn, seen) > seen


def test_on_what_was_seen_and_is_not_so_any_more_the_act_is_refused(told, post):
    _module, act, mrn, seen = told
    position = something_happens(post, mrn)
    with pytest.raises(OvertakenError) as refused:
        act(post.journal, mrn, seen)
    assert refused.value.fields["position"] == position
    assert consignment_now(post.journal, mrn)[1] == position


def test_what_happens_behind_the_look_is_refused_by_the_journal(told, post, monkeypatch):
    module, act, mrn, seen = told

    def look(journal, number, wanted):
        looked = consignment_as_seen(journal, number, wanted)
        something_happens(post, mrn)
        return looked

    monkeypatch.setattr(module, "consignment_as_seen", look)
    with pytest.raises(OvertakenError):
        act(post.journal, mrn, seen)
    assert consignment_now(post.journal, mrn)[1] == seen + 1
