from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.contract.making import BEGIN, alone, draft
from tidegate.journal import (
    Append,
    Appended,
    AttachmentMissingError,
    BadClockError,
    BadDraftError,
    BodyTooLargeError,
    Cause,
    Conflict,
    JournalExistsError,
    JournalMissingError,
    Key,
    KeyIsNew,
    KeyLastAt,
    Rows,
)


def test_groups_get_positions_in_the_order_in_which_they_are_given(journal):
    outcomes = journal.append([alone("mrn:A"), Append((draft("mrn:B"), draft("mrn:C"))), alone("mrn:A")])
    assert outcomes == [Appended((0,)), Appended((1, 2)), Appended((3,))]
    assert [entry.keys for entry in journal.read()] == [("mrn:A",), ("mrn:B",), ("mrn:C",), ("mrn:A",)]
    assert journal.size == 4


def test_an_entry_says_all_that_its_draft_said(journal):
    (digest,) = journal.attach([b"original bytes"])
    journal.append([alone("mrn:A")])
    said = draft(
        "mrn:A",
        "lrn:XA1:7",
        kind="declaration.accepted",
        version=3,
        occurred=datetime(2026, 2, 1, 8, 30, 0, 123456, UTC),
        author=Key("responder:clearance"),
        body='{"näme":"ø"}'.encode(),
        cause=Cause("clearance", 0, "mrn:A", 2),
        attachments=(digest,),
        rows=Rows("ab" * 32, 12, digest),
    )
    journal.append([Append((said,))])
    (entry,) = journal.read(1)
    assert (entry.position, entry.kind, entry.version) == (1, "declaration.accepted", 3)
    assert (entry.recorded, entry.occurred) == (BEGIN, said.occurred)
    assert (entry.author, entry.keys) == ("responder:clearance", ("mrn:A", "lrn:XA1:7"))
    assert (entry.cause, entry.attachments, entry.rows) == (said.cause, (digest,), said.rows)
    assert entry.body == said.body


def test_a_time_of_another_zone_is_kept_as_the_same_instant_in_utc(journal):
    there = timezone(timedelta(hours=9))
    journal.append([alone("mrn:A", occurred=datetime(2026, 3, 1, 9, tzinfo=there))])
    (entry,) = journal.read()
    assert entry.occurred == datetime(2026, 3, 1, tzinfo=UTC)
    assert entry.occurred.utcoffset() == timedelta(0)


def test_what_was_appended_is_there_after_opening_again(engine, journal, folder, clock):
    journal.append([alone("mrn:A", body=b'{"a":1}')])
    entries, root = journal.read(), journal.root()
    journal.close()
    again = engine.open(folder, clock)
    assert (again.read(), again.root(), again.size) == (entries, root, 1)
    again.close()


def test_recorded_never_decreases_when_the_clock_is_set_back(engine, journal, folder, clock):
    clock.go(10)
    journal.append([alone("mrn:A")])
    clock.go(-3600)
    journal.append([alone("mrn:B")])
    journal.close()
    again = engine.open(folder, clock)
    again.append([alone("mrn:C")])
    clock.go(7200)
    again.append([alone("mrn:D")])
    recorded = [(entry.recorded - BEGIN).total_seconds() for entry in again.read()]
    assert recorded == [10, 10, 10, 3610]
    again.close()


def test_a_key_is_new_once(journal):
    first = alone("lrn:XA1:7", conditions=(KeyIsNew(Key("lrn:XA1:7")),))
    assert journal.append([alone("mrn:other"), first]) == [Appended((0,)), Appended((1,))]
    journal.append([alone("lrn:XA1:7")])
    assert journal.append([first]) == [Conflict(KeyIsNew(Key("lrn:XA1:7")), None, 1)]
    assert journal.size == 3


def test_a_key_is_new_once_within_one_call(journal):
    first = alone("lrn:XA1:7", conditions=(KeyIsNew(Key("lrn:XA1:7")),))
    outcomes = journal.append([first, first, alone("mrn:B")])
    assert outcomes == [Appended((0,)), Conflict(KeyIsNew(Key("lrn:XA1:7")), None, 0), Appended((1,))]


def test_the_last_position_of_a_key_guards_it(journal):
    journal.append([alone("mrn:A"), alone("mrn:B")])
    key = Key("mrn:A")
    release = alone("mrn:A", conditions=(KeyLastAt(key, 0),))
    outcomes = journal.append([release, release])
    assert outcomes == [Appended((2,)), Conflict(KeyLastAt(key, 0), None, 2)]
    assert journal.append([release]) == [Conflict(KeyLastAt(key, 0), None, 2)]
    unknown = KeyLastAt(Key("mrn:unknown"), 0)
    assert journal.append([alone("mrn:A", conditions=(unknown,))]) == [Conflict(unknown, None, -1)]


def test_a_refused_group_enters_not_even_in_part(journal):
    journal.append([alone("mrn:A")])
    refused = Append((draft("mrn:X"), draft("mrn:Y")), (KeyIsNew(Key("mrn:new")), KeyIsNew(Key("mrn:A"))))
    outcomes = journal.append([refused, alone("mrn:B")])
    assert outcomes == [Conflict(KeyIsNew(Key("mrn:A")), None, 0), Appended((1,))]
    assert journal.about(Key("mrn:X")) == []
    # What a refused group would have made is not there for later groups of the call either.
    assert journal.append([refused, alone("mrn:X", conditions=(KeyIsNew(Key("mrn:X")),))])[1] == Appended(
        (2,)
    )


def test_conditions_of_a_group_are_judged_before_its_own_acts(journal):
    key = Key("mrn:A")
    both = Append((draft("mrn:A"), draft("mrn:A")), (KeyIsNew(key),))
    assert journal.append([both]) == [Appended((0, 1))]


def test_a_cause_is_answered_once_and_the_answer_comes_before_conditions(journal):
    journal.append([alone("mrn:A")])
    cause = Cause("clearance", 0, "mrn:A", 0)
    answer = alone("mrn:A", cause=cause, conditions=(KeyLastAt(Key("mrn:A"), 0),))
    other = alone("mrn:A", cause=Cause("clearance", 0, "mrn:A", 1))
    assert journal.append([answer, answer, other]) == [
        Appended((1,)),
        Conflict(None, cause, 1),
        Appended((2,)),
    ]
    assert journal.append([answer]) == [Conflict(None, cause, 1)]


def test_a_call_without_groups_and_a_group_without_acts_append_nothing(journal):
    assert journal.append([]) == []
    assert journal.append([Append(())]) == [Appended(())]
    assert journal.size == 0


@pytest.mark.parametrize(
    ("parts", "part"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "a\nb"}, "kind"),
        ({"version": 0}, "version"),
        ({"occurred": datetime(2026, 3, 1)}, "occurred"),  # noqa: DTZ001 - the mistake itself
        ({"occurred": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9)))}, "occurred"),
        ({"version": 2**70}, "version"),
        ({"cause": Cause("clearance", 0, "mrn:A", -1)}, "cause"),
        ({"rows": Rows("", -1, "sha256:" + "0" * 64)}, "rows"),
        ({"author": Key("")}, "author"),
        ({"author": Key("~pseudonym")}, "author"),
        ({"cause": Cause("clearance", 7, "mrn:A", 0)}, "cause"),
        ({"cause": Cause("clear\x00ance", 0, "mrn:A", 0)}, "cause"),
        ({"attachments": ("../../etc/passwd",)}, "attachments"),
    ],
)
def test_a_draft_that_can_never_enter_is_refused_with_its_part(journal, parts, part):
    journal.append([alone("mrn:A")])
    with pytest.raises(BadDraftError) as refusal:
        journal.append([alone("mrn:B"), alone("mrn:A", **parts)])
    assert (refusal.value.code, refusal.value.fields["part"]) == ("bad_draft", part)
    assert journal.size == 1


@pytest.mark.parametrize("key", ["", "~mrn:A", "x" * 513, "mrn:\x00", "mrn:\ud800"])
def test_a_key_that_cannot_stand_in_an_envelope_is_refused(journal, key):
    with pytest.raises(BadDraftError):
        journal.append([alone(key)])
    with pytest.raises(BadDraftError):
        journal.append([alone("mrn:A", conditions=(KeyIsNew(Key(key)),))])
    assert journal.size == 0


def test_two_acts_of_one_group_need_two_causes(journal):
    journal.append([alone("mrn:A")])
    cause = Cause("clearance", 0, "mrn:A", 0)
    with pytest.raises(BadDraftError):
        journal.append([Append((draft("mrn:A", cause=cause), draft("mrn:B", cause=cause)))])


def test_a_body_has_at_most_64_kib_and_the_error_says_to_attach_it(journal):
    journal.append([alone("mrn:A", body=b"x" * 65536)])
    with pytest.raises(BodyTooLargeError, match="attach it") as refusal:
        journal.append([alone("mrn:A", body=b"x" * 65537)])
    assert refusal.value.code == "body_too_large"
    assert refusal.value.fields["size"] == 65537
    assert journal.size == 1


def test_an_act_cannot_name_an_attachment_that_was_never_stored(journal):
    digest = "sha256:" + "0" * 64
    for parts in ({"attachments": (digest,)}, {"rows": Rows("ab" * 32, 1, digest)}):
        with pytest.raises(AttachmentMissingError):
            journal.append([alone("mrn:A", **parts)])
    assert journal.size == 0


def test_a_clock_without_a_zone_is_refused(journal, clock):
    clock.now = datetime(2026, 3, 2)  # noqa: DTZ001 - the mistake itself
    with pytest.raises(BadClockError):
        journal.append([alone("mrn:A")])


def test_a_personal_key_is_found_by_its_text(journal):
    person = Key("operator:XA-JANE-DOE", personal=True)
    journal.append([alone(person, "mrn:A", author=person)])
    outcome = journal.append([alone(person, conditions=(KeyIsNew(person),))])
    assert outcome == [Conflict(KeyIsNew(person), None, 0)]
    journal.append([alone(person, conditions=(KeyLastAt(person, 0),))])
    entries = journal.about(person)
    assert [entry.position for entry in entries] == [0, 1]
    assert (entries[0].author, entries[0].keys) == (person.text, (person.text, "mrn:A"))
    assert journal.last(person) == 1
    assert journal.last(Key("operator:other", personal=True)) is None


def test_a_journal_is_made_once_and_opened_only_where_one_is(engine, journal, folder, clock, tmp_path):
    journal.append([alone("mrn:A")])
    with pytest.raises(JournalExistsError):
        engine.create(folder, clock)
    assert journal.size == 1
    with pytest.raises(JournalMissingError):
        engine.open(tmp_path / "elsewhere", clock)
