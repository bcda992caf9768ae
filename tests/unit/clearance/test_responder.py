"""What customs answers: why, in words with the values used, and within what an act can hold."""

import hashlib
import hmac
from decimal import Decimal

import msgspec
import pytest

from tests.unit.clearance.making import (
    FLAWED,
    ITEM,
    KEY,
    MOMENT,
    PAYS_AT_ONCE,
    POLICY,
    PRICE,
    RED,
    YELLOW,
    Post,
    declaration,
    lodging,
    terms,
)
from tests.unit.tariff.making import exchange, rate, tables
from tidegate.acts import ChannelAssigned, DeclarationAssessed, DeclarationRejected
from tidegate.clearance import Lodging, acts_about, consignment_now, tax_lines
from tidegate.declarations.json_form import to_json
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.places import value_at, with_value
from tidegate.journal import SqliteJournal, verify
from tidegate.journal.envelope import BODY_LIMIT


def act_of(post, mrn, kind):
    return next((entry, act) for entry, act in acts_about(post.journal, mrn) if isinstance(act, kind))


def many_items(lrn, number, edit=lambda item, _number: item):
    """Return a lodging of so many goods items, each changed by ``edit``."""
    value = declaration(lrn)
    item = value_at(value, ITEM)
    items = tuple(edit(item.altered(sequence_numeric=Decimal(n)), n) for n in range(1, number + 1))
    value = with_value(
        value, "GoodsShipment", value.goods_shipment.altered(government_agency_goods_item=items)
    )
    value = with_value(value, "GoodsItemQuantity", str(number))
    return Lodging(MOMENT, write_message(Message("declaration", bare=value)), value)


def test_an_assessment_says_why_with_the_values_used(post):
    mrn = post.cleared("L1", RED | PAYS_AT_ONCE)
    _, act = act_of(post, mrn, DeclarationAssessed)
    assert (act.due, act.currency, act.deferred) == (Decimal("17600.00"), "XTS", False)
    assert [(t.item, t.type, t.base, t.rate, t.amount) for t in act.taxes[:2]] == [
        (1, "A00", Decimal("50000.00"), Decimal("10.00"), Decimal("5000.00")),
        (1, "B00", Decimal("55000.00"), Decimal("20.00"), Decimal("11000.00")),
    ]
    assert act.taxes[0].derivation == (
        "10 % of 50000.00 XTS for all goods since 2020-01-01 (test); 50000.00 EUR at 1 to one XTS"
    )
    assert act.score == pytest.approx(0.82)
    assert [(r.profile, r.item, r.text) for r in act.reasons] == [
        ("P1", 1, "Goods worth 50000.0 XTS, of CN."),
        ("P2", 1, "Goods worth 50000.0 XTS."),
    ]
    _, channel = act_of(post, mrn, ChannelAssigned)
    assert channel.grounds == "Score 0.82 reaches 0.60, the threshold of the red channel."
    assert channel.office == "XAPRT001"


def test_a_flawed_declaration_is_rejected_with_its_findings_and_goes_no_further(post):
    mrn = post.cleared("L1", FLAWED)
    _, act = act_of(post, mrn, DeclarationRejected)
    assert [(finding.code, finding.location) for finding in act.findings] == [("TG-CURRENCY", PRICE)]
    assert [entry.kind for entry, _ in acts_about(post.journal, mrn)] == [
        "declaration.lodged",
        "declaration.rejected",
    ]


def test_what_has_no_rate_of_exchange_is_accepted_with_a_finding_and_charged_nothing(post):
    mrn = post.cleared("L1", {PRICE: "100.00 SEK"})
    _, act = act_of(post, mrn, DeclarationAssessed)
    assert {tax.item for tax in act.taxes} == {2}
    (finding,) = [finding for finding in act.findings if finding.code == "TG-EXCHANGE"]
    assert finding.location == PRICE
    assert "SEK on 2026-03-01" in finding.text


def test_a_declaration_as_json_is_decided_as_its_xml_is(tmp_path):
    stories = []
    for name, octets in (
        ("xml", lambda value: write_message(Message("declaration", bare=value))),
        ("json", to_json),
    ):
        post = Post(tmp_path / name)
        value = declaration("L1", YELLOW)
        (receipt,) = post.lodge(Lodging(MOMENT, octets(value), value))
        post.catch_up()
        stories.append([(entry.kind, entry.body) for entry, _ in acts_about(post.journal, receipt.mrn)])
        post.journal.close()
    assert stories[0] == stories[1]


def test_more_findings_than_an_act_holds_are_counted(post):
    def flawed(item, _number):
        return with_value(item, "Commodity/InvoiceLine/ItemChargeAmount", "1.00 EUX")

    (receipt,) = post.lodge(many_items("L1", 300, flawed))
    post.catch_up()
    entry, act = act_of(post, receipt.mrn, DeclarationRejected)
    assert len(act.findings) == 50
    assert act.further >= 250
    assert all(finding.stops for finding in act.findings)
    assert len(entry.body) < BODY_LIMIT
    assert consignment_now(post.journal, receipt.mrn)[0].findings == 50 + act.further


def test_what_stops_acceptance_is_told_before_what_does_not(post):
    def unknown_rate(item, number):
        return with_value(
            item, "Commodity/InvoiceLine/ItemChargeAmount", f"1.00 {'EUX' if number == 90 else 'SEK'}"
        )

    (receipt,) = post.lodge(many_items("L1", 90, unknown_rate))
    post.catch_up()
    _, act = act_of(post, receipt.mrn, DeclarationRejected)
    assert act.findings[0].stops
    assert "[90]" in act.findings[0].location


@pytest.mark.parametrize("number", [20, 999])
def test_all_lines_of_tax_can_be_read_however_many_there_are(post, number):
    (receipt,) = post.lodge(many_items("L1", number))
    post.catch_up()
    entry, act = act_of(post, receipt.mrn, DeclarationAssessed)
    lines = tax_lines(post.journal, entry, act)
    assert [(line.item, line.type) for line in lines] == [
        (n, tax) for n in range(1, number + 1) for tax in ("A00", "B00")
    ]
    assert sum(line.amount for line in lines) == act.due == number * Decimal("3200.00")
    assert (act.taxes == lines, act.taxes_attached) == ((True, 0) if number == 20 else (False, 2 * number))
    assert len(entry.body) < BODY_LIMIT
    assert verify(post.journal).ok


def test_an_assessment_of_everything_at_its_longest_fits_into_an_act(tmp_path):
    wordy = [
        msgspec.structs.replace(profile, code=f"P{n}", reason="{description} " * 3)
        for n in range(9)
        for profile in terms().profiles
    ]
    post = Post(
        tmp_path, terms(profiles=tuple(wordy), tariff=tables([rate("B00", "20")], [exchange("EUR", "1")]))
    )

    def edit(item, _number):
        item = with_value(item, "Commodity/InvoiceLine/ItemChargeAmount", "50000.00 EUR")
        return with_value(item, "Commodity/Description", "é" * 500)

    (receipt,) = post.lodge(many_items("L1", 200, edit))
    post.catch_up()
    entry, act = act_of(post, receipt.mrn, DeclarationAssessed)
    assert len(entry.body) < BODY_LIMIT
    assert act.further_reasons == 18 * 200 - len(act.reasons)
    assert act.further + len(act.findings) >= 200
    assert 0 < len(act.reasons) <= 20
    assert act.score == 1.0 - round(0.3**9 * 0.6**9, 6)
    post.journal.close()


def test_a_limit_lowered_after_the_lodging_does_not_stop_the_clearance(post):
    value = declaration("L1")
    octets = write_message(Message("declaration", bare=value)) + (b"<!--" + b" " * 1000 + b"-->") * 17 * 1024
    (receipt,) = post.lodge(Lodging(MOMENT, octets, value))
    post.catch_up()
    assert consignment_now(post.journal, receipt.mrn)[0].state == "released"


def test_what_cannot_be_read_any_more_is_rejected_and_nothing_waits_for_it(post):
    one, two = post.lodge(Lodging(MOMENT, b"<not/>", declaration("L1")), lodging("L2"))
    post.catch_up()
    _, act = act_of(post, one.mrn, DeclarationRejected)
    assert act.findings[0].code == "TG-UNREADABLE"
    assert consignment_now(post.journal, two.mrn)[0].state == "released"


def test_capacity_goes_to_who_was_lodged_first(tmp_path):
    post = Post(tmp_path, terms(msgspec.structs.replace(POLICY, red_capacity=2, yellow_capacity=1)))
    receipts = post.lodge(*(lodging(f"L{number}", RED) for number in range(5)))
    post.catch_up(batch=2)
    channels = [consignment_now(post.journal, receipt.mrn)[0].channel for receipt in receipts]
    assert channels == ["red", "red", "yellow", "blue", "blue"]
    post.journal.close()


def test_the_random_stratum_is_drawn_by_the_key_and_says_its_share(tmp_path):
    post = Post(tmp_path, terms(msgspec.structs.replace(POLICY, random_share=0.3)))
    receipts = post.lodge(*(lodging(f"L{number}") for number in range(40)))
    post.catch_up()
    drawn = 0
    for receipt in receipts:
        _, act = act_of(post, receipt.mrn, ChannelAssigned)
        place = int(hmac.new(KEY, receipt.mrn.encode(), hashlib.sha256).hexdigest()[:12], 16) / 16**12
        assert (act.stratum == "random") == (place < 0.3)
        assert act.probability == (0.3 if act.stratum == "random" else None)
        drawn += act.stratum == "random"
    assert 4 <= drawn <= 20
    post.journal.close()


def test_a_journal_that_fails_while_answering_is_answered_later_once(post, monkeypatch):
    (receipt,) = post.lodge(lodging("L1"))
    append = SqliteJournal.append

    def failing(journal, groups):
        append(journal, groups)
        raise OSError("the machine stopped here")

    with monkeypatch.context() as patched:
        patched.setattr(SqliteJournal, "append", failing)
        with pytest.raises(OSError, match="stopped here"):
            post.catch_up()
    post.catch_up()
    kinds = [entry.kind for entry, _ in acts_about(post.journal, receipt.mrn)]
    assert kinds == [
        "declaration.lodged",
        "declaration.accepted",
        "declaration.assessed",
        "channel.assigned",
        "goods.released",
    ]
