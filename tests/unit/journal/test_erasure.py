import json
import subprocess
import sys

import apsw
import polars as pl
import pytest

from tests.contract.making import BEGIN, alone, draft
from tests.unit.journal.followers import Accepting, Counting
from tests.unit.journal.searching import found_in
from tests.unit.journal.signing import signing_key
from tidegate.journal import (
    Append,
    Cause,
    Key,
    Rows,
    answer,
    create_journal,
    follow,
    open_journal,
    replay,
    tables,
    verify,
)
from tidegate.journal.batches import RowErasedError, attach_batches, prove_row, rows_frame, stored_rows
from tidegate.journal.checkpoints import make_checkpoint
from tidegate.journal.erasure import Wanted, erase
from tidegate.journal.keys import rotate_key
from tidegate.journal.proving import check_entry, prove_entry
from tidegate.journal.scrubbing import NothingToEraseError, ProtectedError, ScrubPendingError

JANE = Key("operator:XA-JANE-DOE-77", personal=True)
JOHN = Key("operator:XA-JOHN-ROE-12", personal=True)
OFFICER = Key("office:XA001")


def body(name, n):
    return json.dumps({"declarant": name, "n": n, "note": f"{name} {n} " * 40}).encode()


def lodged(journal, key, n):
    name = key.text.removeprefix("operator:")
    (original,) = journal.attach([b"<xml>%s %d</xml>" % (name.encode(), n)])
    lrn = Key(f"lrn:{name}:{n}", personal=True)
    group = alone(f"mrn:{name[3:7]}{n}", key, lrn, body=body(name, n), author=key, attachments=(original,))
    return journal.append([group])[0].positions[0]


def gone(journal, *, occurred=BEGIN, **wanted):
    parts = {name: frozenset(value) if name != "about" else value for name, value in wanted.items()}
    return erase(journal, Wanted(**parts), reason="asked for", author=OFFICER, occurred=occurred)


@pytest.fixture
def filled(journal):
    journal.jane = [lodged(journal, JANE, n) for n in range(30)]
    journal.john = [lodged(journal, JOHN, n) for n in range(30)]
    return journal


def of_jane(journal):
    return {"positions": journal.jane, "keys": [JANE.text, *(f"lrn:XA-JANE-DOE-77:{n}" for n in range(30))]}


def texts(verification):
    assert not verification.ok
    return " ".join(fault.text for fault in verification.faults)


@pytest.mark.filterwarnings("error")
def test_after_an_erasure_the_person_is_in_no_file_and_the_journal_verifies(filled, folder):
    note = make_checkpoint(filled, [signing_key()]).note
    assert len(found_in(folder, b"JANE-DOE")) > 30
    done = gone(filled, **of_jane(filled))
    assert (len(done.positions), done.pseudonyms, done.attachments) == (30, 31, 30)
    assert found_in(folder, b"JANE-DOE") == []
    assert found_in(folder, b"JOHN-ROE") != []
    assert verify(filled, against=note, keys=[signing_key().verifier]).ok
    for position in filled.jane:
        entry = filled.read(position, 1)[0]
        assert entry.body is None
        assert all(not key.startswith(("operator:", "lrn:")) for key in (entry.author, *entry.keys))
    act = filled.read(done.acts[0], 1)[0]
    assert (act.kind, json.loads(act.body)["reason"]) == ("erased", "asked for")
    assert list(folder.glob(".erasing-*")) == []


def test_what_belongs_to_others_stays_as_it_was(filled):
    before = filled.read(30, 30)
    gone(filled, **of_jane(filled))
    assert filled.read(30, 30) == before
    for entry in before:
        assert b"JOHN-ROE" in filled.attachment(entry.attachments[0])
    assert filled.last(JOHN) == 59
    assert (filled.last(JANE), filled.about(JANE)) == (None, [])


def test_erased_entries_can_still_be_proven(filled):
    gone(filled, **of_jane(filled))
    checkpoint = make_checkpoint(filled, [signing_key()])
    proven = check_entry(prove_entry(filled, 5, checkpoint), [signing_key().verifier])
    assert proven.position == 5


def test_a_body_that_is_gone_without_its_act_does_not_verify_even_beside_lawful_ones(filled):
    gone(filled, **of_jane(filled))
    filled._writer.connection().execute("DELETE FROM bodies WHERE position = 40")
    assert {fault.position for fault in verify(filled).faults} == {40}


def test_a_shared_attachment_stays_until_the_last_entry_that_names_it_goes(journal):
    (shared,) = journal.attach([b"shared original"])
    for n in range(3):
        journal.append([alone(f"mrn:{n}", attachments=(shared,))])
    for n in range(2):
        assert gone(journal, positions=[n]).attachments == 0
        assert journal.attachment(shared) == b"shared original"
    assert gone(journal, positions=[2]).attachments == 1
    assert journal.files.size(shared) is None
    assert verify(journal).ok


def test_bytes_that_were_erased_may_be_lodged_again(journal):
    (first,) = journal.attach([b"original"])
    journal.append([alone("mrn:1", attachments=(first,))])
    gone(journal, positions=[0])
    assert journal.attach([b"original"]) == [first]
    assert verify(journal).ok, "attached, and not yet named by an act"
    journal.append([alone("mrn:2", attachments=(first,))])
    assert verify(journal).ok
    journal.files.path(first).unlink()
    assert "not in" in texts(verify(journal))


def test_an_attachment_that_is_lost_without_an_act_is_found_beside_erased_ones(filled):
    gone(filled, **of_jane(filled))
    digest = filled.read(40, 1)[0].attachments[0]
    filled._writer.connection().execute("DELETE FROM attachments WHERE digest = ?", (digest,))
    assert {fault.position for fault in verify(filled).faults} == {40}


def test_a_file_of_an_erased_attachment_that_comes_back_is_found(filled):
    digest = filled.read(3, 1)[0].attachments[0]
    path = filled.files.path(digest)
    data = path.read_bytes()
    gone(filled, positions=[3])
    path.write_bytes(data)
    assert "its file is there" in texts(verify(filled))


def test_an_attachment_that_no_act_ever_named_goes_by_its_digest(filled, folder):
    (orphan,) = filled.attach([b"JANE-DOE lodged this twice"])
    used = filled.read(40, 1)[0].attachments[0]
    assert gone(filled, digests=[orphan, used]).attachments == 1
    assert found_in(folder, b"lodged this twice") == []
    assert filled.attachment(used)


def test_what_is_erased_twice_or_was_never_there_is_refused(filled):
    gone(filled, **of_jane(filled))
    size = filled.size
    for wanted in (of_jane(filled), {"keys": ["operator:nobody"]}, {"positions": [9999]}, {}):
        with pytest.raises(NothingToEraseError):
            gone(filled, **wanted)
    assert filled.size == size
    assert len(gone(filled, positions=[0, 29, 30, 31]).positions) == 2


def test_acts_by_which_the_journal_verifies_cannot_be_erased(filled):
    done = gone(filled, positions=[3])
    rotated = rotate_key(filled, signing_key(), signing_key("second"), occurred=BEGIN, author=OFFICER)
    for position in (*done.acts, rotated):
        with pytest.raises(ProtectedError):
            gone(filled, positions=[4, position])
    assert filled.read(4, 1)[0].body is not None


def test_a_large_erasure_is_told_in_several_acts_of_one_commit(journal, folder):
    count = 5000
    keys = [Key(f"lrn:XA-JANE-DOE-77:{n}", personal=True) for n in range(count)]
    journal.append([alone(key, body=b'"JANE-DOE"') for key in keys])
    about = tuple(Key(f"mrn:{n}") for n in range(900))
    done = gone(journal, positions=range(count), keys=[key.text for key in keys], about=about)
    assert len(done.acts) == 13
    assert len({entry.recorded for entry in journal.read(count)}) == 1
    assert journal.last(about[-1]) in done.acts
    assert verify(journal).ok
    assert found_in(folder, b"JANE-DOE") == []


def test_a_forged_pseudonym_or_text_after_an_erasure_is_found(filled):
    gone(filled, **of_jane(filled))
    filled._writer.connection().execute("INSERT INTO pseudonyms VALUES ('x', zeroblob(16), '~0')")
    assert not verify(filled).ok


# Files


def test_while_somebody_reads_the_erasure_is_pending_and_opening_finishes_it(filled, folder, clock):
    with filled.reading() as connection:
        connection.execute("SELECT size FROM tree").get  # noqa: B018 - the reading begins here
        with pytest.raises(ScrubPendingError):
            gone(filled, **of_jane(filled))
    assert filled.read(0, 1)[0].body is None
    assert list(folder.glob(".erasing-*")) != []
    filled.close()
    other = open_journal(folder, clock=clock)
    assert found_in(folder, b"JANE-DOE") == []
    assert list(folder.glob(".erasing-*")) == []
    assert verify(other).ok
    other.close()


@pytest.mark.parametrize("moment", ["remove_files", "scrub"])
def test_an_erasure_whose_process_died_is_finished_by_whoever_opens_next(filled, folder, clock, moment):
    filled.close()
    program = f"""
import os
from datetime import UTC, datetime
from pathlib import Path
import tidegate.journal.sqlite as engine
from tidegate.journal import Key, open_journal
from tidegate.journal.erasure import Wanted, erase
journal = open_journal(Path({str(folder)!r}), clock=lambda: datetime.now(UTC))
engine.{moment} = lambda *_: os._exit(7)
wanted = Wanted(positions=frozenset(range(30)), keys=frozenset({of_jane(filled)["keys"]!r}))
erase(journal, wanted, reason="asked", author=Key("office:XA001"), occurred=datetime.now(UTC))
"""
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == 7
    assert found_in(folder, b"JANE-DOE") != []
    with_mark = list(folder.glob(".erasing-*"))
    assert len(with_mark) == 1
    reader = open_journal(folder, clock=clock, read_only=True)
    reader.close()
    other = open_journal(folder, clock=clock)
    assert found_in(folder, b"JANE-DOE") == []
    assert list(folder.glob(".erasing-*")) == []
    assert verify(other).ok
    other.close()


def test_the_mark_of_a_living_process_is_left_to_it(filled, folder, clock, monkeypatch):
    seen = []
    real = type(filled).scrub

    def watched(journal):
        other = open_journal(folder, clock=clock)
        seen.append(list(folder.glob(".erasing-*")))
        other.close()
        real(journal)

    monkeypatch.setattr(type(filled), "scrub", watched)
    gone(filled, positions=[1])
    assert len(seen) == 1
    assert len(seen[0]) == 1


def test_a_file_deleted_between_attaching_and_its_row_is_written_again(journal, monkeypatch):
    (digest,) = journal.attach([b"original"])
    register = journal._writer.register

    def slow(stored, write):
        journal.files.path(digest).unlink()
        register(stored, write)

    monkeypatch.setattr(journal._writer, "register", slow)
    assert journal.attach([b"original"]) == [digest]
    assert journal.attachment(digest) == b"original"


# Rows

PEOPLE = pl.DataFrame({"name": [f"PERSON-{n:04d}" for n in range(100)], "value": range(100)})


@pytest.fixture
def batched(journal):
    for rows in attach_batches(journal, PEOPLE, size=60):
        journal.append([alone(kind="declarations.lodged", rows=rows)])
    return journal


def test_a_row_leaves_its_file_and_everything_else_still_verifies(batched, folder):
    note = make_checkpoint(batched, [signing_key()]).note
    before = stored_rows(batched, 0)
    done = gone(batched, rows=[(0, 7), (0, 8)])
    assert (done.rows, done.attachments) == (2, 1)
    for needle in (b"PERSON-0007", b"PERSON-0008", before.salts[7]):
        assert found_in(folder, needle) == []
    assert found_in(folder, b"PERSON-0009") != []
    assert verify(batched, against=note, keys=[signing_key().verifier]).ok
    after = stored_rows(batched, 0)
    assert after.leaves == before.leaves
    assert rows_frame(after)["number"].to_list() == [n for n in range(60) if n not in {7, 8}]
    checkpoint = make_checkpoint(batched, [signing_key()])
    shown = check_entry(prove_entry(batched, 0, checkpoint, row=9), [signing_key().verifier]).row
    assert json.loads(shown.row)["name"] == "PERSON-0009"
    with pytest.raises(RowErasedError):
        prove_row(batched, 0, 7)


def test_rows_are_erased_one_after_the_other(batched, folder):
    for n in range(10):
        gone(batched, rows=[(1, n)])
        assert found_in(folder, b"PERSON-%04d" % (60 + n)) == []
        assert verify(batched).ok
    assert len(list((folder / "attachments").glob("*/*"))) == 2, "older files are gone"
    with pytest.raises(NothingToEraseError):
        gone(batched, rows=[(1, 4)])


def test_a_whole_batch_goes_with_its_file_after_some_rows_went(batched, folder):
    gone(batched, rows=[(0, 1)])
    gone(batched, positions=[0])
    assert found_in(folder, b"PERSON-0030") == []
    assert found_in(folder, b"PERSON-0070") != []
    assert verify(batched).ok


def test_two_acts_over_the_same_rows_lose_them_together(batched, folder):
    rows = batched.read(0, 1)[0].rows
    batched.append([alone(kind="declarations.lodged", rows=rows)])
    gone(batched, rows=[(0, 3)])
    assert found_in(folder, b"PERSON-0003") == []
    assert stored_rows(batched, 2).rows[3] is None
    assert verify(batched).ok


def rewritten(journal, position, change):
    """Put another file in the place of a batch's, entered as it should be."""
    rows = journal.read(position, 1)[0].rows
    frame = pl.read_parquet(journal.attachment(rows.attachment))
    path = journal.folder / "changed.parquet"
    change(frame).write_parquet(path)
    (digest,) = journal.attach([path.read_bytes()])
    path.unlink()
    journal.append([alone(kind="declarations.lodged", rows=Rows(rows.root, rows.count, digest))])
    return texts(verify(journal))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.with_columns(row=pl.col("row").str.replace("0007", "0070")), "are not the 60"),
        (
            lambda frame: frame.with_columns(salt=pl.lit(bytes(16))),
            "are not the 60",
        ),
        (lambda frame: frame.head(59), "59 rows are not the 60"),
        (lambda frame: frame.reverse(), "are not the 60"),
        (lambda frame: frame.drop("leaf"), "columns"),
        (lambda frame: frame.with_columns(salt=pl.lit(None, dtype=pl.Binary)), "neither whole nor erased"),
    ],
)
def test_rows_that_are_not_those_of_the_envelope_are_found(batched, change, words):
    assert words in rewritten(batched, 0, change)


def test_a_row_that_is_gone_without_an_act_is_found(batched):
    def change(frame):
        at = pl.int_range(pl.len()) == 7
        return frame.with_columns(
            salt=pl.when(~at).then("salt"),
            row=pl.when(~at).then("row"),
            leaf=pl.when(at).then(pl.lit(stored_rows(batched, 0).leaves[7])),
        )

    assert "no erased act says so: [7]" in rewritten(batched, 0, change)


def test_an_attachment_of_a_batch_that_is_no_parquet_is_found(journal):
    (digest,) = journal.attach([b"no parquet"])
    journal.append([alone(kind="declarations.lodged", rows=Rows("ab" * 32, 3, digest))])
    assert "no Parquet" in texts(verify(journal))


# Followers


class Remembering(Counting):
    """Remembers the bodies, as a reader does that has the data of persons."""

    name = "remembering"
    schema = "CREATE TABLE remembered (position INTEGER PRIMARY KEY, body BLOB, keys TEXT)"

    def fold(self, entries, tables):
        for entry in entries:
            if entry.body is not None and entry.kind != "erased":
                tables.execute(
                    "INSERT INTO remembered VALUES (?, ?, ?)",
                    (entry.position, entry.body, " ".join(entry.keys)),
                )


@pytest.mark.parametrize("kinds", [None, frozenset({"declaration.lodged"})])
def test_a_reader_forgets_and_its_tables_are_those_that_replay_makes(filled, folder, kinds):
    reader, read = Remembering(kinds=kinds), folder / "read"
    follow(filled, reader, read, batch=7)
    assert found_in(read, b"JANE-DOE") != []
    gone(filled, **of_jane(filled))
    lodged(filled, JOHN, 99)
    follow(filled, reader, read, batch=7)
    assert found_in(read, b"JANE-DOE") == []
    assert found_in(read, b"JOHN-ROE") != []
    replayed = replay(filled, reader, read)
    assert replayed.before == replayed.after
    connection = tables(reader, read)
    assert connection.execute("SELECT count(*) FROM remembered").get == 31
    connection.close()
    assert found_in(read, b"JANE-DOE") == []


def test_a_reader_that_begins_after_the_erasure_has_the_same_tables(filled, folder):
    follow(filled, Remembering(), folder / "early")
    gone(filled, positions=filled.jane)
    follow(filled, Remembering(), folder / "early")
    follow(filled, Remembering(), folder / "late", batch=3)
    early, late = (replay(filled, Remembering(), folder / name).before for name in ("early", "late"))
    assert early == late


def test_tables_that_are_being_read_are_cleaned_by_the_next_follower(filled, folder):
    reader, read = Remembering(), folder / "read"
    follow(filled, reader, read)
    connection = tables(reader, read)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM remembered").get  # noqa: B018 - the reading begins here
    gone(filled, **of_jane(filled))
    follow(filled, reader, read, patience=0.2)
    assert found_in(read, b"JANE-DOE") != []
    connection.execute("COMMIT")
    connection.close()
    follow(filled, reader, read)
    assert found_in(read, b"JANE-DOE") == []


class Forgetting(Accepting):
    """Accepts what was lodged, and forgets it when it is told so."""

    kinds = frozenset({"declaration.lodged", "erased"})

    def respond(self, entries, tables):
        for entry in entries:
            if entry.kind == "erased":
                tables.executemany("DELETE FROM accepted WHERE key = ?", [(key,) for key in entry.keys])
        return super().respond([entry for entry in entries if entry.kind != "erased"], tables)


def test_a_responder_that_hears_of_erasures_has_a_clean_file_after_it(journal, folder):
    for n in range(200):
        journal.append([Append((draft(Key(f"mrn:JANE-DOE-{n}" if n % 2 else f"mrn:JOHN-ROE-{n}")),))])
    working = folder / "responders"
    answer(journal, Forgetting(), working)
    assert found_in(working, b"JANE-DOE") != []
    gone(journal, positions=range(200), about=tuple(Key(f"mrn:JANE-DOE-{n}") for n in range(1, 200, 2)))
    answer(journal, Forgetting(), working)
    assert found_in(working, b"JANE-DOE") == []
    assert found_in(working, b"JOHN-ROE") != []


class Copying(Accepting):
    """Accepts what was lodged and keeps its body, without ever having heard of erasures."""

    name = "copying"
    schema = "CREATE TABLE copies (position INTEGER PRIMARY KEY, body BLOB, accepted INTEGER)"

    def absorb(self, entries, tables):
        for entry in entries:
            if entry.kind == "declaration.accepted":
                tables.execute("UPDATE copies SET accepted = 1 WHERE position = ?", (entry.cause.because,))
            elif entry.body is not None:
                tables.execute("INSERT INTO copies VALUES (?, ?, 0)", (entry.position, entry.body))

    def respond(self, entries, tables):
        groups = []
        for entry in entries:
            if entry.body is not None:
                tables.execute("INSERT INTO copies VALUES (?, ?, 1)", (entry.position, entry.body))
                cause = Cause(self.name, entry.position, entry.keys[0], 0)
                groups.append(alone(entry.keys[0], kind="declaration.accepted", cause=cause))
        return groups


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_a_responder_that_does_not_hear_of_erasures_is_made_anew(filled, folder, batch):
    working = folder / "responders"
    answer(filled, Copying(), working, batch=batch)
    assert found_in(working, b"JANE-DOE") != []
    gone(filled, **of_jane(filled))
    later = lodged(filled, JOHN, 99)
    size = filled.size
    answer(filled, Copying(), working, batch=batch)
    assert filled.size == size + 1, "only what is new is answered"
    assert found_in(working, b"JANE-DOE") == []
    connection = apsw.Connection(str(working / "copying.sqlite"))
    rows = list(connection.execute("SELECT position, accepted FROM copies ORDER BY position"))
    connection.close()
    assert rows == [(position, 1) for position in (*filled.john, later)]


def test_a_read_only_journal_erases_nothing(filled, folder, clock):
    reader = open_journal(folder, clock=clock, read_only=True)
    size = filled.size
    with pytest.raises(Exception, match="reading only"):
        gone(reader, positions=[1])
    assert filled.size == size
    assert list(folder.glob(".erasing-*")) == []
    reader.close()


def test_two_journals_have_other_pseudonyms_for_one_person(tmp_path, clock):
    found = set()
    for name in ("one", "two"):
        journal = create_journal(tmp_path / name, clock=clock)
        lodged(journal, JANE, 1)
        with journal.reading() as connection:
            found.add(connection.execute("SELECT min(pseudonym) FROM pseudonyms").get)
        journal.close()
    assert len(found) == 2
