from datetime import UTC, date, datetime

import pytest

from tests.unit.tariff.nomenclature.making import write_chapter, write_csv
from tidegate.journal import create_journal, verify
from tidegate.node.schedules import NoScheduleError, Schedules
from tidegate.tariff.nomenclature import Nomenclature, explain, read_harmonized, read_plain, read_us_hts
from tidegate.tariff.rates import read_rate, say_rate

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path):
    journal = create_journal(tmp_path / "journal", clock=lambda: NOW)
    yield journal
    journal.close()


@pytest.fixture
def hts(tmp_path):
    return read_us_hts(write_chapter(tmp_path / "hts"), edition="2025", valid_from=date(2025, 1, 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Free", "free"),
        ("3.2%", "3.2 % of the value"),
        ("33 1/3%", "33 1/3 % of the value"),
        ("1.4¢/kg + 3.2%", "0.014 USD for each kg plus 3.2 % of the value"),
        ("$1.53 each + 4.2% on the case", "1.53 USD for each article plus 4.2 % on the case"),
        ("5% but not less than $2/kg", "5 % of the value, at least 2 USD for each kg"),
        ("8¢/kg on lead content", "0.08 USD for each kg on lead content"),
        ("2.8¢/jewel over 7", "0.028 USD for each jewel over 7"),
        ("No change", "no change: the rate without this provision"),
        ("See 9822.04.25", "see 9822.04.25"),
        (
            "The duty provided in the applicable subheading + 25%",
            "the duty provided in the applicable subheading plus 25 % of the value",
        ),
        ("Free, under bond", "free (under bond)"),
    ],
)
def test_a_rate_is_said_in_words(text, words):
    assert say_rate(read_rate(text).components) == words


def test_a_code_is_explained_with_rates_by_column_and_programme(hts):
    told = explain(Nomenclature(hts), "0101.30.00.00", date(2025, 6, 1))
    assert [(unit.word, unit.code) for unit in told.units] == [("No.", "NAR")]
    said = {column.column: [(one.programmes, one.words) for one in column.groups] for column in told.rates}
    assert said == {"general": [((), "6.8 % of the value")], "special": [(("A+", "AU"), "free")]}
    assert (told.schedule, told.edition, told.source) == ("us-hts", "2025", hts.source)


def test_a_rate_that_cannot_be_read_is_told_with_its_place(hts):
    (column,) = explain(Nomenclature(hts), "0102").rates
    assert column.groups == ()
    assert "At column 9" in column.unread


def test_a_code_that_is_not_there_is_not_explained(hts):
    assert explain(Nomenclature(hts), "0103") is None


def test_what_is_loaded_is_read_back_from_the_journal_as_it_was(journal, hts):
    loaded, judged = Schedules(journal).load(hts, NOW, "somebody")
    again = Schedules(journal).loaded()
    assert [(one.position, one.act) for one in again] == [(loaded.position, loaded.act)]
    assert loaded.act.rows == 8
    assert loaded.act.codes == 7
    assert {one.column: one.unread for one in loaded.act.columns} == {"general": 1, "special": 0, "other": 0}
    assert len(judged.unread) == 1
    kept = Schedules(journal).tree(loaded).schedule
    assert kept.codes.equals(hts.codes)
    assert kept.rates.equals(hts.rates)
    assert (kept.currency, kept.valid_from, kept.source) == ("USD", hts.valid_from, hts.source)
    assert verify(journal).ok


def test_the_edition_that_holds_on_a_day_answers(journal, tmp_path):
    schedules = Schedules(journal)

    def load(description, start, until=None):
        path = write_csv(tmp_path / "x.csv", "code,description", f"8510,{description}")
        schedule = read_plain(path, "xa", valid_from=start, valid_until=until)
        schedules.load(schedule, NOW, "somebody")

    load("of 2025", date(2025, 1, 1))
    load("of 2024 loaded later", date(2024, 1, 1))
    load("of 2026", date(2026, 1, 1), date(2026, 12, 31))
    load("of 2026 put right", date(2026, 1, 1), date(2026, 12, 31))

    def answers(day):
        (loaded,) = schedules.in_force(day, "xa")
        return schedules.tree(loaded).find("8510").description

    assert answers(date(2024, 6, 1)) == "of 2024 loaded later"
    assert answers(date(2025, 6, 1)) == "of 2025"
    assert answers(date(2026, 12, 31)) == "of 2026 put right"
    assert answers(date(2027, 1, 1)) == "of 2025"
    with pytest.raises(NoScheduleError, match="holds on 2023-12-31; those loaded hold 2025-01-01"):
        schedules.in_force(date(2023, 12, 31))


def test_the_schedule_loaded_last_is_asked_first(journal, hts, tmp_path):
    schedules = Schedules(journal)
    schedules.load(hts, NOW, "somebody")
    head = "section,hscode,description,parent,level"
    path = write_csv(tmp_path / "hs.csv", head, "I,01,Animals,TOTAL,2", "TOTAL,TOTAL,All,TOTAL,5")
    schedules.load(read_harmonized(path), NOW, "somebody")
    assert [one.act.schedule for one in schedules.in_force(date(2025, 6, 1))] == ["hs", "us-hts"]
    assert [one.act.schedule for one in schedules.in_force(date(2024, 6, 1))] == ["hs"]


def test_a_node_without_schedules_says_so(journal):
    with pytest.raises(NoScheduleError, match="No schedule is loaded here"):
        Schedules(journal).in_force(date(2026, 1, 1))
    with pytest.raises(NoScheduleError, match="No schedule xa is loaded"):
        Schedules(journal).in_force(date(2026, 1, 1), "xa")
