"""Bodies as they arrive: read by the server's event loop, so that a slow one costs a coroutine and no thread.

A body that fits into a message is read whole before a thread is given to its request, within a limit of time
and of what all bodies under way may hold. Larger ones, and those of unknown length, are read part by part by
the view that asks for them; each part has to come within the limit of time.
"""

from __future__ import annotations

import asyncio
from io import BytesIO, RawIOBase
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_MOST_HELD = 256 * 1024 * 1024  # octets that bodies under way may hold in one process

ERROR = "tidegate.body"  # where the environment of a request says why its body is not there


class Arriving(Protocol):
    """What gives a body: the server's own object."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Return the parts."""
        ...


class Held:
    """How much the bodies under way hold, which only the event loop asks and changes."""

    def __init__(self, most: int = _MOST_HELD) -> None:
        self._left = most

    def take(self, octets: int) -> bool:
        """Tell whether there is room for so many octets, and take it."""
        if octets > self._left:
            return False
        self._left -= octets
        return True

    def give(self, octets: int) -> None:
        """Give room back."""
        self._left += octets


async def whole(protocol: Arriving, length: int, seconds: float) -> tuple[BytesIO, str]:
    """Return a body and why it is not whole: nothing, ``too_slow`` or ``broken_body``."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in protocol:
                parts.append(bytes(part))
                size += len(part)
                if size >= length:
                    break
    except TimeoutError:
        return BytesIO(), "too_slow"
    except RuntimeError:  # what the server raises when the connection is gone
        return BytesIO(), "broken_body"
    return BytesIO(b"".join(parts)), "" if size >= length else "broken_body"


class Parts(RawIOBase):
    """A body that is read part by part from another thread, as a file is."""

    def __init__(self, protocol: Arriving, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._protocol = protocol
        self._loop = loop
        self._seconds = seconds
        self._iterator: AsyncIterator[bytes] | None = None
        self._left = b""
        self._ended = False

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what has come, at least one octet unless the body has ended.

        Raises:
            TimeoutError: no part came in time.
            OSError: the connection is gone.
        """
        if not self._left and not self._ended:
            self._left = self._next_part()
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size

    def _next_part(self) -> bytes:
        waiting = asyncio.run_coroutine_threadsafe(self._coming(), self._loop)
        try:
            return waiting.result(self._seconds + 1)
        except RuntimeError as error:
            raise OSError(str(error)) from None

    async def _coming(self) -> bytes:
        if self._iterator is None:
            self._iterator = aiter(self._protocol)
        async with asyncio.timeout(self._seconds):
            while True:
                try:
                    part = bytes(await anext(self._iterator))
                except StopAsyncIteration:
                    self._ended = True
                    return b""
                if part:
                    return part
