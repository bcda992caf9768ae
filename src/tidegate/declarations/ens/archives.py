"""Messages in a ZIP archive, read within bounds whatever the archive claims of itself."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class ArchiveLimits(msgspec.Struct, frozen=True):
    """How many members are read, how large each may be, and how much all of them are together."""

    members: int = 100_000
    octets: int = 16 * 1024 * 1024
    together: int = 1024 * 1024 * 1024


class UnreadableArchiveError(Exception):
    """An archive that is damaged, protected, or larger than what is read."""

    code = "unreadable-archive"

    def __init__(self, archive: str, reason: str) -> None:
        super().__init__(f"{archive} cannot be read as a ZIP archive: {reason}")
        self.archive = archive
        self.reason = reason


def read_archive(path: Path, limits: ArchiveLimits | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield the names and bytes of an archive's files, by name; nothing is written to disk.

    Raises:
        UnreadableArchiveError: it is no archive, is damaged or protected, or passes a limit. What was yielded
            before stays true.
        OSError: the file cannot be opened.
    """
    limits = limits or ArchiveLimits()
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _members(archive, path.name, limits)
    except (zipfile.BadZipFile, EOFError, RuntimeError, zlib.error) as error:
        raise UnreadableArchiveError(path.name, str(error) or "it is damaged") from None


def _members(archive: zipfile.ZipFile, name: str, limits: ArchiveLimits) -> Iterator[tuple[str, bytes]]:
    members = sorted((one for one in archive.infolist() if not one.is_dir()), key=lambda one: one.filename)
    if len(members) > limits.members:
        raise UnreadableArchiveError(name, f"it has more than {limits.members:,} files")
    left = limits.together
    for member in members:
        most = min(limits.octets, left)
        with archive.open(member) as file:
            data = file.read(most + 1)  # what the directory says of its size is not relied upon
        if len(data) > most:
            said = f"{member.filename[:120]} makes it larger than the {limits.octets:,} octets of a file or "
            raise UnreadableArchiveError(name, f"{said}the {limits.together:,} of all that are read")
        left -= len(data)
        yield member.filename, data
