"""Looks at a journal without changing anything: what is wrong, where, and what to do about it.

Commands in the remedies are those of the command line; `node` is how its user names the node's folder.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct

from tidegate.journal.attachments import DIGEST_PREFIX
from tidegate.journal.committing import instant
from tidegate.journal.engine import JournalBusyError, JournalFullError
from tidegate.journal.faults import Fault
from tidegate.journal.model import JournalError
from tidegate.journal.notes import VerifierKey
from tidegate.journal.sqlite import SqliteJournal, open_journal
from tidegate.journal.verification import verify

MESSAGES = 20
NAMED = 5  # files named in one trouble; the rest is counted
ENOUGH_SPACE = 512 * 2**20

RESTORE = (
    "Append nothing more, and keep a copy of the whole folder. Then restore the newest backup beside it "
    "(`tidegate journal restore BACKUP NEW`), verify it against the last checkpoint that was published, and "
    "lodge again what the backup does not have."
)
REMEDIES = {
    "attachments": (
        "Put the file back from a backup: its name is its digest, so any sound copy will do. Where there is "
        "none, ask the sender for the same bytes; whoever lodges them again puts the file back."
    ),
}


class Trouble(Struct, frozen=True):
    """One thing to know of: in which part, at which position, what is wrong, what to do, how grave it is.

    An `error` is wrong now, a `warning` soon will be, a `note` is no trouble yet worth knowing.
    """

    part: str
    position: int | None
    wrong: str
    remedy: str
    severity: Literal["error", "warning", "note"]


def check_journal(
    folder: Path, clock: Callable[[], datetime], keys: Sequence[VerifierKey] = ()
) -> tuple[list[Trouble], int | None]:
    """Return what is wrong with the journal in a folder, and its size where it could be read.

    It is verified in whole. Others may append meanwhile. `clock` is compared with the last time recorded;
    `keys` are those trusted to sign checkpoints (see `verify`).
    """
    try:
        journal = open_journal(folder, clock=clock, read_only=True)
    except JournalError as error:
        return [unreadable("database", error, RESTORE)], None
    with closing(journal):
        try:
            found = [*_database(journal)] or [*_verified(journal, keys), *_times(journal, clock)]
            return [*found, *_files(journal)], journal.size
        except JournalError as error:
            return [unreadable("database", error, RESTORE)], None


def unreadable(part: str, error: JournalError, remedy: str) -> Trouble:
    """Return the trouble that something cannot be read now; `remedy` is for what was damaged."""
    if isinstance(error, JournalFullError):
        wrong = "The disk is so full that nothing can be read: reading needs a little room for its index."
        return Trouble(part, None, wrong, "Make room, and check again. Nothing is lost.", "error")
    if isinstance(error, JournalBusyError):
        return Trouble(
            part, None, str(error), "Wait for what else works on the node, and check again.", "error"
        )
    return Trouble(part, None, str(error), remedy, "error")


def _database(journal: SqliteJournal) -> Iterator[Trouble]:
    with journal.reading() as connection:
        for (text,) in connection.execute(f"PRAGMA quick_check({MESSAGES})"):
            if text != "ok":
                yield Trouble("database", None, f"The file is damaged: {text}.", RESTORE, "error")


def _verified(journal: SqliteJournal, keys: Sequence[VerifierKey]) -> Iterator[Trouble]:
    for fault in verify(journal, keys=keys).faults:
        yield _of(fault)


def _of(fault: Fault) -> Trouble:
    return Trouble(fault.part, fault.position, fault.text, REMEDIES.get(fault.part, RESTORE), "error")


def _times(journal: SqliteJournal, clock: Callable[[], datetime]) -> Iterator[Trouble]:
    last, now = journal.state().recorded, instant(clock)
    if journal.size and now < last:
        yield Trouble(
            "clock",
            journal.size - 1,
            f"This machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, before the last entry of "
            f"{last:%Y-%m-%d %H:%M:%S} UTC.",
            "Set the clock, and see that it is kept by a time service. Nothing is lost meanwhile: what is "
            "appended gets the time of the last entry until the clock has passed it.",
            "warning",
        )


def _files(journal: SqliteJournal) -> Iterator[Trouble]:
    """Look for files that no row names, and for rows that no act names."""
    files = journal.files.folder
    temporary = sorted([*journal.folder.glob(".journal-*"), *files.glob(".new-*")])
    # The files before the rows: what is stored meanwhile is then found in the rows at least.
    there = sorted(files.glob("*/*"))
    with journal.reading() as connection:
        named = {digest for (digest,) in connection.execute("SELECT digest FROM attachments")}
        unused = connection.execute(
            "SELECT count(*) FROM attachments WHERE digest NOT IN (SELECT digest FROM uses)"
        ).get
    strange = [
        path
        for path in there
        if DIGEST_PREFIX + path.name not in named or path != journal.files.path(path.name)
    ]
    if temporary:
        yield _left_over(temporary, "not finished")
    if strange:
        yield _left_over(strange, "stored, but not entered in the table of attachments")
    if unused:
        yield Trouble(
            "attachments",
            None,
            f"{unused} stored that no act names: an act was refused (a reference used twice, for instance), "
            "or a process ended before it.",
            "Nothing needs to be done.",
            "note",
        )


def _left_over(paths: list[Path], state: str) -> Trouble:
    wrong = f"{_listed(paths)}: {state}. A process ended while it wrote this, or writes it now."
    remedy = (
        "It may stay: nothing refers to it. To gain its space, delete it while nothing works on the node."
    )
    return Trouble("attachments", None, wrong, remedy, "note")


def _listed(paths: list[Path]) -> str:
    shown = ", ".join(str(path) for path in paths[:NAMED])
    return shown if len(paths) <= NAMED else f"{shown} and {len(paths) - NAMED} more"


def check_disk(folder: Path, free: int, *, read_only: bool) -> Iterator[Trouble]:
    """Yield a warning where the disk can only be read, or fewer than 512 MiB are `free` (in bytes)."""
    if read_only:
        yield Trouble(
            "disk",
            None,
            f"The disk with {folder} can only be read: nothing is appended.",
            "Where this is not on purpose, see the system's log: a disk that fails is often made read-only. "
            "Back up to another disk (that works now), and restore the node there.",
            "warning",
        )
    elif free < ENOUGH_SPACE:
        yield Trouble(
            "disk",
            None,
            f"{free // 2**20} MiB are free where {folder} lies.",
            "Make room, or move the node to a larger disk (backup, then restore). When the disk is full, "
            "appends are refused with journal_full, and nothing that was acknowledged is lost.",
            "warning",
        )
