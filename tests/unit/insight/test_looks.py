"""Who looked at what, and who was let in: found by subject, by person and by time, however many there are."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tidegate.acts import AccessEnded, AccessGiven, AccessLoosened, DataConsulted
from tidegate.insight.looks import Look, LooksReader, accesses, looks
from tidegate.journal import Append, Draft, Key, create_journal, digest, follow, replay, tables

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
READER = LooksReader()


@pytest.fixture
def journal(tmp_path):
    with closing(create_journal(tmp_path / "journal", clock=lambda: BEGIN)) as made:
        yield made


def say(journal, hours, author, act, *keys):
    draft = Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=BEGIN + timedelta(hours=hours),
        author=Key(f"person:{author}", personal=True),
        keys=keys or (Key("consulted:x"),),
        body=act.encode(),
    )
    journal.append([Append((draft,))])


def look(journal, hours, author, subject):
    say(journal, hours, author, DataConsulted(subject=subject, page="p", role="officer"))


@pytest.fixture
def told(journal, tmp_path):
    """Six looks by two people at two consignments, one an hour."""
    for hour in range(6):
        look(journal, hour, ("anna", "bert")[hour % 2], ("M1", "M2")[hour // 3])
    follow(journal, READER, tmp_path / "read")
    with closing(tables(READER, tmp_path / "read")) as connection:
        yield connection


def hours(found):
    return [(one.moment - int(BEGIN.timestamp())) // 3600 for one in found]


def test_looks_are_found_by_subject_by_person_and_by_both(told):
    assert hours(looks(told)) == [5, 4, 3, 2, 1, 0]
    assert hours(looks(told, subject="M1")) == [2, 1, 0]
    assert hours(looks(told, person="bert")) == [5, 3, 1]
    assert hours(looks(told, subject="M2", person="anna")) == [4]
    assert looks(told, subject="M2", limit=1)[0] == Look(
        5, int(BEGIN.timestamp()) + 5 * 3600, "M2", "p", "bert", "officer"
    )


def test_a_span_holds_its_first_moment_and_not_its_last(told):
    span = {"since": BEGIN + timedelta(hours=1), "until": BEGIN + timedelta(hours=4)}
    assert hours(looks(told, **span)) == [3, 2, 1]


def test_a_list_goes_on_after_its_last_row(told):
    first = looks(told, limit=4)
    rest = looks(told, before=(first[-1].moment, first[-1].position))
    assert hours(first) + hours(rest) == [5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("how", "index"),
    [({}, "looks_moment"), ({"subject": "M1"}, "looks_subject"), ({"person": "p"}, "looks_person")],
)
def test_each_question_is_answered_from_an_index_in_its_order(told, how, index):
    name, value = next(iter(how.items()), ("1", 1))
    order = "ORDER BY moment DESC, position DESC LIMIT 50"
    sql = f"EXPLAIN QUERY PLAN SELECT * FROM looks WHERE 1 AND {name} = ? {order}"
    plan = " ".join(row[3] for row in told.execute(sql, (value,)))
    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_what_is_done_to_access_is_told_of_whom_it_is_about(journal, tmp_path):
    about = Key("person:carla", personal=True)
    say(journal, 0, "admin", AccessGiven(role="officer", office="XA1"), about)
    say(journal, 1, "admin", AccessLoosened(guard="factor"), about)
    say(journal, 2, "admin", AccessEnded(), about)
    say(journal, 3, "admin", AccessEnded(by="group"), Key("person:dora", personal=True))
    follow(journal, READER, tmp_path / "read")
    with closing(tables(READER, tmp_path / "read")) as connection:
        found = accesses(connection, person="carla")
        everybody = accesses(connection)
    assert [(one.what, one.role, one.office, one.author) for one in found] == [
        ("closed", "", "", "admin"),
        ("factor", "", "", "admin"),
        ("made", "officer", "XA1", "admin"),
    ]
    assert [one.what for one in everybody] == ["lost", "closed", "factor", "made"]


def test_rebuilt_from_the_start_the_rows_are_what_they_were(journal, tmp_path):
    for hour in range(5):
        look(journal, hour, "anna", f"M{hour}")
        follow(journal, READER, tmp_path / "read", batch=1)
    with closing(tables(READER, tmp_path / "read")) as connection:
        as_it_came = digest(connection)
    replayed = replay(journal, READER, tmp_path / "read")
    assert replayed.before == replayed.after == as_it_came
