"""A body piece by piece, each within a time, and never more than a few of them in memory."""

from __future__ import annotations

import threading
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 256 * 1024
_PIECES_AHEAD = 4


class BrokenOffError(Exception):
    """A body that did not come in to its end; what came before stays."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code


def pieces(stream: BinaryIO, length: int, seconds: float) -> Iterator[bytes]:
    """Yield ``length`` octets of a stream in pieces.

    Raises:
        BrokenOffError: nothing came in for some seconds (``too_slow``), or too few did (``broken_body``).
    """
    reading = _Reading(stream, length)
    came = 0
    try:
        while came < length:
            piece = reading.next(seconds)
            if piece is None:
                text = f"Nothing came in for {seconds} seconds, after {came} octets. Go on from there."
                raise BrokenOffError(408, "too_slow", text)
            if not piece:
                text = f"The body broke off after {came} of {length} octets. Go on from there."
                raise BrokenOffError(400, "broken_body", text)
            came += len(piece)
            yield piece
    finally:
        reading.stop()


class _Reading:
    """Reads a stream in a thread of its own, which ends with the connection where nothing comes."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream = stream
        self._left = length
        self._read: Queue[bytes] = Queue(_PIECES_AHEAD)
        self._stopped = threading.Event()
        threading.Thread(target=self._run, daemon=True, name="upload").start()

    def next(self, seconds: float) -> bytes | None:
        """Return the next piece, nothing at the end, or None where none came in time."""
        try:
            return self._read.get(timeout=seconds)
        except Empty:
            return None

    def stop(self) -> None:
        """Read no further."""
        self._stopped.set()

    def _run(self) -> None:
        piece = b"-"
        while piece and self._left > 0:
            try:
                piece = self._stream.read(min(self._left, _PIECE))
            except OSError:
                piece = b""  # the connection is gone: told as a body that broke off
            self._left -= len(piece)
            if not self._give(piece):
                return

    def _give(self, piece: bytes) -> bool:
        while not self._stopped.is_set():
            try:
                self._read.put(piece, timeout=1)
            except Full:
                continue
            return True
        return False
