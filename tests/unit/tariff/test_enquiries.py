"""Enquiries about duty, and advice: what is asked, what is answered, what is wrong and what to do."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from tests.unit.tariff.making import DUTY, exchange, rate, tables
from tidegate.declarations.findings import Finding
from tidegate.tariff.advice import advise
from tidegate.tariff.enquiries import Enquiry, answer, read_enquiry
from tidegate.tariff.exchange import EXCHANGE_COLUMNS
from tidegate.tariff.nomenclature.model import CODES, RATES, Schedule
from tidegate.tariff.schedule_tables import programmes, schedule_tables

ASKED = b'{"code":"8414.59.25","origin":"CN","value":"1000","currency":"XTS","date":"2026-03-01"%s}'


def asked(**parts):
    whole = {
        "code": "8414.59.25",
        "origin": "CN",
        "value": Decimal(1000),
        "currency": "XTS",
        "date": date(2026, 3, 1),
    }
    return Enquiry(**{**whole, **parts})


def schedule(*rates, units=(), notes=()):
    """Return a small schedule of the United States."""
    codes = [
        {
            "row": 0,
            "parent": None,
            "code": "84145925",
            "depth": 0,
            "description": "Fans",
            "units": list(units),
        }
    ]
    codes[0] |= {
        "notes": [{"columns": "general", "text": text} for text in notes],
        "from": None,
        "until": None,
    }
    cells = [{"row": 0, "code": "84145925", "column": column, "text": text} for column, text in rates]
    return Schedule(
        "us-hts", pl.DataFrame(codes, schema=CODES), pl.DataFrame(cells, schema=RATES), "2025", "USD"
    )


def american(*rates, **parts):
    return schedule_tables(schedule(*rates, **parts), pl.DataFrame(schema=EXCHANGE_COLUMNS))


def test_an_enquiry_is_answered_with_lines_and_a_total():
    told = answer([asked()], tables([rate("A00", "10"), rate("B00", "20")]))[0]
    assert [(line.type, line.base, line.rate, line.amount) for line in told.lines] == [
        ("A00", Decimal("1000.00"), "10.00", Decimal("100.00")),
        ("B00", Decimal("1100.00"), "20.00", Decimal("220.00")),
    ]
    assert (told.total, told.total_currency, told.findings) == (Decimal("320.00"), "XTS", ())


@pytest.mark.parametrize("value", [b'"1000.50"', b"1000.50"])
def test_numbers_may_be_strings(value):
    read = read_enquiry((ASKED % b"").replace(b'"1000"', value))
    assert read.value == Decimal("1000.50")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (b"rubbish", "TG-ENQUIRY", "malformed"),
        (b"[1]", "TG-ENQUIRY", "Expected `object`"),
        (b"\xff", "TG-ENQUIRY", "no enquiry"),
        (ASKED % b',"colour":1', "TG-ENQUIRY", "colour"),
        ((ASKED % b"").replace(b'"origin":"CN",', b""), "TG-ENQUIRY", "missing required field `origin`"),
        ((ASKED % b"").replace(b"2026-03-01", b"soon"), "TG-ENQUIRY", "$.date"),
        ((ASKED % b"").replace(b'"1000"', b'"much"'), "TG-ENQUIRY", "$.value"),
        ((ASKED % b"").replace(b'"1000"', b'"NaN"'), "TG-ENQUIRY", "NaN is no number"),
        ((ASKED % b"").replace(b'"1000"', b'"1e40"'), "TG-ENQUIRY", "Check its digits"),
        (ASKED % b',"quantities":{"kg":-1}', "TG-QUANTITY", "not below 0"),
        ((ASKED % b"").replace(b"8414.59.25", b"fans"), "TG-CODE", "'fans' is no commodity code"),
    ],
)
def test_what_is_no_enquiry_is_a_finding_that_says_why(line, code, said):
    found = read_enquiry(line)
    assert isinstance(found, Finding)
    assert found.code == code
    assert said in found.text


@pytest.mark.parametrize(
    ("parts", "code", "location"),
    [
        ({"value": Decimal(-1)}, "TG-VALUE", "value"),
        ({"currency": "EUR"}, "TG-EXCHANGE", "currency"),
        ({"code": "99000000"}, "TG-RATE", "code"),
        ({"preference": "300"}, "TG-PREFERENCE", "preference"),
        ({"incoterm": "FOB", "freight": Decimal(1)}, "TG-TERMS", "incoterm"),
    ],
)
def test_what_cannot_be_worked_out_is_told_at_the_field_to_mend(parts, code, location):
    told = answer([asked(**parts)], tables([rate("A00", "10", "84")], taxes=(DUTY,)))[0]
    assert (code, location) in [(finding.code, finding.location) for finding in told.findings]
    assert (told.total is None) == (code in ("TG-VALUE", "TG-EXCHANGE", "TG-RATE"))


def test_answers_stand_in_the_order_of_the_questions():
    by = tables([rate("A00", "10")], [exchange("EUR", "2")], (DUTY,))
    told = answer([asked(value=Decimal(n)) for n in (5, 3, 4)], by)
    assert [one.total for one in told] == [Decimal("0.50"), Decimal("0.30"), Decimal("0.40")]


def american_total(by, **parts):
    return answer([asked(currency="USD", **parts)], by)[0]


def test_a_schedule_charges_the_general_rate_the_programme_claimed_or_column_two():
    by = american(("general", "4.2%"), ("special", "Free (KR,S) 2% (JP)"), ("other", "40%"))
    assert american_total(by).total == Decimal("42.00")
    assert american_total(by, origin="KR", preference="KR").total == 0
    assert american_total(by, origin="MX", preference="S").total == 0
    assert american_total(by, origin="JP", preference="JP").total == Decimal("20.00")
    assert american_total(by, origin="RU").total == Decimal("400.00")


@pytest.mark.parametrize(("origin", "programme"), [("CN", "KR"), ("KR", "JP"), ("IN", "A"), ("CN", "??")])
def test_a_programme_that_does_not_cover_the_origin_is_not_granted(origin, programme):
    by = american(("general", "4.2%"), ("special", "Free (A,JP,KR,??)".replace(",??", "")))
    told = american_total(by, origin=origin, preference=programme)
    assert told.total == Decimal("42.00")
    assert [finding.code for finding in told.findings] == ["TG-PREFERENCE"]


def test_a_rate_per_unit_needs_its_unit():
    by = american(("general", "6.3¢/liter + 1%"), units=("liters",))
    assert american_total(by, quantities={"liters": Decimal(100)}).total == Decimal("16.30")
    assert american_total(by, quantities={"LTR": Decimal(100)}).total == Decimal("16.30")
    wrong = american_total(by, quantities={"kg": Decimal(100)})
    assert (wrong.total, [finding.code for finding in wrong.findings]) == (None, ["TG-QUANTITY"])


def test_a_text_that_is_no_rate_of_its_own_is_not_guessed():
    by = american(("general", "The duty provided in the applicable subheading + 25%"))
    told = american_total(by)
    assert (told.total, [finding.code for finding in told.findings]) == (None, ["TG-RATE"])


def test_a_note_that_leads_to_additional_duties_is_told():
    told = american_total(american(("general", "Free"), notes=("See 9903.88.03.", "see note 2")))
    assert told.total == 0
    assert ["See 9903.88.03" in finding.text for finding in told.findings] == [True]


def test_advice_names_the_preferences_that_save_and_the_proof_they_take():
    by = american(("general", "4.2%"), ("special", "Free (JO,KR) 1% (E)"))
    told = advise(asked(origin="KR", currency="USD"), by, programmes("us-hts"))
    assert told.answer.total == Decimal("42.00")
    assert [(one.preference, one.saves, one.total, one.proof) for one in told.preferences] == [
        ("KR", Decimal("42.00"), Decimal("0.00"), "certification of origin")
    ]
    assert advise(asked(currency="USD"), by, programmes("us-hts")).preferences == ()


def test_advice_names_the_papers_that_restrictions_ask_for():
    by = tables(
        [rate("A00", "1"), rate("", "waste", "84", kind="restriction", certificate="C672")], taxes=(DUTY,)
    )
    assert [(paper.documents, paper.why) for paper in advise(asked(), by, {}).papers] == [("C672", "waste")]
