"""Delivers for a node: answers what is new, and brings each partner what waits for it, until told to stop.

Every partner has a thread of its own, so that one that is away or slow holds up no other. Who does not answer
is tried again after a pause that doubles.
"""

from __future__ import annotations

import logging
import secrets
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import msgspec

from tidegate.acts import KeyRotated, decode
from tidegate.exchange.delivering import (
    Delivered,
    Delivery,
    ParcelRefusedError,
    UnreachableError,
)
from tidegate.exchange.evidence import Fetching
from tidegate.exchange.reader import ExchangeReader, partners_waited_for
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.exchange.responder import ExchangeResponder
from tidegate.exchange.signed import Request, Response
from tidegate.exchange.standing import standing_of
from tidegate.journal import JournalError, answer, follow, tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tidegate.exchange.standing import Partner
    from tidegate.node.installation import Node

ROTATIONS = "/exchange/v1/rotations"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 30.0
_POLL_SECONDS = 0.03
_PAUSE_SECONDS = 0.1
_LARGEST_ANSWER = 16 * 1024 * 1024
_LOG = logging.getLogger("tidegate.exchange")


class Post:
    """Sends requests over HTTP/1.1, in time limits, and reads answers of a limited size."""

    def __init__(self, *, connect_seconds: float = 2.0, answer_seconds: float = 10.0) -> None:
        """Set the limits: for the connection, and for each wait for octets of the answer."""
        timeout = httpx.Timeout(answer_seconds, connect=connect_seconds)
        self._client = httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)

    def __call__(self, request: Request) -> Response:
        """Send a request and return its answer; `unreachable` where none comes."""
        try:
            # Not compressed: the digest that is signed is that of the octets as they are sent.
            headers = {**request.headers, "Accept-Encoding": "identity"}
            with self._client.stream(
                request.method, request.url, content=request.body, headers=headers
            ) as answer:
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _LARGEST_ANSWER:
                        raise UnreachableError(f"{request.url} answers with more than can be read.")
                return Response(answer.status_code, dict(answer.headers), body, request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnreachableError(f"{request.url} does not answer: {error!r}.") from None

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()


class Runner:
    """Runs the exchange of an open node in threads, from ``start`` to ``stop``."""

    def __init__(self, node: Node, clock: Callable[[], datetime], post: Callable[[], Post] = Post) -> None:
        """Take the node, the clock by which messages are signed, and what makes a connection."""
        self._node = node
        self._clock = clock
        self._post = post
        self._stopped = threading.Event()
        self._threads: dict[str, threading.Thread] = {}
        self._news = threading.Condition()
        self.folder = node.read_tables

    def follow(self) -> None:
        """Fold what is new into the table of what waits."""
        follow(self._node.journal, ExchangeReader(), self.folder)

    def tend(self) -> None:
        """Fold what is new, and see to it that each partner waited for has its thread, if there are any."""
        if not any(reader.name == ExchangeReader.name for reader in self._node.readers):
            return
        self.follow()
        with closing(tables(ExchangeReader(), self.folder)) as connection:
            waited = partners_waited_for(connection)
        for name in waited:
            if name not in self._threads:
                thread = threading.Thread(target=self._run, args=(name,), name=f"to {name}", daemon=True)
                self._threads[name] = thread
                thread.start()
        with self._news:
            self._news.notify_all()

    def waiting(self) -> bool:
        """Tell whether anything waits for anybody."""
        self.follow()
        with closing(tables(ExchangeReader(), self.folder)) as connection:
            return bool(partners_waited_for(connection))

    def stop(self) -> None:
        """Stop after the parcels that are under way."""
        self._stopped.set()
        with self._news:
            self._news.notify_all()
        for thread in self._threads.values():
            thread.join()

    def _run(self, name: str) -> None:
        post = self._post()
        pause = _FIRST_PAUSE
        try:
            while not self._stopped.is_set():
                try:
                    told = self.bring(name, post)
                except (UnreachableError, ParcelRefusedError, MessageRefusedError, JournalError) as error:
                    _LOG.info(
                        "not delivered", extra={"partner": name, "code": error.code, "text": str(error)}
                    )
                    self._stopped.wait(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    continue
                pause = _FIRST_PAUSE
                settled = told.receipts + told.refused + told.withdrawn + told.fetched
                if not settled:
                    with self._news:
                        self._news.wait(_FIRST_PAUSE if told.again else _POLL_SECONDS)
        finally:
            post.close()

    def bring(self, name: str, post: Post) -> Delivered:
        """Bring a partner one parcel of what waits for it.

        Raises:
            UnreachableError, ParcelRefusedError, MessageRefusedError: see ``Delivery.deliver``.
        """
        partner = standing_of(self._node.journal).partners.get(name)
        if partner is None or not partner.trusted:
            return Delivered()
        self.follow()
        delivery = self.delivery(post)
        try:
            told = delivery.deliver(partner)
        except ParcelRefusedError as refused:
            if refused.fields.get("reason") != "unknown_key" or not self._tell_rotations(partner, post):
                raise
            told = delivery.deliver(partner)
        told.fetched = Fetching(self._node.journal, self._node.origin, self.folder, delivery).fetch(
            partner, self._clock()
        )
        if told.receipts or told.refused or told.withdrawn or told.fetched:
            self.follow()
        return told

    def delivery(self, post: Post) -> Delivery:
        """Return what delivers over a connection."""
        return Delivery(
            self._node.journal,
            self._node.signing_keys(),
            self.folder,
            send=post,
            clock=self._clock,
            nonce=lambda: secrets.token_hex(16),
        )

    def _tell_rotations(self, partner: Partner, post: Post) -> bool:
        """Tell a partner which keys have followed each other here; return whether any was news to it."""
        entries = self._node.journal.read(0, 1000, {KeyRotated.KIND})
        acts = [decode(one.kind, one.version, one.body) for one in entries if one.body is not None]
        notes = [act.note for act in acts if isinstance(act, KeyRotated)]
        if not notes:
            return False
        # The partner trusts one of the keys; the notes from there on are followed, the others are not known.
        told = False
        for note in notes:
            body = msgspec.json.encode({"partner": self._node.origin, "notes": [note]})
            request = Request("POST", partner.endpoint.rstrip("/") + ROTATIONS, {}, body)
            told = post(request).status_code == httpx.codes.OK or told
        return told


def answer_partners(node: Node) -> None:
    """Answer what is new by the responder for partners alone."""
    node.join_exchange()
    for responder in node.responders:
        if responder.name == ExchangeResponder.name:
            answer(node.journal, responder, node.working_tables)


def run(node: Node, runner: Runner, stopped: threading.Event, *, once: bool = False) -> None:
    """Answer what is new in a node and deliver what waits, until told to stop, or ``once`` nothing waits."""
    size = -1
    try:
        while not stopped.is_set():
            if node.journal.size != size:
                size = node.journal.size
                node.catch_up()
                runner.tend()
            elif once and not runner.waiting():
                return
            stopped.wait(_PAUSE_SECONDS)
    finally:
        runner.stop()
