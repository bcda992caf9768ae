"""What customs makes known to everybody, and what anybody asks: read from their acts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tidegate.journal import Key, create_journal, digest, follow, replay, tables
from tidegate.notices import (
    BadWordsError,
    OvertakenNoticeError,
    QuestionsReader,
    UnknownBulletinError,
    UnknownQuestionError,
    answer_question,
    bulletin_named,
    bulletins,
    publish_bulletin,
    question,
    receive_question,
    waiting_questions,
    withdraw_bulletin,
)

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
DIRECTOR = Key("person:director", personal=True)


@pytest.fixture
def journal(tmp_path):
    made = create_journal(tmp_path / "journal", clock=lambda: NOW)
    yield made
    made.close()


def _publish(journal, name="quay-closed", moment=NOW, **parts):
    said = {"title": "The north quay is closed", "words": "Until the crane is mended."} | parts
    return publish_bulletin(journal, moment, DIRECTOR, name=name, **said)


def test_bulletins_are_shown_the_latest_first_until_their_day_or_their_withdrawal(journal):
    _publish(journal, "first", until=date(2026, 3, 1))
    _publish(journal, "second")
    _publish(journal, "third")
    withdraw_bulletin(journal, LATER, DIRECTOR, name="third", reason="It was a mistake.")
    assert [one.name for one in bulletins(journal, NOW.date())] == ["second", "first"]
    assert [one.name for one in bulletins(journal, LATER.date())] == ["second"]
    assert bulletin_named(journal, "third").withdrawn == "It was a mistake."


def test_published_again_the_words_change_and_the_first_day_stays(journal):
    _publish(journal)
    _publish(journal, moment=LATER, words="Open again.")
    found = bulletin_named(journal, "quay-closed")
    assert (found.words, found.published, found.changed) == ("Open again.", NOW, LATER)


def test_a_new_bulletin_takes_no_name_that_is_taken(journal):
    _publish(journal, new=True)
    with pytest.raises(BadWordsError) as error:
        _publish(journal, new=True, words="Other words.")
    assert error.value.field == "name"
    assert bulletin_named(journal, "quay-closed").words == "Until the crane is mended."


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "Quay closed"}, "name"),
        ({"name": "a" * 61}, "name"),
        ({"title": " "}, "title"),
        ({"words": "x" * 8001}, "words"),
    ],
)
def test_what_is_wrong_about_a_bulletin_is_said_with_its_field(journal, wrong, field):
    with pytest.raises(BadWordsError) as error:
        _publish(journal, **wrong)
    assert error.value.field == field
    assert bulletins(journal) == []


def test_what_is_not_there_is_not_withdrawn(journal):
    with pytest.raises(UnknownBulletinError):
        withdraw_bulletin(journal, NOW, DIRECTOR, name="quay-closed", reason="Why not.")


def _ask(journal, reference="Q7", **parts):
    said = {"matter": "question", "words": "When does the office open?"} | parts
    return receive_question(journal, NOW, reference=reference, **said)


def test_a_question_is_answered_once_and_found_by_its_reference(journal):
    _ask(journal, contact="someone@example.org")
    assert question(journal, "Q7").answer == ""
    answer_question(journal, LATER, DIRECTOR, reference="Q7", words="At eight.")
    found = question(journal, "Q7")
    assert (found.answer, found.answered, found.contact) == ("At eight.", LATER, "someone@example.org")
    with pytest.raises(OvertakenNoticeError):
        answer_question(journal, LATER, DIRECTOR, reference="Q7", words="At nine.")
    with pytest.raises(UnknownQuestionError):
        answer_question(journal, LATER, DIRECTOR, reference="Q8", words="At nine.")


def test_the_same_question_sent_twice_enters_once(journal):
    assert _ask(journal) == _ask(journal)
    assert journal.size == 1


def test_keys_of_a_question_hold_nothing_of_who_asks(journal):
    _ask(journal, contact="someone@example.org", about="26XAAAAAAAAAAAAAA1")
    (entry,) = journal.read(0, 10)
    assert entry.keys == ("question:Q7",)
    assert entry.author == "public"


def test_what_waits_for_an_answer_is_listed_the_same_folded_and_replayed(journal, tmp_path):
    _ask(journal, "Q7")
    _ask(journal, "Q8", matter="complaint")
    answer_question(journal, LATER, DIRECTOR, reference="Q7", words="At eight.")
    follow(journal, QuestionsReader(), tmp_path / "read", batch=1)
    with tables(QuestionsReader(), tmp_path / "read") as folded:
        assert [(one.reference, one.matter) for one in waiting_questions(folded)] == [("Q8", "complaint")]
        before = digest(folded)
    replay(journal, QuestionsReader(), tmp_path / "read")
    with tables(QuestionsReader(), tmp_path / "read") as again:
        assert digest(again) == before
