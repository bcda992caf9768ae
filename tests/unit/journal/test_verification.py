import contextlib
from hashlib import sha256

import apsw
import polars as pl
import pytest

from tests.contract.making import alone, draft
from tidegate.journal import Append, Cause, Key, create_journal, open_journal, verify
from tidegate.journal.batches import attach_batches

PERSON = Key("operator:XA-JANE-DOE", personal=True)


@pytest.fixture
def filled(journal):
    one, two = journal.attach([b"original one", b"original two"])
    journal.append([alone("mrn:A", PERSON, body=b'{"n":0}', author=PERSON, attachments=(one,))])
    journal.append([alone("mrn:B", body=b'{"n":1}', cause=Cause("clearance", 0, "mrn:A", 0))])
    (rows,) = attach_batches(journal, pl.DataFrame({"value": [1, 2, 3]}), entropy=bytes)
    last = draft("mrn:A", body=b'{"n":2}', kind="batch.lodged", rows=rows, attachments=(two,))
    journal.append([Append((last,))])
    assert verify(journal).ok
    return journal


@pytest.fixture
def tamper(filled, folder):  # noqa: ARG001 - there is something to tamper with once it is filled
    connection = apsw.Connection(str(folder / "journal.sqlite"))
    connection.execute("PRAGMA synchronous = OFF")
    connection.set_busy_timeout(1000)
    yield connection
    connection.close()


@contextlib.contextmanager
def changed(connection, at, rowid, value):
    """Store another value for a while at (table, column, key column)."""
    table, column, rowid_column = at
    where = f"UPDATE {table} SET {column} = ? WHERE {rowid_column} = ?"
    before = connection.execute(f"SELECT {column} FROM {table} WHERE {rowid_column} = ?", (rowid,)).get
    connection.execute(where, (value, rowid))
    yield
    connection.execute(where, (before, rowid))


def positions(verification):
    assert not verification.ok
    return {fault.position for fault in verification.faults}


@pytest.mark.parametrize(
    ("table", "column"),
    [("entries", "leaf"), ("entries", "envelope"), ("bodies", "salt"), ("bodies", "body")],
)
def test_every_changed_byte_of_an_entry_is_found_with_its_position(filled, tamper, table, column):
    rows = list(tamper.execute(f"SELECT position, {column} FROM {table}"))
    assert len(rows) == 3
    for position, stored in rows:
        for at in range(len(stored)):
            other = stored[:at] + bytes([stored[at] ^ 0x01]) + stored[at + 1 :]
            with changed(tamper, (table, column, "position"), position, other):
                assert position in positions(verify(filled))
    assert verify(filled).ok


@pytest.mark.parametrize(
    ("table", "column", "key"),
    [("nodes", "hash", "number"), ("tree", "root", "one"), ("tree", "frontier", "one")],
)
def test_every_changed_byte_of_the_tree_is_found(filled, tamper, table, column, key):
    for row, stored in list(tamper.execute(f"SELECT {key}, {column} FROM {table}")):
        for at in range(len(stored)):
            other = stored[:at] + bytes([stored[at] ^ 0x80]) + stored[at + 1 :]
            with changed(tamper, (table, column, key), row, other):
                assert positions(verify(filled)) <= {1, 2}
    assert verify(filled).ok


def test_every_changed_byte_of_an_attachment_is_found_with_its_position(filled):
    for entry in filled.read():
        digests = (*entry.attachments, *([entry.rows.attachment] if entry.rows else []))
        for digest in digests:
            path = filled.files.path(digest)
            stored = path.read_bytes()
            for at in range(len(stored)):
                path.write_bytes(stored[:at] + bytes([stored[at] ^ 0x10]) + stored[at + 1 :])
                assert positions(verify(filled)) == {entry.position}
            path.unlink()
            assert positions(verify(filled)) == {entry.position}
            path.write_bytes(stored)
    assert verify(filled).ok


def statements():
    """Name each way to tamper with rows, and the position that must be named."""
    yield "a key changed", "UPDATE keys SET key = 'mrn:X' WHERE key = 'mrn:B'", 1
    yield "a key moved", "UPDATE keys SET position = 0 WHERE key = 'mrn:B'", 1
    yield "a key lost", "DELETE FROM keys WHERE key = 'mrn:B'", 1
    yield "a key added", "INSERT INTO keys VALUES ('mrn:new', 2)", 2
    yield "a key of no entry", "INSERT INTO keys VALUES ('mrn:new', 77)", 77
    yield "a kind changed", "UPDATE kinds SET kind = 'x' WHERE position = 2", 2
    yield "a kind lost", "DELETE FROM kinds WHERE position = 1", 1
    yield "a cause changed", "UPDATE causes SET n = 1", 1
    yield "a cause moved", "UPDATE causes SET position = 0", 1
    yield "a cause lost", "DELETE FROM causes", 1
    yield "a cause added", "INSERT INTO causes VALUES ('clearance', 0, 'mrn:A', 5, 2)", 2
    yield "a use lost", "DELETE FROM uses WHERE position = 2", 2
    yield "an attachment's row lost", "DELETE FROM attachments", 0
    yield "an attachment's size changed", "UPDATE attachments SET size = size + 1", 0
    yield "an attachment added", "INSERT INTO attachments VALUES ('sha256:' || hex(zeroblob(32)), 1)", None
    yield "a text of a pseudonym changed", "UPDATE pseudonyms SET text = 'operator:XA-JOHN-DOE'", 0
    yield "a pseudonym changed", "UPDATE pseudonyms SET pseudonym = '~0'", 0
    yield "a pseudonym's salt changed", "UPDATE pseudonyms SET salt = zeroblob(16)", 0
    yield "a pseudonym lost", "DELETE FROM pseudonyms", 0
    yield "a pseudonym added", "INSERT INTO pseudonyms VALUES ('x', zeroblob(16), '~0')", None
    yield "a body lost without an act", "DELETE FROM bodies WHERE position = 1", 1
    yield "a body added", "INSERT INTO bodies VALUES (9, zeroblob(16), x'00')", 9
    yield "the first entry lost", "DELETE FROM entries WHERE position = 0", 0
    yield "an entry lost", "DELETE FROM entries WHERE position = 1", 1
    yield "the last entry lost", "DELETE FROM entries WHERE position = 2", 2
    yield "an entry added", "INSERT INTO entries SELECT 3, leaf, envelope FROM entries WHERE position = 1", 3
    yield "an entry in front", "INSERT INTO entries SELECT -1, leaf, envelope FROM entries LIMIT 1", -1
    yield "a node lost", "DELETE FROM nodes", 1
    yield "a node added", "INSERT INTO nodes VALUES (1, zeroblob(32))", None
    yield "the size changed", "UPDATE tree SET size = 2", 2
    yield "the last time changed", "UPDATE tree SET recorded = '2026-03-01T12:00:01+00:00'", 2
    yield "the tail lost", "DELETE FROM tree", None
    yield "a checkpoint of another tree", "INSERT INTO checkpoints VALUES (2, zeroblob(32), '')", None
    yield "a checkpoint beyond the end", "INSERT INTO checkpoints VALUES (4, zeroblob(32), '')", None
    yield (
        "salt and body cut at another place",
        """UPDATE bodies SET body = CAST(substr(salt, 16) || body AS BLOB), salt = substr(salt, 1, 15)
        WHERE position = 1""",
        1,
    )


@pytest.mark.parametrize(("what", "statement", "position"), list(statements()))
def test_rows_changed_lost_or_added_are_found(filled, tamper, what, statement, position):
    tamper.execute(statement)
    assert tamper.changes() > 0, what
    assert position in positions(verify(filled))


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_rewritten_entry_with_a_fitting_leaf_is_found_in_the_tree(filled, tamper, position):
    envelope = tamper.execute("SELECT envelope FROM entries WHERE position = ?", (position,)).get
    forged = envelope.replace(b'"ver":1', b'"ver":2')
    assert forged != envelope
    leaf = sha256(b"\x00" + forged).digest()
    tamper.execute("UPDATE entries SET envelope = ?, leaf = ? WHERE position = ?", (forged, leaf, position))
    verification = verify(filled)
    assert {fault.part for fault in verification.faults} == {"tree"}


def test_the_root_is_the_one_computed_from_the_envelopes(filled):
    verification = verify(filled)
    assert (verification.entries, verification.root) == (3, filled.root().hex())
    assert verification.faults == ()


def test_an_entry_recorded_before_the_one_in_front_of_it_is_found(filled, clock, monkeypatch):
    monkeypatch.setattr("tidegate.journal.committing.max", lambda told, _last: told, raising=False)
    clock.go(-60)
    filled.append([alone("mrn:early")])
    assert positions(verify(filled)) == {3}


def test_an_empty_journal_verifies(journal):
    assert verify(journal).ok


def test_an_erased_body_verifies_with_its_act_and_not_without(filled, tamper):
    tamper.execute("DELETE FROM bodies WHERE position = 1")
    assert positions(verify(filled)) == {1}
    filled.append([alone(kind="erased", body=b'{"positions":[1],"reason":"asked"}')])
    assert verify(filled).ok
    entry = filled.read(1, 1)[0]
    assert (entry.body, entry.keys) == (None, ("mrn:B",))


def test_a_body_that_an_act_erased_must_be_gone(filled):
    filled.append([alone(kind="erased", body=b'{"positions":[1]}')])
    assert positions(verify(filled)) == {1}


def test_an_erased_pseudonym_verifies_with_its_act(filled, tamper):
    pseudonym = tamper.execute("SELECT pseudonym FROM pseudonyms").get
    body = b'{"pseudonyms":["%s"]}' % pseudonym.encode()
    filled.append([alone(kind="erased", body=body)])
    assert positions(verify(filled)) == {0}
    tamper.execute("DELETE FROM pseudonyms")
    assert verify(filled).ok


def test_verification_ends_when_there_is_more_wrong_than_helps(journal):
    journal.append([alone(f"mrn:{n}") for n in range(300)])
    journal._writer.connection().execute("UPDATE bodies SET body = x'00'")
    verification = verify(journal)
    assert len(verification.faults) == 101
    assert "many faults" in verification.faults[-1].text


def test_a_journal_verifies_while_another_process_appends(filled, folder, clock):
    other = open_journal(folder, clock=clock)
    with filled.reading() as connection:
        connection.execute("SELECT size FROM tree").get  # noqa: B018 - the reading begins here
        other.append([alone("mrn:later")])
        assert connection.execute("SELECT size FROM tree").get == 3
    assert verify(filled).entries == 4
    other.close()


def test_flipped_bytes_in_the_pages_of_the_file_are_found(tmp_path, clock):
    """Whatever the place in the file: a part of an entry that is changed does not verify."""
    journal = create_journal(tmp_path / "whole", clock=clock)
    journal.append([alone(f"mrn:{n}", body=b'{"text":"body of %d"}' % n) for n in range(5)])
    parts = [
        part
        for row in journal._writer.connection().execute(
            "SELECT leaf, envelope, salt, body FROM entries JOIN bodies USING (position)"
        )
        for part in row
    ]
    journal.close()
    path = tmp_path / "whole" / "journal.sqlite"
    whole = path.read_bytes()
    for part in parts:
        at = whole.index(part) + len(part) // 2
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        opened = open_journal(tmp_path / "whole", clock=clock, read_only=True)
        assert not verify(opened).ok
        opened.close()
