"""What a body may be: not compressed, of a length that is said, no larger than a message, and in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate_web.arriving import ERROR

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tidegate.node import Configuration


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
        BodyError: it is larger than a message may be, compressed, of unknown length, too slow, or broken off.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise BodyError(415, "encoded", "Send the body as it is: compressed bodies are not read.")
    length = _length_of(request)
    most = configuration.max_message_octets
    if length > most:
        raise BodyError(413, "too_large", f"The body has {length} octets; at most {most} are read.")
    environ = request.META
    said = environ.get(ERROR, "")
    if said == "too_slow":
        seconds = configuration.body_seconds
        text = f"The body did not come in within {seconds} seconds. Send it faster, or in smaller messages."
        raise BodyError(408, said, text)
    if said == "busy":
        raise BodyError(503, said, "Too much is on its way already. Come again.", 2)
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    if said or len(body) < length:
        text = f"The body broke off before its {length} octets. Send it again."
        raise BodyError(400, "broken_body", text)
    return body


def _length_of(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or ""
    if not said:
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            raise BodyError(411, "length_needed", "Say the length of the body in Content-Length.")
        return 0
    if not said.isascii() or not said.isdigit():
        raise BodyError(400, "bad_length", "Content-Length is not a number.")
    return int(said)
