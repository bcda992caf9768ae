"""Notices as they are issued: server-sent events, which take up from where the reader was cut off.

A stream waits without a thread: it answers an empty part where nothing is new, and the bridge asks it again a
little later. It ends by itself after some minutes, when its credential holds no longer, or its operator is
suspended; readers come again with the `Last-Event-ID` they have.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING
from weakref import WeakSet

import msgspec
import rules

from tidegate_web.access.models import Credential
from tidegate_web.api.notices import told
from tidegate_web.hearing import heard, notices
from tidegate_web.node import now
from tidegate_web.rsgi import PAUSE_SECONDS
from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from tidegate.notices import Notice
    from tidegate_web.access.client import Client

LONGEST_SECONDS = 300
_MOST = 100  # streams of one worker
_MOST_OF_ONE = 5  # of one credential
_PAGE = 50
_ALIVE_SECONDS = 15.0  # between signs of life, by which proxies and the node see who is gone
_RETRY = b"retry: 2000\n\n"
_ALIVE = b": alive\n\n"
_ENCODER = msgspec.json.Encoder(decimal_format="string")


class Stream:
    """The notices of a client from a cursor on, part by part, for at most so many seconds."""

    def __init__(self, client: Client, cursor: int, seconds: float, *, paced: bool) -> None:
        """``paced``: who asks for parts pauses after an empty one; otherwise the stream does."""
        self.client = client
        self._cursor = cursor
        # All that was heard before this position is sent. The first look asks the tables themselves, for the
        # head that streams share may be a moment old.
        self._read_to = -1
        self._end = time.monotonic() + seconds
        self._paced = paced
        self._spoke = 0.0
        self._ended = False

    def __iter__(self) -> Stream:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next part: events, a sign of life, or nothing where nothing is new."""
        part = self._part()
        if part is None:
            self.close()
            raise StopIteration
        if not part and not self._paced:
            time.sleep(PAUSE_SECONDS)
        return part

    def close(self) -> None:
        """End it, and make room for another."""
        self._ended = True
        _OPEN.end(self)

    def _part(self) -> bytes | None:
        """Return the next part, or None where the stream is at its end."""
        if self._ended:
            return None
        if not self._spoke:
            return self._saying(_RETRY)
        found = self._news()
        silent = time.monotonic() - self._spoke >= _ALIVE_SECONDS
        if (found or silent) and not _admitted(self.client):
            return None
        if found:
            self._cursor = found[-1].position + 1
            return self._saying(b"".join(_event(one) for one in found))
        if time.monotonic() >= self._end:
            return None
        return self._saying(_ALIVE) if silent else b""

    def _news(self) -> list[Notice]:
        """Return the notices that come next; the tables are asked only where something was heard since."""
        head = _HEAD.position()
        if head <= self._read_to:
            return []
        found = notices(self.client, self._cursor, _PAGE)
        if len(found) < _PAGE:
            self._read_to = head
        return found

    def _saying(self, part: bytes) -> bytes:
        self._spoke = time.monotonic()
        return part


def begin(client: Client, cursor: int, seconds: float, *, paced: bool) -> Stream:
    """Return a stream of a client's notices from a cursor on.

    Raises:
        Refused: too many are open, of this credential or in all.
    """
    made = Stream(client, cursor, seconds, paced=paced)
    _OPEN.begin(made)
    return made


class _Open:
    """The streams of this process that have not ended."""

    def __init__(self) -> None:
        self._streams: WeakSet[Stream] = WeakSet()
        self._lock = threading.Lock()

    def begin(self, stream: Stream) -> None:
        """Count a stream in."""
        with self._lock:
            of_each = Counter(one.client.id for one in self._streams)
            if of_each[stream.client.id] >= _MOST_OF_ONE:
                text = f"{_MOST_OF_ONE} streams of this credential are open. End one first."
                raise Refused(429, "too_many_streams", text, retry_after=10)
            if of_each.total() >= _MOST:
                text = "As many streams are open as this node bears. Ask /notices with wait instead."
                raise Refused(503, "busy", text, retry_after=10)
            self._streams.add(stream)

    def end(self, stream: Stream) -> None:
        """Count a stream out; twice is allowed."""
        with self._lock:
            self._streams.discard(stream)


class _Head:
    """How far notices are heard, asked for all streams together and no more often than any one looks."""

    def __init__(self) -> None:
        self._position = 0
        self._looked = 0.0

    def position(self) -> int:
        """Return the position before which every notice is there to be read."""
        moment = time.monotonic()
        if moment - self._looked >= PAUSE_SECONDS / 2:
            self._looked = moment
            self._position = heard()
        return self._position


_OPEN = _Open()
_HEAD = _Head()


def _admitted(client: Client) -> bool:
    """Tell whether a client may still hear: its credential holds, and its operator is in good standing."""
    credential = Credential.objects.filter(prefix=client.id).first()
    holds = credential is not None and credential.holds(now())
    return holds and bool(rules.test_rule("enter", client))


def _event(notice: Notice) -> bytes:
    said = _ENCODER.encode(told(notice))
    return b"id: %d\nevent: notice\ndata: %b\n\n" % (notice.position + 1, said)
