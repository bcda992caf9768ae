"""The wire of a rehearsal: a proxy on loopback before each node, which keeps what crosses, and disturbs it.

It understands just enough HTTP/1.1 to tell where a message ends. What is kept are the octets as the nodes
sent them; what the disturbances make of them is counted apart.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from typing import TYPE_CHECKING

import msgspec

from tidegate.simulation.draws import stream

if TYPE_CHECKING:
    from pathlib import Path

_LENGTH = re.compile(rb"^content-length:\s*([0-9]+)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})")
_LARGEST = 32 * 1024 * 1024
_TIMEOUT_SECONDS = 15.0
_REFUSED_FROM = 400


class Faults(msgspec.Struct):
    """How often, of a hundred requests, each disturbance happens; and whether the wire is cut just now."""

    altered: int = 0
    altered_answer: int = 0
    duplicated: int = 0
    reordered: int = 0
    slow: int = 0
    half_open: int = 0
    cut: bool = False


class Happened(msgspec.Struct):
    """What the proxies did."""

    requests: int = 0
    altered: int = 0
    altered_refused: int = 0
    altered_answers: int = 0
    duplicated: int = 0
    reordered: int = 0
    slow: int = 0
    half_open: int = 0
    cut: int = 0


class Proxy:
    """A proxy before one node, in threads; ``target`` is the node's own port."""

    def __init__(self, name: str, target: int, captures: Path, seed: int) -> None:
        self.name = name
        self.target = target
        self.faults = Faults()
        self.happened = Happened()
        self._captures = captures
        self._seed = seed
        self._count = 0
        self._seen: set[int] = set()  # disturbances that have happened once
        self._before = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True, name=f"wire to {name}").start()

    def stop(self) -> None:
        """Take nothing more."""
        self._stopped.set()
        self._listening.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                self._count += 1
                number = self._count
            arguments = (connection, number)
            threading.Thread(target=self._connection, args=arguments, daemon=True).start()

    def _connection(self, connection: socket.socket, number: int) -> None:
        """Pass on the requests of one connection, one after another."""
        connection.settimeout(_TIMEOUT_SECONDS)
        path = self._captures / f"to-{self.name}-{number:05}"
        try:
            with (
                connection,
                path.with_suffix(".requests.bin").open("ab", buffering=0) as requests,
                path.with_suffix(".answers.bin").open("ab", buffering=0) as answers,
            ):
                while not self._stopped.is_set():
                    request = _message(connection)
                    if not request:
                        return
                    requests.write(request)
                    answer = self._exchanged(request)
                    if answer is None:
                        return
                    answers.write(answer)
                    connection.sendall(self._answered(answer))
        except OSError:
            return  # one of the two is gone, as the rehearsal wants it

    def _exchanged(self, request: bytes) -> bytes | None:
        """Return the node's answer to a request, or None where the connection is to break off."""
        with self._lock:
            self.happened.requests += 1
            drawn = stream("wire", self._seed, self.name, self.happened.requests)
        faults = self.faults
        if faults.cut:
            self.happened.cut += 1
            return None
        if self._happens(drawn, 2, faults.half_open):
            self.happened.half_open += 1
            self._stopped.wait(_TIMEOUT_SECONDS)
            return None
        if self._happens(drawn, 1, faults.slow):
            self.happened.slow += 1
            time.sleep(0.5)
        if len(request) > _body_at(request) and self._happens(drawn, 0, faults.altered):
            answer = self._sent(_altered(request, drawn))
            if answer is not None:  # otherwise the node is away, and nothing came to it
                self.happened.altered += 1
                self.happened.altered_refused += int(_status(answer)) >= _REFUSED_FROM
            return answer
        if self._happens(drawn, 5, faults.reordered):
            # It comes after the ones that follow it: by then its sender has given it up and sent it again.
            self.happened.reordered += 1
            threading.Timer(1.0, self._sent, (request,)).start()
            return None
        answer = self._sent(request)
        if answer is not None and self._happens(drawn, 4, faults.duplicated):
            self.happened.duplicated += 1
            self._sent(request)
        return answer

    def _answered(self, answer: bytes) -> bytes:
        """Return an answer as it is passed on."""
        drawn = stream("answer", self._seed, self.name, self.happened.requests)
        if len(answer) > _body_at(answer) and self._happens(drawn, 3, self.faults.altered_answer):
            self.happened.altered_answers += 1
            return _altered(answer, drawn)
        return answer

    def _happens(self, drawn: int, which: int, percent: int) -> bool:
        """Tell whether a disturbance happens now: by chance, and the first time as soon as it can."""
        if not percent:
            return False
        if which not in self._seen and self.happened.requests > self._before:
            self._seen.add(which)
            self._before = self.happened.requests
            return True
        return stream("fault", drawn, which) % 100 < percent

    def _sent(self, request: bytes) -> bytes | None:
        """Send a request to the node and return its answer, or None where it gives none."""
        try:
            with socket.create_connection(("127.0.0.1", self.target), _TIMEOUT_SECONDS) as node:
                node.settimeout(_TIMEOUT_SECONDS)
                node.sendall(request)
                return _message(node) or None
        except OSError:
            return None


def _message(connection: socket.socket) -> bytes:
    """Return one HTTP message, head and body; nothing where the connection ends before it does."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65_536)
        if not part or len(data) > _LARGEST:
            return b""
        data += part
    found = _LENGTH.search(data[: _body_at(data)])
    whole = _body_at(data) + (int(found[1]) if found else 0)
    parts, size = [data], len(data)
    while size < whole:
        part = connection.recv(65_536)
        if not part or size > _LARGEST:
            return b""
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _body_at(message: bytes) -> int:
    return message.index(b"\r\n\r\n") + 4


def _status(answer: bytes) -> bytes:
    found = _STATUS.match(answer)
    return found[1] if found else b"500"


def _altered(message: bytes, drawn: int) -> bytes:
    """Return a message with one octet of its body changed."""
    start = _body_at(message)
    at = start + drawn % (len(message) - start)
    return message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :]
