import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import apsw
import pytest

from tests.contract.making import alone
from tidegate.journal import (
    AttachmentAlteredError,
    AttachmentMissingError,
    JournalBusyError,
    JournalCorruptError,
    JournalError,
    JournalFullError,
    JournalReadOnlyError,
    Key,
    create_journal,
    open_journal,
    verify,
)

# The child's files may grow to 400 kB: the disk is full for it, whichever file grows.
FULL_DISK = """
import json, os, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from tests.contract.making import alone
from tidegate.journal import JournalError, open_journal

journal = open_journal(Path(sys.argv[1]), clock=lambda: datetime.now(UTC))
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
acknowledged, refused = 0, None
while refused is None:
    try:
        journal.append([alone(f"mrn:{acknowledged + n}", body=b"x" * 1000) for n in range(5)])
        acknowledged += 5
    except JournalError as error:
        refused = error.code
try:
    journal.attach([b"small", bytes(range(256)) * 4000 + os.urandom(500_000)])
    attached = None
except JournalError as error:
    attached = error.code
print(json.dumps([acknowledged, journal.size, refused, attached]))
"""


def test_on_a_full_disk_what_was_acknowledged_is_there_and_nothing_else(journal, folder, clock):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(folder)], capture_output=True, text=True, check=True, timeout=60
    )
    acknowledged, seen, refused, attached = json.loads(done.stdout)
    assert (refused, attached) == ("journal_full", "journal_full")
    assert acknowledged == seen > 0
    journal.close()
    again = open_journal(folder, clock=clock)
    assert again.size == acknowledged
    assert verify(again).ok
    # With room again, it goes on where it stopped.
    assert again.append([alone("mrn:next")])[0].positions == (acknowledged,)
    assert not list((folder / "attachments").glob(".new-*"))
    again.close()


def test_a_full_database_refuses_the_whole_commit(journal):
    journal.append([alone("mrn:A")])
    writer = journal._writer.connection()
    writer.execute(f"PRAGMA max_page_count = {writer.pragma('page_count') + 3}")
    with pytest.raises(JournalFullError) as refusal:
        journal.append([alone(f"mrn:{n}", body=b"x" * 2000) for n in range(20)])
    assert refusal.value.code == "journal_full"
    assert (journal.size, journal.last(Key("mrn:0"))) == (1, None)
    writer.execute("PRAGMA max_page_count = 1000000")
    journal.append([alone("mrn:B")])
    assert verify(journal).ok


def test_a_locked_journal_is_busy_after_a_while_and_nothing_is_appended(journal, folder):
    other = apsw.Connection(str(folder / "journal.sqlite"))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalBusyError) as refusal:
        journal.append([alone("mrn:A")])
    assert refusal.value.code == "journal_busy"
    assert 0.1 <= refusal.value.fields["waited"] < 5
    other.execute("ROLLBACK")
    other.close()
    assert journal.size == 0
    assert journal.append([alone("mrn:A")])[0].positions == (0,)


def test_every_commit_is_synchronised_in_full(journal):
    journal.append([alone("mrn:A")])
    assert journal._writer.connection().pragma("synchronous") == 2
    assert journal._writer.connection().pragma("journal_mode") == "wal"


def test_a_failure_in_the_middle_of_a_commit_leaves_nothing_of_it(journal, monkeypatch):
    journal.append([alone("mrn:A")])
    monkeypatch.setattr("tidegate.journal.committing.grow", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        journal.append([alone("mrn:B")])
    monkeypatch.undo()
    assert (journal.size, journal.last(Key("mrn:B"))) == (1, None)
    assert journal.append([alone("mrn:C")])[0].positions == (1,)
    assert verify(journal).ok


def test_an_interrupt_ends_the_commit_and_no_waiting_call_is_forgotten(journal, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("tidegate.journal.committing.grow", interrupted)
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(journal.append, [alone(f"mrn:{n}")]) for n in range(12)]
        errors = [call.exception(timeout=30) for call in calls]
    assert all(isinstance(error, (KeyboardInterrupt, JournalError)) for error in errors)
    monkeypatch.undo()
    assert journal.size == 0
    assert journal.append([alone("mrn:A")])[0].positions == (0,)


def test_a_journal_opened_for_reading_refuses_to_write(journal, folder, clock):
    journal.append([alone("mrn:A")])
    reading = open_journal(folder, clock=clock, read_only=True)
    assert reading.size == 1
    with pytest.raises(JournalReadOnlyError):
        reading.append([alone("mrn:B")])
    with pytest.raises(JournalReadOnlyError):
        reading.attach([b"x"])
    reading.close()


@pytest.mark.parametrize("damage", ["text", "empty", "other"])
def test_a_file_that_is_no_journal_is_not_opened(folder, clock, damage):
    folder.mkdir()
    path = folder / "journal.sqlite"
    if damage == "text":
        path.write_text("no database, but long enough to look like one" * 100)
    elif damage == "empty":
        path.touch()
    else:
        with apsw.Connection(str(path)) as other:
            other.execute("CREATE TABLE something (else_)")
        other.close()
    with pytest.raises(JournalCorruptError):
        open_journal(folder, clock=clock)


def test_an_attachment_whose_file_is_lost_or_altered_is_refused_and_heals_when_stored_again(journal, folder):
    (digest,) = journal.attach([b"original" * 20])
    path = journal.files.path(digest)
    assert path.relative_to(folder).parts == ("attachments", digest[7:9], digest[7:])
    stored = path.read_bytes()
    path.write_bytes(stored[:-1] + bytes([stored[-1] ^ 1]))
    with pytest.raises(AttachmentAlteredError) as refusal:
        journal.attachment(digest)
    assert (refusal.value.code, refusal.value.fields["digest"]) == ("attachment_altered", digest)
    path.unlink()
    with pytest.raises(AttachmentMissingError):
        journal.attachment(digest)
    journal.attach([b"original" * 20])
    assert journal.attachment(digest) == b"original" * 20


def test_a_thousand_small_attachments_cost_one_synchronisation_a_folder(journal, monkeypatch):
    synced = []
    real = journal.files.write.__globals__["sync_folder"]
    monkeypatch.setattr(
        "tidegate.journal.attachments.sync_folder", lambda folder: (synced.append(folder), real(folder))
    )
    digests = journal.attach([b"blob %d" % n for n in range(1000)])
    assert len(set(digests)) == 1000
    assert len(synced) == len(set(synced)) <= 257
    synced.clear()
    journal.attach([b"blob %d" % n for n in range(1000)])
    assert synced == []


def test_the_text_of_a_personal_key_is_in_no_entry(journal):
    person = Key("operator:XA-JANE-DOE", personal=True)
    journal.append([alone(person, author=person)])
    envelope = journal._writer.connection().execute("SELECT envelope FROM entries").get
    assert b"JANE" not in envelope
    rows = list(journal._writer.connection().execute("SELECT key FROM keys"))
    assert all(key.startswith("~") and len(key) == 33 for (key,) in rows)


def test_the_erased_text_of_a_pseudonym_leaves_the_pseudonym(journal):
    person = Key("operator:XA-JANE-DOE", personal=True)
    journal.append([alone(person)])
    (stored,) = [key for (key,) in journal._writer.connection().execute("SELECT pseudonym FROM pseudonyms")]
    journal._writer.connection().execute("DELETE FROM pseudonyms")
    assert journal.read()[0].keys == (stored,)


def test_salts_come_from_the_entropy_given(folder, clock):
    journal = create_journal(folder, clock=clock, entropy=lambda size: bytes(range(size)))
    journal.append([alone("mrn:A"), alone("mrn:B")])
    salts = [
        salt for (salt,) in journal._writer.connection().execute("SELECT salt FROM bodies ORDER BY position")
    ]
    assert salts == [bytes(range(16)), bytes(range(16, 32))]
    journal.close()
