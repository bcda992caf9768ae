"""What operators are told: issued once, kept for each, found again by cursor, the same as XML and JSON."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from lxml import etree

from tests.unit.clearance.living import EXPORT, LivingPost
from tests.unit.clearance.making import FLAWED, MOMENT, PRE_LODGED, lodging
from tidegate.acts import CATALOGUE, Change, DeclarationRejected, NoticeIssued, Payable, Step, TaxLine
from tidegate.clearance import acts_about, arrive, strike
from tidegate.declarations.findings import Finding
from tidegate.journal import digest, follow, replay, tables
from tidegate.notices import (
    FUNCTIONS,
    NoticesReader,
    NoticesResponder,
    all_notices,
    notices_about_declaration,
    notices_of,
    response_of,
    xml_of,
)
from tidegate.notices.wording import TOLD


@pytest.fixture
def post(tmp_path):
    made = LivingPost(tmp_path)
    yield made
    made.journal.close()


@pytest.fixture
def reading(post):
    """Return a function that brings the notices up to date and lends their tables."""
    opened = []

    def read():
        follow(post.journal, NoticesReader(), post.folder / "read")
        opened.append(tables(NoticesReader(), post.folder / "read"))
        return opened[-1]

    yield read
    for one in opened:
        one.close()


def notice(type_="ACC", **parts):
    return NoticeIssued(
        **{
            "type": type_,
            "function": FUNCTIONS[type_],
            "operator": "XA1",
            "mrn": "26XA00000000000000",
            "lrn": "L1",
            "version": 1,
            "reference": "0" * 32,
            "about": 1,
            **parts,
        }
    )


def leaves(data):
    """Return the leaves of a notification by their names, in order."""
    root = etree.fromstring(data)
    return [(e.tag.rpartition("}")[2], e.text) for e in root.iter() if len(e) == 0]


def test_who_was_away_misses_nothing_and_hears_nothing_twice(post, reading):
    post.lodged("L1")
    first = notices_of(reading(), "XA123456789", limit=1)
    assert [one.act.type for one in first.notices] == ["ACC"]
    post.lodged("L2", FLAWED)
    rest = notices_of(reading(), "XA123456789", first.cursor)
    assert [one.act.type for one in rest.notices] == ["TAX", "REJ"]
    after = notices_of(reading(), "XA123456789", rest.cursor)
    assert (after.notices, after.cursor) == ((), rest.cursor)


def test_an_operator_hears_of_his_own_declarations_alone(post, reading):
    post.lodged("L1")
    other = post.lodged("L2", {"Declarant/ID": "XA999999999"})
    told = notices_of(reading(), "XA999999999").notices
    assert {one.act.mrn for one in told} == {other}
    assert {one.act.operator for one in notices_about_declaration(reading(), other)} == {"XA999999999"}
    assert notices_of(reading(), "XA000000000").notices == ()


def test_each_act_is_told_once_whatever_is_folded_again(post, reading):
    post.lodge(lodging("L1"), lodging("L2", PRE_LODGED))
    post.catch_up(1)
    size = post.journal.size
    (post.folder / "responders" / "notices.sqlite").unlink()
    post.catch_up()
    assert [e.kind for e in post.journal.read(size)] == ["responder.started"]
    assert [one.act.type for one in all_notices(reading())] == ["ACC", "TAX", "RCV", "TAX"]


def test_the_reader_replays_to_the_same(post):
    post.lodged("L1")
    found = replay(post.journal, NoticesReader(), post.folder / "read", batch=1)
    assert found.before == found.after
    empty = post.folder / "empty"
    follow(post.journal, NoticesReader(), empty, until=0)
    connection = tables(NoticesReader(), empty)
    assert digest(connection) != found.after
    connection.close()


def test_a_notice_of_taxes_says_base_rate_and_amount():
    line = TaxLine(2, "A00", Decimal("1000.00"), Decimal("2.00"), Decimal("20.00"), "GBP", regime="100")
    found = leaves(xml_of(notice("TAX", status="67", taxes=(line,)), MOMENT, country="GB"))
    for leaf in (
        ("FunctionCode", "13"),
        ("NameCode", "67"),
        ("SequenceNumeric", "2"),
        ("AdValoremTaxBaseAmount", "1000.00"),
        ("DutyRegimeCode", "100"),
        ("TaxRateNumeric", "2.00"),
        ("TaxAssessedAmount", "20.00"),
        ("PaymentAmount", "20.00"),
        ("DateTimeString", "20260301090000Z"),
    ):
        assert leaf in found


def test_a_rejection_points_at_what_is_wrong():
    finding = Finding("CDS12005", "AuthorisationHolder[2]/ID", "Not the holder.")
    found = leaves(xml_of(notice("REJ", findings=(finding,), effective=MOMENT), MOMENT, country="GB"))
    at = found.index(("ValidationCode", "CDS12005"))
    assert found[at + 1 : at + 5] == [
        ("DocumentSectionCode", "42A"),
        ("SequenceNumeric", "2"),
        ("DocumentSectionCode", "17C"),
        ("TagID", "R144"),
    ]


def test_codes_of_ours_that_are_too_long_stand_in_the_words():
    ours = Finding("TG-CURRENCY", "FunctionCode", "No such currency.")
    warned = Finding("TG-X", "FunctionCode", "Only a warning.", "warning")
    response = response_of(notice("REJ", findings=(ours, warned)), MOMENT)
    assert [(one.validation_code, one.description) for one in response.error] == [
        (None, "TG-CURRENCY: No such currency.")
    ]


def test_a_call_for_payment_names_amount_and_account():
    called = notice("CPI", payable=Payable(Decimal("160.00"), "GBP", "GAN1"))
    found = leaves(xml_of(called, MOMENT, country="GB"))
    assert ("PaymentAmount", "160.00") in found
    assert found[-1] == ("ReferenceID", "GAN1")


def test_changes_are_told_by_their_pointers():
    change = Change((Step("42A"), Step("67A"), Step("68A", 1, "114")), "21")
    found = leaves(xml_of(notice("RES", changes=(change,)), MOMENT, country="GB"))
    assert ("ChangeReasonCode", "21") in found
    assert ("TagID", "114") in found


def test_the_same_is_told_as_json():
    as_json = msgspec.json.decode(msgspec.json.encode(response_of(notice("ACC", effective=MOMENT), MOMENT)))
    assert as_json["FunctionCode"] == "01"
    assert as_json["Declaration"]["AcceptanceDateTime"]["Text"] == "20260301090000Z"


def test_what_is_told_of_exists_and_is_heard():
    assert {kind for kind, _ in CATALOGUE} >= TOLD
    assert NoticesResponder.kinds >= TOLD


def test_every_kind_is_explained_in_the_docs_with_its_code():
    page = (Path(__file__).parents[3] / "docs" / "notifications.md").read_text()
    assert [kind for kind, code in FUNCTIONS.items() if f"| {kind} | {code} |" not in page] == []


def test_findings_are_told_under_their_official_codes_where_they_have_one(post):
    """The acts keep our codes, which lead to the rule; the operator's software knows the official ones."""
    mrn = post.lodged("FLAWED", FLAWED)
    acts = [act for _, act in acts_about(post.journal, mrn)]
    (rejected,) = [act for act in acts if isinstance(act, DeclarationRejected)]
    (told,) = [act for act in acts if isinstance(act, NoticeIssued)]
    assert {finding.code for finding in rejected.findings if finding.stops} == {"TG-CURRENCY"}
    assert {finding.code for finding in told.findings if finding.stops} == {"CDS10020"}


def test_what_lapsed_is_told_as_rejected_under_the_code_of_a_lapse(post):
    mrn = post.lodged("NEVER", PRE_LODGED)
    strike(post.journal, mrn, MOMENT + timedelta(days=31))
    post.catch_up()
    (told,) = [act for _, act in acts_about(post.journal, mrn) if isinstance(act, NoticeIssued)][-1:]
    assert (told.type, [finding.code for finding in told.findings]) == ("REJ", ["CDS12046"])


def test_the_arrival_of_an_export_is_told_as_a_change_of_its_place(post):
    mrn = post.lodged("EXPORT", EXPORT)
    arrive(post.journal, mrn, MOMENT, "port")
    post.catch_up()
    issued = [act for _, act in acts_about(post.journal, mrn) if isinstance(act, NoticeIssued)]
    (told,) = [act for act in issued if act.type == "RES"]
    assert [
        (change.reason, change.pointer[-1].section, change.pointer[-1].tag) for change in told.changes
    ] == [
        ("16", "64A", "L016"),
        ("16", "64A", "L110"),
        ("16", "04A", "242"),
        ("16", "04A", "410"),
    ]
