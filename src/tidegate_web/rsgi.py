"""Between the server's event loop and Django: one coroutine a connection, one thread a request that is whole.

Granian serves WSGI itself, but a thread that waits for a slow body there holds up others. So the face is
served over RSGI: the loop reads bodies within limits (see `arriving`), and a pool of threads runs the
application, which is plain WSGI.
"""

from __future__ import annotations

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from tidegate_web.arriving import ERROR, Held, Parts, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_NO_NAMES = frozenset({"content-type", "content-length"})
_END = object()
PACED = "tidegate.paced"  # in an environment: an empty part of a stream is followed by a pause
PAUSE_SECONDS = 0.5


class Bridge:
    """An RSGI application that runs a WSGI application in threads."""

    def __init__(
        self, application: Callable[..., Iterable[bytes]], *, threads: int, most: int, seconds: float
    ) -> None:
        """Take the application, how many threads run it, the largest body read whole, and its time."""
        self._application = application
        self._threads = ThreadPoolExecutor(threads, "request")
        self._most = most
        self._seconds = seconds
        self._held = Held()
        self._stopping = False

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Be told when the worker stops, so that streams end then and do not hold it up.

        The server's own handlers stay: the loop hears of signals by its wakeup descriptor, these beside it.
        """
        del loop
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._stop)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        environ = environ_of(scope)
        loop = asyncio.get_running_loop()
        length = _length(environ)
        held = 0
        if 0 < length <= self._most:
            held = length if self._held.take(length) else 0
            if held:
                environ["wsgi.input"], environ[ERROR] = await whole(protocol, length, self._seconds)
            else:
                environ["wsgi.input"], environ[ERROR] = BytesIO(), "busy"
        else:
            environ["wsgi.input"] = Parts(protocol, loop, self._seconds)
        try:
            await self._answer(environ, protocol, loop)
        finally:
            self._held.give(held)

    async def _answer(self, environ: dict[str, Any], protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        told: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            told[:] = [int(status[:3]), [(name.lower(), value) for name, value in headers]]

        def run() -> tuple[Any, bytes | None]:
            made = self._application(environ, start_response)
            if getattr(made, "streaming", False):
                return made, None
            try:
                return made, b"".join(made)
            finally:
                _close(made)

        made, content = await loop.run_in_executor(self._threads, run)
        status, headers = told
        if content is not None:
            protocol.response_bytes(status, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else content)
            return
        try:
            transport = protocol.response_stream(status, headers)
            parts = iter(made)
            while (part := await loop.run_in_executor(self._threads, next, parts, _END)) is not _END:
                if part:
                    await transport.send_bytes(part)
                elif self._stopping:
                    break
                else:  # nothing yet: it waits here, where that costs no thread
                    await asyncio.sleep(PAUSE_SECONDS)
        finally:
            await loop.run_in_executor(self._threads, _close, made)


def environ_of(scope: Any) -> dict[str, Any]:
    """Return a request's environment as WSGI (PEP 3333) says it."""
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        ERROR: "",
        PACED: True,
    }
    for name in dict.fromkeys(scope.headers.keys()):
        value = ",".join(scope.headers.get_all(name))
        key = name.upper().replace("-", "_")
        environ[key if name.lower() in _NO_NAMES else f"HTTP_{key}"] = value
    environ.setdefault("HTTP_HOST", scope.authority or scope.server)
    return environ


def _length(environ: dict[str, Any]) -> int:
    said = environ.get("CONTENT_LENGTH", "")
    return int(said) if said.isascii() and said.isdigit() else 0


def _close(made: Any) -> None:
    close = getattr(made, "close", None)
    if close is not None:
        close()
