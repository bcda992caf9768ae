from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import apsw
import pytest

from tests.contract.making import alone
from tests.unit.journal.followers import Accepting, Counting
from tidegate.journal import (
    TablesAheadError,
    TablesMissingError,
    TablesOutdatedError,
    TablesTakenError,
    answer,
    create_journal,
    digest,
    follow,
    replay,
    tables,
)
from tidegate.journal.readers import _fold
from tidegate.journal.tables import open_tables


@pytest.fixture
def read(tmp_path):
    return tmp_path / "read"


@pytest.fixture
def filled(journal):
    journal.append([alone(f"mrn:{n % 7}", kind=f"kind.{n % 3}") for n in range(50)])
    return journal


def rows(reader, folder):
    with closing(tables(reader, folder)) as connection:
        return list(connection.execute("SELECT key, entries, last FROM counts ORDER BY key"))


def test_a_reader_folds_each_entry_once(filled, read):
    reader = Counting()
    assert follow(filled, reader, read) == 50
    assert follow(filled, reader, read) == 0
    filled.append([alone("mrn:0")])
    assert follow(filled, reader, read) == 1
    assert rows(reader, read)[0] == ("mrn:0", 9, 50)
    assert sum(count for _, count, _ in rows(reader, read)) == 51


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_the_tables_do_not_depend_on_how_the_stream_is_cut(filled, tmp_path, batch):
    whole, cut = Counting(), Counting()
    follow(filled, whole, tmp_path / "whole")
    follow(filled, cut, tmp_path / "cut", batch=batch)
    assert max(cut.batches) <= batch
    with closing(tables(whole, tmp_path / "whole")) as one, closing(tables(cut, tmp_path / "cut")) as two:
        assert digest(one) == digest(two)


@pytest.mark.parametrize("batch", [1, 4, 1000])
def test_a_reader_of_some_kinds_passes_over_the_others_for_good(filled, read, batch):
    reader = Counting(kinds=frozenset({"kind.1"}))
    assert follow(filled, reader, read, batch=batch) == 17
    reader.batches.clear()
    assert follow(filled, reader, read, batch=batch) == 0
    assert reader.batches == []
    with closing(tables(reader, read)) as connection:
        assert connection.execute("SELECT position FROM followed").get == 50


def test_following_stops_where_it_is_told(filled, read):
    reader = Counting()
    assert follow(filled, reader, read, batch=7, until=20) == 20
    assert follow(filled, reader, read, until=10) == 0
    assert follow(filled, reader, read) == 30


def test_a_reader_that_dies_half_way_leaves_its_position_and_tables_of_one_moment(filled, read):
    reader = Counting()
    reader.fail_at = 25
    with pytest.raises(RuntimeError):
        follow(filled, reader, read, batch=10)
    assert sum(count for _, count, _ in rows(reader, read)) == 20
    reader.fail_at = None
    assert follow(filled, reader, read, batch=10) == 30
    result = replay(filled, reader, read)
    assert result.before == result.after


def test_a_new_version_rebuilds_the_tables_from_the_start(filled, read):
    follow(filled, Counting(), read)
    newer = Counting(version=2)
    newer.schema = newer.schema.replace("entries INTEGER", "entries BIGINT")
    assert follow(filled, newer, read) == 50
    # Version 2 begins each count at 2.
    assert rows(newer, read)[0] == ("mrn:0", 9, 49)
    assert follow(filled, newer, read) == 0


def test_a_rebuild_that_dies_leaves_the_old_tables_as_they_were(filled, read):
    old, newer = Counting(), Counting(version=2)
    follow(filled, old, read)
    before = rows(old, read)
    newer.fail_at = 30
    with pytest.raises(RuntimeError):
        follow(filled, newer, read, batch=10)
    assert rows(old, read) == before
    assert not [path for path in read.iterdir() if path.name.startswith(".")]


def test_queries_see_whole_tables_while_they_are_rebuilt(filled, read):
    old, newer = Counting(), Counting(version=2)
    follow(filled, old, read)
    with closing(tables(old, read)) as connection:
        seen = []
        fold = newer.fold
        newer.fold = lambda entries, into: (
            fold(entries, into),
            seen.append(connection.execute("SELECT * FROM total").get),
        )
        follow(filled, newer, read, batch=10)
        assert seen == [50] * 5
        assert connection.execute("SELECT * FROM total").get == 57


def test_a_replay_gives_the_same_tables(filled, read):
    reader = Counting()
    follow(filled, reader, read, batch=7)
    result = replay(filled, reader, read)
    assert (result.before, result.entries) == (result.after, 50)
    assert rows(reader, read)[0] == ("mrn:0", 8, 49)


def test_a_replay_without_tables_builds_them(filled, read):
    result = replay(filled, Counting(), read)
    assert (result.before, result.entries) == (result.after, 50)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE counts SET entries = entries + 1 WHERE key = 'mrn:3'",
        "DELETE FROM counts WHERE key = 'mrn:3'",
        "INSERT INTO counts VALUES ('mrn:99', 1, 1)",
        "CREATE TABLE another (x)",
        "UPDATE counts SET last = CAST(last AS TEXT) || 'x' WHERE key = 'mrn:3'",
    ],
)
def test_a_replay_shows_that_tables_were_tampered_with_and_mends_them(filled, read, statement):
    reader = Counting()
    follow(filled, reader, read)
    good = replay(filled, reader, read).after
    with closing(apsw.Connection(str(read / "counting.sqlite"))) as connection:
        connection.execute(statement)
    tampered = replay(filled, reader, read)
    assert tampered.before != tampered.after == good
    assert replay(filled, reader, read).before == good


def test_a_digest_tells_types_apart_and_not_the_order_of_insertion():
    def of(*statements):
        with closing(apsw.Connection(":memory:")) as connection:
            for statement in statements:
                connection.execute(statement)
            return digest(connection)

    table = "CREATE TABLE t (a, b)"
    one, two = "INSERT INTO t VALUES (1, 'x')", "INSERT INTO t VALUES (NULL, x'00')"
    assert of(table, one, two) == of(table, two, one)
    others = [
        of(table),
        of(table, one),
        of(table, one, one),
        of(table, "INSERT INTO t VALUES ('1', 'x')"),
        of(table, "INSERT INTO t VALUES (1.0, 'x')"),
        of(table, "INSERT INTO t VALUES (1, x'78')"),
        of("CREATE TABLE t (a, c)", one),
        of("CREATE TABLE u (a, b)", one.replace("t VALUES", "u VALUES")),
    ]
    assert len(set(others)) == len(others)


def test_tables_can_only_be_read(filled, read):
    reader = Counting()
    follow(filled, reader, read)
    with closing(tables(reader, read)) as connection, pytest.raises(apsw.ReadOnlyError):
        connection.execute("DELETE FROM counts")


def test_tables_that_are_missing_or_of_another_version_are_not_lent(filled, read):
    with pytest.raises(TablesMissingError):
        tables(Counting(), read)
    follow(filled, Counting(), read)
    with pytest.raises(TablesOutdatedError) as refusal:
        tables(Counting(version=2), read)
    assert refusal.value.fields == {"stored": 1, "wanted": 2}


def test_a_reader_and_a_responder_of_one_name_need_two_folders(filled, read):
    reader, responder = Counting(), Accepting()
    responder.name = reader.name
    follow(filled, reader, read)
    with pytest.raises(TablesTakenError):
        answer(filled, responder, read)


def test_tables_of_a_longer_journal_are_refused(filled, read, tmp_path, clock):
    follow(filled, Counting(), read)
    older = create_journal(tmp_path / "older", clock=clock)
    with pytest.raises(TablesAheadError) as refusal:
        follow(older, Counting(), read)
    assert refusal.value.fields == {"position": 50, "size": 0}
    older.close()


def test_an_old_version_that_still_runs_does_not_fold_into_newer_tables(filled, read):
    old = Counting()
    follow(filled, old, read, until=10)
    with closing(open_tables(read / "counting.sqlite", 1)) as connection:
        follow(filled, Counting(version=2), read)
        with pytest.raises(TablesOutdatedError):
            _fold(filled, old, connection, 10, 50)
    assert rows(Counting(version=2), read)[0] == ("mrn:0", 9, 49)


def test_two_followers_at_once_fold_each_entry_once(filled, read):
    def run(_):
        return follow(filled, Counting(), read, batch=3)

    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(run, range(3))) == 50
    result = replay(filled, Counting(), read)
    assert result.before == result.after
