"""Reading the body of a request within limits of octets and of time."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tidegate.node import Configuration

_PART = 64 * 1024
_READERS = threading.BoundedSemaphore(64)  # bodies that may be on their way at once in one process


class BodyError(Exception):
    """A body that is not taken in: its status and code, and what would be right."""

    def __init__(self, status: int, code: str, text: str, retry_after: int | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def read_body(request: HttpRequest, configuration: Configuration) -> bytes:
    """Return the body of a request, whole.

    Raises:
        BodyError: it is larger than a message may be, compressed, of unknown length, or too slow.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise BodyError(415, "encoded", "Send the body as it is: compressed bodies are not read.")
    said = request.META.get("CONTENT_LENGTH") or ""
    if not said:
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            raise BodyError(411, "length_needed", "Say the length of the body in Content-Length.")
        return b""
    if not said.isascii() or not said.isdigit():
        raise BodyError(400, "bad_length", "Content-Length is not a number.")
    length, most = int(said), configuration.max_message_octets
    if length > most:
        raise BodyError(413, "too_large", f"The body has {length} octets; at most {most} are read.")
    if length == 0:
        return b""
    return _within_time(request, length, configuration.body_seconds)


def _within_time(request: HttpRequest, length: int, seconds: int) -> bytes:
    """Read in a thread of its own, which ends with the connection where the body does not come."""
    if not _READERS.acquire(blocking=False):
        raise BodyError(503, "busy", "Too many bodies are on their way. Come again.", 2)
    future: Future[bytes] = Future()

    def read() -> None:
        try:
            future.set_result(_read(request, length))
        except Exception as error:  # noqa: BLE001 - raised by who waits
            future.set_exception(error)
        finally:
            _READERS.release()

    threading.Thread(target=read, daemon=True, name="body").start()
    try:
        body = future.result(seconds)
    except TimeoutError:
        text = f"The body did not come in within {seconds} seconds. Send it faster, or in smaller messages."
        raise BodyError(408, "too_slow", text) from None
    except OSError as error:
        raise BodyError(400, "broken_body", f"The body broke off: {error}") from None
    if len(body) < length:
        text = f"The body broke off after {len(body)} of {length} octets."
        raise BodyError(400, "broken_body", text)
    return body


def _read(request: HttpRequest, length: int) -> bytes:
    parts: list[bytes] = []
    left = length
    stream = request.environ["wsgi.input"]  # type: ignore[attr-defined] - a WSGI request
    while left > 0:
        part = stream.read(min(left, _PART))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
