"""Where uploads wait until the follower lodges them: files below the node, written once, resumable, durable.

    uploads/ID/upload.json      who sends what; written when the upload is begun
    uploads/ID/octets           the file as far as it came in; gone once all of it is in the journal
    uploads/ID/complete.json    all of it came in, when, and how many octets; from then on it is lodged
    uploads/ID/failed.json      it could not be read to its end, and why
    uploads/receiving, waiting  names of those that are coming in, by operator, and of those to be lodged

What is acknowledged is on the disk. Nothing here is an act: an upload becomes one part by part, when its rows
are lodged; lodged twice they enter once, so the follower may die at any moment.
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from tidegate.clearance import RefusedActError
from tidegate.declarations.reduced_reading import BadUploadError, Format
from tidegate.node.bulk import Upload, lodge_upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from tidegate.node.installation import Node

FOLDER = "uploads"
ROWS_IN_PART = 20_000  # while a node serves: what is decided in one go keeps declarations waiting
MOST_OPEN = 20  # uploads of one operator that are not complete
_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_RECEIVING, _WAITING = "receiving", "waiting"
_BEGUN, _OCTETS, _COMPLETE, _FAILED = "upload.json", "octets", "complete.json", "failed.json"

_Kept = TypeVar("_Kept", bound=msgspec.Struct)
State = Literal["receiving", "waiting", "lodged", "failed"]


class UploadRefusedError(Exception):
    """An upload, or octets of one, that are not taken in; ``code`` and ``fields`` for programs."""

    code = "upload_refused"

    def __init__(self, code: str, text: str, **fields: int) -> None:
        super().__init__(text)
        self.code = code
        self.fields = fields


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """An upload that was begun: who sends it, in which format, and how what it owes is paid."""

    upload: str
    declarant: str
    format: Format
    begun: datetime
    payment_method: str = ""


class _Completed(msgspec.Struct, frozen=True):
    occurred: datetime
    octets: int


class _Failed(msgspec.Struct, frozen=True):
    text: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far an upload has come in: ``offset`` octets; ``text`` says why it failed."""

    begun: Begun
    state: State
    offset: int
    text: str = ""


class Spool:
    """The uploads of one node. Any process may take octets in; one, the follower, lodges."""

    def __init__(self, folder: Path, most_octets: int) -> None:
        self._folder = folder / FOLDER
        self._most = most_octets

    def begin(self, begun: Begun) -> None:
        """Begin an upload under a name that is new: 32 hexadecimal digits.

        Raises:
            UploadRefusedError: the operator has too many that are not complete (``too_many_uploads``).
        """
        if len(self.receiving(begun.declarant)) >= MOST_OPEN:
            text = f"{MOST_OPEN} uploads of yours are not complete. Complete them first."
            raise UploadRefusedError("too_many_uploads", text)
        place = self._place(begun.upload)
        place.mkdir(parents=True)
        (place / _OCTETS).touch()
        _write(place / _BEGUN, begun)
        _mark(self._of(begun.declarant) / begun.upload)

    def take(self, upload: str, offset: int, octets: Iterable[bytes]) -> int:
        """Add octets at the offset where the upload stands; returns the new offset, durable.

        Raises:
            UploadRefusedError: the offset is another (``other_offset``, with it), another request is adding
                (``busy``), it is complete (``complete``) or larger than an upload may be (``too_large``).
        """
        place = self._place(upload)
        with (place / _OCTETS).open("ab") as file, _alone(file):
            if (place / _COMPLETE).exists():
                raise UploadRefusedError("complete", "The upload is complete: nothing is added to it.")
            at = file.tell()
            if offset != at:
                raise UploadRefusedError(
                    "other_offset", f"The upload stands at {at}, go on there.", offset=at
                )
            try:
                for part in octets:
                    at += len(part)
                    if at > self._most:
                        text = f"An upload has at most {self._most} octets. Send the rows in several."
                        raise UploadRefusedError("too_large", text, most=self._most)
                    file.write(part)
            finally:
                file.flush()
                os.fsync(file.fileno())
            return at

    def complete(self, upload: str, octets: int, moment: datetime) -> Standing:
        """Say that all octets came in: durable when this returns. Said again, it changes nothing.

        Raises:
            UploadRefusedError: there are more or fewer (``other_offset``).
        """
        place = self._place(upload)
        standing = self._standing(place)
        if standing.state == "receiving":
            with (place / _OCTETS).open("ab") as file, _alone(file):
                at = file.tell()
                if at != octets or not at:
                    text = f"The upload stands at {at} octets, not at {octets}. Send the rest first."
                    raise UploadRefusedError("other_offset", text, offset=at)
                _write(place / _COMPLETE, _Completed(moment, octets))
            standing = self._standing(place)
        if standing.state == "waiting":
            _mark(self._folder / _WAITING / upload)
        (self._of(standing.begun.declarant) / upload).unlink(missing_ok=True)
        return standing

    def standing(self, upload: str) -> Standing | None:
        """Return how far an upload has come in, or None where there is none of this name."""
        if not _NAME.fullmatch(upload) or not (self._folder / upload / _BEGUN).exists():
            return None
        return self._standing(self._folder / upload)

    def receiving(self, declarant: str) -> list[Standing]:
        """Return the uploads of an operator that are coming in, the newest first."""
        return self._named(self._of(declarant))[::-1]

    def waiting(self) -> list[Standing]:
        """Return the complete uploads that are not in the journal yet, in the order they were begun."""
        return self._named(self._folder / _WAITING)

    def upload(self, name: str) -> Upload:
        """Return a complete upload as it is lodged: its legal time is when it was complete."""
        place = self._place(name)
        begun = _read(place / _BEGUN, Begun)
        return Upload(
            path=place / _OCTETS,
            kind=begun.format,
            name=name,
            declarant=begun.declarant,
            occurred=_read(place / _COMPLETE, _Completed).occurred,
            payment_method=begun.payment_method,
        )

    def done(self, name: str, failure: str = "") -> None:
        """Let go of what came in: it is in the journal as far as it could be read."""
        place = self._place(name)
        if failure:
            _write(place / _FAILED, _Failed(failure))
        (place / _OCTETS).unlink(missing_ok=True)
        (self._folder / _WAITING / name).unlink(missing_ok=True)

    def _named(self, marks: Path) -> list[Standing]:
        """Return the uploads that are marked in a folder, in the order they were begun."""
        names = [mark.name for mark in marks.iterdir()] if marks.is_dir() else []
        found = [one for name in names if (one := self.standing(name)) is not None]
        return sorted(found, key=lambda one: (one.begun.begun, one.begun.upload))

    def _of(self, declarant: str) -> Path:
        return self._folder / _RECEIVING / sha256(declarant.encode()).hexdigest()

    def _standing(self, place: Path) -> Standing:
        begun, complete = _read(place / _BEGUN, Begun), place / _COMPLETE
        if (place / _FAILED).exists():
            failed = _read(place / _FAILED, _Failed)
            offset = _read(complete, _Completed).octets
            return Standing(begun=begun, state="failed", offset=offset, text=failed.text)
        if not complete.exists():
            return Standing(begun=begun, state="receiving", offset=(place / _OCTETS).stat().st_size)
        state: State = "waiting" if (place / _OCTETS).exists() else "lodged"
        return Standing(begun=begun, state=state, offset=_read(complete, _Completed).octets)

    def _place(self, upload: str) -> Path:
        if not _NAME.fullmatch(upload):
            raise UploadRefusedError("unknown_upload", f"There is no upload {upload!r:.40} here.")
        return self._folder / upload


class Intake:
    """Lodges what waits in a spool, one part at a time, so that other acts are answered in between."""

    def __init__(self, node: Node, spool: Spool) -> None:
        self._node = node
        self._spool = spool
        self._under_way: tuple[str, Iterator[int]] | None = None

    def step(self) -> bool:
        """Lodge one part of the upload under way, or of the one that waits longest; False: nothing waits."""
        if self._under_way is None:
            waiting = self._spool.waiting()
            if not waiting:
                return False
            name = waiting[0].begun.upload
            parts = lodge_upload(self._node, self._spool.upload(name), rows_in_part=ROWS_IN_PART)
            self._under_way = (name, parts)
        name, parts = self._under_way
        try:
            if next(parts, None) is None:
                self._spool.done(name)
                self._under_way = None
        except (BadUploadError, RefusedActError) as error:
            self._spool.done(name, str(error))
            self._under_way = None
        return True


@contextmanager
def _alone(file: BinaryIO) -> Iterator[None]:
    """Hold a file for oneself; who comes second is told."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = "Another request is adding to this upload. Come again when it is done."
        raise UploadRefusedError("busy", text) from None
    yield


def _mark(path: Path) -> None:
    """Make an empty file, durably."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    _settle(path.parent)


def _write(path: Path, value: msgspec.Struct) -> None:
    """Write a small file whole, durably: it is there in all of it, or not."""
    passing = path.with_suffix(".new")
    with passing.open("wb") as file:
        file.write(msgspec.json.encode(value))
        file.flush()
        os.fsync(file.fileno())
    passing.rename(path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """See that the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path, kind: type[_Kept]) -> _Kept:
    return msgspec.json.decode(path.read_bytes(), type=kind)
