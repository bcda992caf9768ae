"""Whole lives of declarations: registered, accepted on arrival, amended, ended, cleared, exited."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.clearance.living import (
    EXPORT,
    EXPORTED_AT_ONCE,
    LATER,
    PRACTICE,
    LivingPost,
    lodging,
    octets,
    request,
)
from tests.unit.clearance.making import ITEM, MOMENT, PRE_LODGED, PRICE
from tidegate.clearance import (
    ClearanceReader,
    NotAllowedError,
    NotYoursError,
    OvertakenError,
    Told,
    UnknownConsignmentError,
    UnknownMovementError,
    acts_about,
    allocate_quota,
    arrive,
    consignment_now,
    decide_review,
    move,
    record_control,
    record_documents,
    request_amendment,
    request_invalidation,
    request_review,
    strike,
)
from tidegate.clearance import requesting as requesting_module
from tidegate.declarations.goods import Pointer
from tidegate.declarations.wire.movements import Movement
from tidegate.journal import replay
from tidegate.notices import NoticesReader
from tidegate.revenue import RevenueReader, open_account

DESCRIPTION = f"{ITEM}/Commodity/Description"
AFTER_DWELL = MOMENT + timedelta(minutes=4)
NOWHERE = (Pointer(document_section_code="42A"), Pointer(document_section_code="99Z"))


@pytest.fixture
def post(tmp_path):
    made = LivingPost(tmp_path)
    yield made
    made.journal.close()


def now(post, mrn):
    return consignment_now(post.journal, mrn)[0]


def amend(post, mrn, changes=None, **more):
    value = request("COR", mrn, changes, **more)
    return request_amendment(post.journal, mrn, value, LATER, octets(value))


def end(post, mrn, **more):
    value = request("INV", mrn, **more)
    return request_invalidation(post.journal, mrn, value, LATER, octets(value))


def told(code, **references):
    return Movement(code, **references), Told(LATER, "operator:loader", b"<eal/>")


def rest(post, mrn, moment=AFTER_DWELL):
    strike(post.journal, mrn, moment)
    post.catch_up()


def test_an_import_is_accepted_waits_its_dwell_time_and_is_cleared(post):
    mrn = post.lodged("L1")
    assert (now(post, mrn).state, now(post, mrn).outstanding) == ("selected", ("dwell",))
    assert strike(post.journal, mrn, MOMENT + timedelta(minutes=2)) is None
    rest(post, mrn)
    assert now(post, mrn).state == "cleared"
    assert post.told(mrn) == ["ACC", "TAX", "TAX", "CLE"]


def test_what_is_lodged_before_arrival_is_registered_and_accepted_when_it_arrives(post):
    mrn = post.lodged("L1", PRE_LODGED)
    assert (now(post, mrn).state, now(post, mrn).outstanding) == ("registered", ("arrival",))
    arrive(post.journal, mrn, LATER, "trader", acknowledged=True)
    post.catch_up()
    assert (now(post, mrn).version, now(post, mrn).accepted) == (2, LATER)
    rest(post, mrn, LATER + timedelta(minutes=4))
    assert post.told(mrn) == ["RCV", "TAX", "RCV", "ACC", "TAX", "TAX", "CLE"]


def test_an_arrival_whose_sender_is_not_named_is_not_acknowledged(post):
    mrn = post.lodged("L1", PRE_LODGED)
    arrive(post.journal, mrn, LATER, "unknown")
    post.catch_up()
    assert post.told(mrn) == ["RCV", "TAX", "ACC", "TAX"]


def test_what_never_arrives_expires(post):
    mrn = post.lodged("L1", PRE_LODGED)
    strike(post.journal, mrn, MOMENT + timedelta(days=31))
    post.catch_up()
    assert now(post, mrn).state == "expired"
    with pytest.raises(NotAllowedError, match="expired"):
        arrive(post.journal, mrn, LATER, "trader")


def test_an_export_arrives_and_leaves_by_its_own_reference(post):
    mrn = post.lodged("L1", EXPORT)
    move(post.journal, *told("EAL", ucr="6XA123456789-EXPORT1", ucr_type="D", goods_location="XAAUPRT001"))
    post.catch_up()
    assert now(post, mrn).state == "cleared"
    move(post.journal, *told("EDL", ucr="6XA123456789-EXPORT1", ucr_type="D"))
    post.catch_up()
    assert now(post, mrn).state == "exited"
    assert post.told(mrn) == ["RCV", "ACC", "RES", "CLE", "EOG"]


def test_an_export_moves_with_the_master_it_was_put_under_and_none_is_put_under_a_shut_one(post):
    mrn = post.lodged("L1", EXPORT)
    own, master = "6XA123456789-EXPORT1", "A:12312345678"
    move(post.journal, *told("EAC", ucr=own, master_ucr=master))
    move(post.journal, *told("CST", master_ucr=master))
    with pytest.raises(NotAllowedError, match="shut"):
        move(post.journal, *told("EAC", ucr="6XA1-OTHER", master_ucr=master))
    with pytest.raises(OvertakenError):
        move(post.journal, *told("CST", master_ucr=master))
    move(post.journal, *told("EAL", ucr=master, ucr_type="M"))
    post.catch_up()
    assert now(post, mrn).state == "cleared"


def test_an_amendment_makes_a_new_version_that_is_assessed_anew(post):
    mrn = post.lodged("L1")
    before = now(post, mrn)
    amend(post, mrn, {PRICE: "100.00 EUR"})
    post.catch_up()
    after = now(post, mrn)
    assert (after.version, after.outstanding) == (2, ("dwell",))
    assert after.due == before.due - Decimal("3168.00")  # a tenth and a fifth of 9900 less
    rest(post, mrn)
    assert post.told(mrn) == ["ACC", "TAX", "RCV", "REQ", "TAX", "TAX", "RES", "CLE"]


def test_an_item_taken_away_leaves_the_others_their_numbers(post):
    mrn = post.lodged("L1")
    amend(post, mrn, {ITEM: None, "GoodsItemQuantity": "1", "TotalPackageQuantity": "30"})
    post.catch_up()
    assert (now(post, mrn).version, now(post, mrn).items) == (2, 1)


def test_history_is_readable_as_at_any_position(post):
    mrn = post.lodged("L1")
    position = amend(post, mrn, {PRICE: "100.00 EUR"})
    post.catch_up()
    at_request, last = consignment_now(post.journal, mrn, position)
    assert (at_request.version, at_request.requests, last) == (1, 1, position)
    assert at_request.original != now(post, mrn).original
    with pytest.raises(UnknownConsignmentError, match="at position 0"):
        consignment_now(post.journal, post.lodged("L2"), 0)


@pytest.mark.parametrize(
    ("changes", "pointers", "code"),
    [
        ({}, (NOWHERE,), "TG-POINTER"),
        ({f"{ITEM}/Commodity/DangerousGoods[1]": None}, (), "TG-POINTER"),
        ({}, (), "TG-POINTER"),
        ({PRICE: "100.00 EUX"}, (), "TG-CURRENCY"),
    ],
    ids=["a section that is none", "nothing to take away", "no change", "a flawed value"],
)
def test_an_amendment_that_cannot_be_made_is_refused_and_nothing_changes(post, changes, pointers, code):
    mrn = post.lodged("L1")
    before = now(post, mrn)
    amend(post, mrn, changes, pointers=pointers)
    post.catch_up()
    after = now(post, mrn)
    assert (after.version, after.state, after.due, after.requests) == (1, before.state, before.due, 0)
    assert after.original == before.original
    refused = post.journal.read(0, 1_000, {"request.refused"})
    assert code in refused[-1].body.decode()
    assert post.told(mrn) == ["ACC", "TAX", "RCV", "REQ"]


def test_what_does_not_exist_cannot_be_amended_or_ended(post):
    for deed in (amend, end):
        with pytest.raises(UnknownConsignmentError):
            deed(post, "26XA00000000000000")


@pytest.mark.parametrize("deed", [amend, end])
def test_a_cleared_import_can_be_neither_amended_nor_ended(post, deed):
    mrn = post.lodged("L1")
    rest(post, mrn)
    size = post.journal.size
    with pytest.raises(NotAllowedError, match="cleared"):
        deed(post, mrn)
    assert post.journal.size == size


@pytest.mark.parametrize("deed", [amend, end])
def test_only_who_declared_may_ask(post, deed):
    mrn = post.lodged("L1")
    with pytest.raises(NotYoursError):
        deed(post, mrn, sender="XA999999999")
    assert now(post, mrn).requests == 0


def test_a_cleared_export_is_amended_until_it_has_left(post):
    mrn = post.lodged("L1", EXPORTED_AT_ONCE)
    assert now(post, mrn).state == "cleared"
    amend(post, mrn, {DESCRIPTION: "Fans"})
    post.catch_up()
    assert post.told(mrn) == ["ACC", "CLE", "RCV", "REQ", "RES", "CLE"]
    move(post.journal, *told("EDL", ucr="6XA123456789-EXPORT1"))
    with pytest.raises(NotAllowedError, match="exited"):
        amend(post, mrn, {DESCRIPTION: "More fans"})


def test_an_invalidation_ends_a_declaration_once(post):
    mrn = post.lodged("L1", EXPORTED_AT_ONCE)
    end(post, mrn)
    post.catch_up()
    assert now(post, mrn).state == "invalidated"
    assert post.told(mrn) == ["ACC", "CLE", "RCV", "REQ", "INV"]
    with pytest.raises(NotAllowedError, match="invalidated"):
        end(post, mrn)


def test_of_two_amendments_racing_one_wins_and_the_other_is_told(post, monkeypatch):
    mrn = post.lodged("L1")
    seen = consignment_now(post.journal, mrn)
    amend(post, mrn, {PRICE: "100.00 EUR"})
    monkeypatch.setattr(requesting_module, "consignment_now", lambda *_: seen)
    with pytest.raises(OvertakenError) as overtaken:
        amend(post, mrn, {PRICE: "200.00 EUR"})
    monkeypatch.undo()
    post.catch_up()
    assert overtaken.value.fields["position"] == seen[1] + 1
    assert now(post, mrn).version == 2


def test_arrival_before_its_declaration_or_of_a_stranger_moves_nothing(post):
    size = post.journal.size
    with pytest.raises(UnknownMovementError, match="6XA1-NOBODY"):
        move(post.journal, *told("EAL", ucr="6XA1-NOBODY"))
    with pytest.raises(UnknownConsignmentError):
        arrive(post.journal, "26XA00000000000000", LATER, "trader")
    assert post.journal.size == size


def test_release_waits_for_documents_and_control_that_words_ask_for(post):
    mrn = post.lodged("L1", {DESCRIPTION: "ttphysical ttdocuments fans"})
    assert now(post, mrn).outstanding == ("control", "documents", "dwell")
    record_control(post.journal, mrn, LATER, "officer", outcome="conform", found="As declared.")
    record_documents(post.journal, mrn, LATER, "officer")
    with pytest.raises(NotAllowedError, match="no documents"):
        record_documents(post.journal, mrn, LATER, "officer")
    rest(post, mrn)
    assert post.told(mrn) == ["ACC", "TAX", "DOC", "CTL", "TAX", "CLE"]


def test_goods_under_a_quota_are_released_before_their_debt_is_fixed(post):
    mrn = post.lodged("L1", {f"{ITEM}/Commodity/DutyTaxFee[1]/QuotaOrderID": "051867"})
    rest(post, mrn)
    assert (now(post, mrn).state, now(post, mrn).provisional) == ("released", True)
    allocate_quota(post.journal, mrn, LATER, "officer")
    post.catch_up()
    assert post.told(mrn) == ["ACC", "TAX", "TAX", "ROG", "TAX", "CLE"]


@pytest.mark.parametrize(("limit", "kinds"), [("100000", ["TAX", "CLE"]), ("1", ["CPI"])])
def test_an_account_bears_the_debt_or_payment_is_called_for(post, limit, kinds):
    account = {"AdditionalDocument[1]/TypeCode": "DAN", "AdditionalDocument[1]/ID": "1234567"}
    open_account(
        post.journal,
        MOMENT,
        "officer",
        account="1234567",
        holder="XA123456789",
        kind="deferment",
        amount=Decimal(limit),
        currency="XTS",
    )
    mrn = post.lodged("L1", account)
    rest(post, mrn)
    assert post.told(mrn)[2:] == kinds
    assert now(post, mrn).outstanding == (("payment",) if kinds == ["CPI"] else ())


def test_a_decision_is_reviewed_at_its_declarant_s_request_once(post):
    mrn = post.lodged("L1")
    assessed = next(e for e in post.journal.read() if e.kind == "declaration.assessed").position
    with pytest.raises(NotYoursError):
        request_review(post.journal, mrn, LATER, "XA9", position=assessed, grounds="Too much.")
    with pytest.raises(NotAllowedError, match="nothing was decided"):
        request_review(post.journal, mrn, LATER, "XA123456789", position=10_000, grounds="Too much.")
    asked = request_review(post.journal, mrn, LATER, "XA123456789", position=assessed, grounds="Too much.")
    given = {"position": asked, "outcome": "upheld", "text": "The rate is right."}
    decide_review(post.journal, mrn, LATER, "officer", **given)
    with pytest.raises(OvertakenError):
        decide_review(post.journal, mrn, LATER, "officer", **given)


def test_a_simplified_declaration_and_an_export_are_told_of_no_taxes(post):
    assert post.told(post.lodged("L1", {"TypeCode": "IMC"})) == ["ACC"]
    assert post.told(post.lodged("L2", EXPORTED_AT_ONCE)) == ["ACC", "CLE"]
    assert PRACTICE.exports_without_debt


MIXED = (
    {},
    PRE_LODGED,
    EXPORTED_AT_ONCE,
    {PRICE: "100.00 EUX"},
    {DESCRIPTION: "ttdocuments"},
    {"TypeCode": "IMC"},
    {f"{ITEM}/Commodity/DutyTaxFee[1]/QuotaOrderID": "051867"},
)


def played(folder, batch):
    """Play a mixed stream, answered in batches of a size; return what was decided and told of each."""
    made = LivingPost(folder)
    receipts = made.lodge(*(lodging(f"L{n}", MIXED[n % len(MIXED)]) for n in range(14)))
    numbers = [receipt.mrn for receipt in receipts]
    made.catch_up(batch)
    for mrn in numbers:
        if "arrival" in now(made, mrn).outstanding:
            amend(made, mrn, {PRICE: "100.00 EUR"})
            arrive(made.journal, mrn, LATER, "trader", acknowledged=True)
        elif now(made, mrn).state == "selected":
            amend(made, mrn, {PRICE: "100.00 EUR"})
    made.catch_up(batch)
    for mrn in numbers:
        strike(made.journal, mrn, AFTER_DWELL)
    made.catch_up(batch)
    # Where a notice stands, and so its reference, depends on what is answered beside it.
    stories = {
        mrn: sorted((e.kind, e.body) for e, act in acts_about(made.journal, mrn) if e.kind != "notice.issued")
        for mrn in numbers
    }
    told_of = {mrn: made.told(mrn) for mrn in numbers}
    replays = [
        replay(made.journal, reader, made.folder / "read", batch=batch)
        for reader in (ClearanceReader(), NoticesReader(), RevenueReader())
    ]
    made.journal.close()
    assert all(one.before == one.after != "" for one in replays)
    return stories, told_of, replays[0].after


def test_whole_lives_do_not_depend_on_the_batch_and_every_reader_replays_to_the_same(tmp_path):
    one, seven, whole = (played(tmp_path / str(size), size) for size in (1, 7, 1_000))
    assert len({tuple(kinds) for kinds in whole[1].values()}) >= 5
    assert one[:2] == seven[:2] == whole[:2]
