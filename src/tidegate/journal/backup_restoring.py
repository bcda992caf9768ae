"""Makes a node's folder from a backup, and proves it before anybody can use it."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from tidegate.journal.attachments import AttachmentFolder, disk_errors
from tidegate.journal.backup import (
    CHECKPOINT,
    FORMAT,
    JOURNAL,
    MANIFEST,
    BackupUnsoundError,
    Manifest,
    copy_attachments,
    copy_file,
    digest_of,
    made_whole,
    opened_copy,
)
from tidegate.journal.envelope import DIGEST_PATTERN
from tidegate.journal.model import JournalError
from tidegate.journal.notes import VerifierKey
from tidegate.journal.sqlite import ATTACHMENTS_FOLDER, JOURNAL_FILE, SqliteJournal, open_journal
from tidegate.journal.verification import Verification, verify

DATABASE = f"{JOURNAL}/{JOURNAL_FILE}"
TOLD = 3  # faults told in the text of an error; all of them are what `check` is for


def restore(
    backup: Path,
    target: Path,
    clock: Callable[[], datetime],
    *,
    folders: Sequence[str] = (),
    against: str | None = None,
    keys: Sequence[VerifierKey] = (),
) -> Manifest:
    """Make the new folder `target` from a backup, with empty `folders` for tables; proven, or not at all.

    Every file is compared with its digest, the journal is verified in whole, and its size and root are those
    of the manifest. `against` is a checkpoint that was kept elsewhere, the signed note; `keys` are
    those trusted to sign it (see `verify`). Only it shows that the backup is of the journal that is meant.

    Raises:
        BackupUnsoundError: it does not prove itself; nothing is left at `target`.
        BackupExistsError: there is something at `target`.
    """
    manifest = read_manifest(backup)
    with made_whole(target) as folder:
        (folder / JOURNAL / ATTACHMENTS_FOLDER).mkdir(parents=True)
        for name, digest in manifest.files.items():
            _copy_proven(backup, folder, name, digest)
        _attachments(backup, folder)
        _prove(folder / JOURNAL, clock, manifest, lambda journal: verify(journal, against=against, keys=keys))
        for name in folders:
            (folder / name).mkdir()
    return manifest


def read_manifest(backup: Path) -> Manifest:
    """Return what a backup says that it holds; `backup_unsound` where it does not say it in a known way."""
    path = backup / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise _unsound(MANIFEST, f"{backup} is no backup: it has no {MANIFEST}") from None
    except OSError as error:
        raise _unsound(MANIFEST, f"{path} cannot be read: {error}") from None
    except msgspec.DecodeError as error:
        raise _unsound(MANIFEST, f"{path} cannot be read: {error}") from None
    if manifest.format != FORMAT:
        raise _unsound(MANIFEST, f"{path} is of format {manifest.format}; this software knows {FORMAT}")
    # A name from outside must not lead out of the folder.
    strange = [name for name in manifest.files if name != DATABASE and Path(name).name != name]
    if DATABASE not in manifest.files or strange:
        raise _unsound(MANIFEST, f"{path} names files that no backup has, or not the database")
    return manifest


def _unsound(part: str, text: str) -> BackupUnsoundError:
    return BackupUnsoundError(f"{text}. Nothing was restored.", part=part)


def _copy_proven(backup: Path, folder: Path, name: str, digest: str) -> None:
    if not (backup / name).is_file():
        raise _unsound(name, f"The backup lacks {name}")
    if name == CHECKPOINT:
        path = backup / name  # the journal has it in a table
    else:
        path = folder / name
        copy_file(backup / name, path)
    if digest_of(path) != digest:
        raise _unsound(name, f"{backup / name} was changed: its digest is not that of the manifest")


def _attachments(backup: Path, folder: Path) -> None:
    try:
        with opened_copy(folder / DATABASE) as connection:
            digests = [digest for (digest,) in connection.execute("SELECT digest FROM attachments")]
        wrong = [digest for digest in digests if not DIGEST_PATTERN.fullmatch(digest)]
        if wrong:
            raise _unsound("attachments", f"The database names {wrong[0]!r}, which is no digest")
        source, target = (AttachmentFolder(one / JOURNAL / ATTACHMENTS_FOLDER) for one in (backup, folder))
        with disk_errors("copying attachments"):
            copy_attachments(source, target, digests)
    except BackupUnsoundError:
        raise
    except JournalError as error:
        raise _unsound("attachments", str(error).rstrip(".")) from error


def _prove(
    folder: Path,
    clock: Callable[[], datetime],
    manifest: Manifest,
    verified: Callable[[SqliteJournal], Verification],
) -> None:
    try:
        with closing(open_journal(folder, clock=clock)) as journal:
            found = verified(journal)
    except JournalError as error:
        raise _unsound("journal", str(error).rstrip(".")) from error
    if not found.ok:
        first = " ".join(f"{fault.part}: {fault.text}" for fault in found.faults[:TOLD])
        raise _unsound(
            "journal", f"The journal does not verify ({len(found.faults)} faults). {first}".rstrip(".")
        )
    if (found.entries, found.root) != (manifest.entries, manifest.root):
        raise _unsound("journal", "The journal is not of the size and root that the manifest says")
    # The last connection that may write takes the log into the database and removes it.
    with opened_copy(folder / JOURNAL_FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
