"""Attachments: compressed files named by the digest of their stored bytes, durable once stored."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from hashlib import sha256
from pathlib import Path
from typing import Any

import zstandard

from tidegate.journal.engine import JournalFailedError, JournalFullError
from tidegate.journal.model import JournalError

DIGEST_PREFIX = "sha256:"
# Measured on declarations of 15 KB: 50 microseconds each and 29 % of the size; level 9 takes 290 for 27 %.
LEVEL = 3
# A disk answers several synchronisations at once in hardly more time than one.
WRITERS = 16
FULL_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class AttachmentMissingError(JournalError):
    """No attachment with this digest was stored, or its file is lost; fields: digest."""

    code = "attachment_missing"


class AttachmentErasedError(AttachmentMissingError):
    """The attachment was erased, as an act says; fields: digest."""

    code = "attachment_erased"


class AttachmentAlteredError(JournalError):
    """The stored bytes no longer have this digest; fields: digest."""

    code = "attachment_altered"


@contextlib.contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Raise the journal's own errors for what the operating system says while `what` is done."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL_ERRORS:
            raise JournalFullError(
                f"The disk is full: {what} was not done. Make room and repeat it."
            ) from error
        raise JournalFailedError(f"{what} failed: {error}.", errno=error.errno) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def compress(blobs: Sequence[bytes]) -> list[tuple[str, bytes]]:
    """Return the digest and the stored bytes of each blob."""
    compressor = zstandard.ZstdCompressor(level=LEVEL)
    stored = [compressor.compress(blob) for blob in blobs]
    return [(DIGEST_PREFIX + sha256(one).hexdigest(), one) for one in stored]


class AttachmentFolder:
    """The files under `attachments/ab/<64 hex digits>`, where ab are the first two digits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._text = str(folder)
        # Threads begin when several files are written at once, and are kept: each batch would begin new ones.
        self._writers = ThreadPoolExecutor(WRITERS, "attachments")

    def path(self, digest: str) -> Path:
        """Return where the attachment with this digest lies."""
        return Path(self._name(digest))

    def _name(self, digest: str) -> str:
        name = digest.removeprefix(DIGEST_PREFIX)
        return f"{self._text}{os.sep}{name[:2]}{os.sep}{name}"

    def size(self, digest: str) -> int | None:
        """Return the size in bytes of the stored file, None when it is lost."""
        try:
            return os.stat(self._name(digest)).st_size  # noqa: PTH116 - asked twice for each file stored: no Path is made
        except FileNotFoundError:
            return None

    def stored(self, digest: str) -> bytes:
        """Return the stored bytes, checked against the digest."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise AttachmentMissingError(
                f"The attachment {digest} is not in {self.folder}.", digest=digest
            ) from None
        if DIGEST_PREFIX + sha256(data).hexdigest() != digest:
            raise AttachmentAlteredError(f"The file of attachment {digest} was altered.", digest=digest)
        return data

    def original(self, digest: str) -> bytes:
        """Return the bytes as they were given, checked against the digest."""
        return zstandard.ZstdDecompressor().decompress(self.stored(digest))

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write the files that are not yet there whole; all of them are durable when it returns.

        Each is written under a temporary name, synchronised and renamed; then each folder touched is
        synchronised once.
        """
        wanted = {digest: data for digest, data in files if self.size(digest) != len(data)}
        if not wanted:
            return
        with disk_errors("storing attachments"):
            folders = {self.path(digest).parent for digest in wanted}
            new = [folder for folder in folders if not folder.is_dir()]
            for folder in new:
                folder.mkdir(exist_ok=True)
            self._at_once(self._place, wanted.items())
            self._at_once(sync_folder, [(folder,) for folder in folders])
            if new:
                sync_folder(self.folder)

    def _at_once(self, work: Callable[..., None], each: Collection[tuple[Any, ...]]) -> None:
        """Do the same with each, at the same time; when it returns or raises, nothing is under way."""
        if len(each) == 1:
            work(*next(iter(each)))
            return
        under_way = [self._writers.submit(work, *one) for one in each]
        wait(under_way)
        for one in under_way:
            one.result()

    def _place(self, digest: str, data: bytes) -> None:
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fdatasync(file.fileno())
            os.replace(temporary, self._name(digest))  # noqa: PTH105 - both names are strings already
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)  # noqa: PTH108 - as above
            raise
