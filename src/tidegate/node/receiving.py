"""The way in of a serving process: what several threads receive is lodged together, and durable when told.

Each thread reads its own message; one thread a process lodges what waits, as one commit. The queue before it
is bounded: who finds it full, or customs too far behind with its answers, is told when to come again.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Self

import apsw
import msgspec

from tidegate.clearance import (
    ClearanceReader,
    Lodging,
    OvertakenError,
    Receipt,
    acts_about,
    lodge,
    references_of,
)
from tidegate.declarations.findings import Finding
from tidegate.journal.attachments import compress
from tidegate.journal.schema import connect, database_errors
from tidegate.journal.tables import path_of, state_of
from tidegate.node.keeping import act_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from tidegate.declarations.messages import Message
    from tidegate.journal import Journal
    from tidegate.node.installation import Node

_ATTEMPTS = 3
_AT_ONCE = 100  # declarations in one commit
_LAG_SECONDS = 0.5  # how old the figure of the lag may be
_PATIENCE_SECONDS = 30.0
_COME_AGAIN_SECONDS = 2
_PACE = 300  # acts answered in a second by the slowest machine measured: from it, when to come again


class BusyError(Exception):
    """There is more than can be taken in now; nothing was done. ``retry_after`` says when to come again."""

    code = "busy"

    def __init__(self, text: str, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Received(msgspec.Struct, frozen=True):
    """What became of a message: the number it concerns, and the positions that hold it.

    ``repeated`` says that these octets were received before, and nothing was added. ``findings`` say why
    nothing was lodged; there is no number then.
    """

    mrn: str | None
    positions: tuple[int, ...]
    repeated: bool = False
    findings: tuple[Finding, ...] = ()


class _Waiting:
    """One lodging that waits for its receipt."""

    def __init__(self, lodging: Lodging) -> None:
        self.lodging = lodging
        self.done = threading.Event()
        self.receipt: Receipt | None = None
        self.error: Exception | None = None


class Intake:
    """Takes messages in for one process. It is a context: leaving it lodges what still waits."""

    def __init__(self, node: Node, *, ticks: Callable[[], float] = time.monotonic) -> None:
        """Take the node; ``ticks`` tells how much time passed, for the age of what is remembered."""
        self._node = node
        self._ticks = ticks
        self._queue: Queue[_Waiting | None] = Queue(node.configuration.max_waiting)
        self._closed = threading.Event()
        self._lag = (-1.0, 0)
        self._thread = threading.Thread(target=self._run, name="lodging", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Return the intake."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lodge what waits, and end."""
        self.close()

    def close(self) -> None:
        """Take nothing more in, and return when what waited has its receipt."""
        if not self._closed.is_set():
            self._closed.set()
            self._queue.put(None)
        self._thread.join()

    @property
    def waiting(self) -> int:
        """How many declarations wait to be lodged."""
        return self._queue.qsize()

    @property
    def lag(self) -> int:
        """How many acts customs has not yet heard; at most half a second old."""
        read, lag = self._lag
        moment = self._ticks()
        if read < 0 or moment - read > _LAG_SECONDS:
            lag = unheard(self._node)
            self._lag = (moment, lag)
        return lag

    def take(
        self, message: Message, original: bytes, occurred: datetime, *, sender: str, once: str = ""
    ) -> Received:
        """Do what a message asks, and return when it is durable.

        ``sender`` is the number of who sends it, ``once`` a name that the sender gave it.

        Raises:
            BusyError: there is too much before it; nothing was done.
            RefusedActError: what it asks may not be done; nothing was.
            JournalError: the journal could not take it.
        """
        if message.kind == "declaration" and message.declaration is not None:
            return self._lodge(Lodging(occurred, original, message.declaration, sender, once))
        self._check_room()
        return self._ask(message, original, occurred, sender)

    def _ask(self, message: Message, original: bytes, occurred: datetime, sender: str) -> Received:
        """Do what a message asks of a declaration that is there; the same octets again ask nothing more."""
        mrn = references_of(message).get("mrn")
        for attempt in range(_ATTEMPTS):
            before = received_before(self._node.journal, mrn, original) if mrn else None
            if before is not None:
                return Received(mrn, (before,), repeated=True)
            try:
                acted = act_on(self._node, message, original, occurred, author=f"operator:{sender}")
                break
            except OvertakenError:
                # Somebody acted on it meanwhile: perhaps this very message, which came twice at once.
                if attempt == _ATTEMPTS - 1:
                    raise
        if acted is None or not acted.positions:
            refusals = () if acted is None else acted.refusals
            if refusals:
                raise refusals[0]
            return Received(None, ())
        return Received(acted.mrn, acted.positions)

    def _lodge(self, lodging: Lodging) -> Received:
        self._check_room()
        waiting = _Waiting(lodging)
        try:
            self._queue.put_nowait(waiting)
        except Full:
            text = f"{self.waiting} declarations wait already. Come again in {_COME_AGAIN_SECONDS} seconds."
            raise BusyError(text, _COME_AGAIN_SECONDS) from None
        self._wait_for(waiting)
        if waiting.error is not None:
            raise waiting.error
        receipt = waiting.receipt
        assert receipt is not None
        if receipt.mrn is None and receipt.repeated:
            return Received(receipt.repeated, (receipt.position,), repeated=True)
        findings = () if receipt.finding is None else (receipt.finding,)
        return Received(receipt.mrn, (receipt.position,), findings=findings)

    def _wait_for(self, waiting: _Waiting) -> None:
        end = self._ticks() + _PATIENCE_SECONDS
        while not waiting.done.wait(1.0):
            if not self._thread.is_alive() and not waiting.done.is_set():
                raise BusyError("This process is ending. Come again.", 1)
            if self._ticks() > end:
                text = "The journal did not answer in time; whether this was lodged is not known. Repeat it."
                raise BusyError(text, _COME_AGAIN_SECONDS)

    def _check_room(self) -> None:
        if self._closed.is_set():
            raise BusyError("This process is ending. Come again.", 1)
        most = self._node.configuration.max_lag
        if self.lag > most:
            after = 1 + (self.lag - most) // _PACE
            text = f"{self.lag} acts wait for customs' answer. Come again in {after} seconds."
            raise BusyError(text, after)

    def _run(self) -> None:
        ending = False
        while not ending:
            one = self._queue.get()
            part: list[_Waiting] = []
            while one is not None:
                part.append(one)
                if len(part) >= _AT_ONCE:
                    break
                try:
                    one = self._queue.get_nowait()
                except Empty:
                    break
            ending = one is None
            if part:
                self._lodge_together(part)

    def _lodge_together(self, part: list[_Waiting]) -> None:
        node = self._node
        try:
            receipts = lodge(
                node.journal,
                [one.lodging for one in part],
                country=node.administration.country,
                key=node.key,
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits raises it
            for one in part:
                one.error = error
        else:
            for one, receipt in zip(part, receipts, strict=True):
                one.receipt = receipt
        for one in part:
            one.done.set()


def received_before(journal: Journal, mrn: str, original: bytes) -> int | None:
    """Return the position of the message about a declaration that had these very octets, or None."""
    digest = compress([original])[0][0]
    for entry, _ in acts_about(journal, mrn):
        if entry.cause is None and digest in entry.attachments:
            return entry.position
    return None


def unheard(node: Node) -> int:
    """Return how many acts customs' responder has not yet heard; all of them where it never ran."""
    size = node.journal.size
    path = path_of(ClearanceReader.name, node.working_tables)
    if not path.is_file():
        return size
    with database_errors():
        tables = connect(path, flags=apsw.SQLITE_OPEN_READONLY, patience=1.0)
    with closing(tables), database_errors(tables):
        state = state_of(tables)
    return size - (state.position if state is not None else 0)
