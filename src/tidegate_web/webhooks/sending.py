"""One push: a POST to the address that was judged, signed, with a bound on all of it together."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import msgspec

from tidegate_web.webhooks.addresses import AddressError, Target, target_of
from tidegate_web.webhooks.signing import signed

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    from tidegate_web.webhooks.letters import Letter

_SECONDS = 15.0  # for a whole push: who sends its answer octet by octet gains nothing
_RECEIVERS_AT_ONCE = 16
_LONGEST_ERROR = 200


class Sent(msgspec.Struct, frozen=True):
    """What came of a push: nothing wrong, or why not, and whether the receiver wants no more at all."""

    error: str = ""
    gone: bool = False


class Route(msgspec.Struct, frozen=True):
    """Where a receiver is and how it knows us: its URL, its secret, whether it may be this machine."""

    url: str
    secret: str
    loopback: bool


Job = tuple[Route, "Sequence[Letter]"]
Tried = list[tuple[int, Sent]]


def push_all(jobs: Sequence[Job], timestamp: int, tls: ssl.SSLContext) -> list[Tried]:
    """Push to several receivers at once, to each in order; returns by receiver what came of its letters."""
    return asyncio.run(_push_all(jobs, timestamp, tls))


async def _push_all(jobs: Sequence[Job], timestamp: int, tls: ssl.SSLContext) -> list[Tried]:
    room = asyncio.Semaphore(_RECEIVERS_AT_ONCE)
    async with httpx.AsyncClient(
        verify=tls, timeout=_SECONDS, follow_redirects=False, trust_env=False
    ) as client:

        async def one(job: Job) -> Tried:
            async with room:
                return await _in_order(client, job, timestamp)

        return await asyncio.gather(*(one(job) for job in jobs))


async def _in_order(client: httpx.AsyncClient, job: Job, timestamp: int) -> Tried:
    """Push letters one after the other until one fails; return what came of each that was tried."""
    route, letters = job
    tried: Tried = []
    for letter in letters:
        sent = await _push(client, route, letter, timestamp)
        tried.append((letter.position, sent))
        if sent.error:
            break
    return tried


async def _push(client: httpx.AsyncClient, route: Route, letter: Letter, timestamp: int) -> Sent:
    try:
        async with asyncio.timeout(_SECONDS):
            target = await asyncio.to_thread(target_of, route.url, loopback=route.loopback)
            status = await _post(
                client, target, letter, signed(route.secret, letter.id, timestamp, letter.body)
            )
    except AddressError as error:
        return Sent(str(error)[:_LONGEST_ERROR])
    except TimeoutError:
        return Sent(f"the receiver did not answer within {_SECONDS:.0f} seconds")
    except httpx.HTTPError as error:
        return Sent(f"{type(error).__name__}: the receiver could not be reached, or did not answer")
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Sent()
    return Sent(f"the receiver answered {status}", gone=status == HTTPStatus.GONE)


async def _post(client: httpx.AsyncClient, target: Target, letter: Letter, signature: dict[str, str]) -> int:
    """Return the status that a receiver answers; the body of its answer is not read."""
    headers = {
        "Host": target.host_header,
        "Content-Type": letter.content_type,
        "User-Agent": "tidegate-webhooks/1",
        "X-Conversation-ID": letter.conversation,
        **signature,
    }
    extensions = {"sni_hostname": target.host}
    async with client.stream(
        "POST", target.url, content=letter.body, headers=headers, extensions=extensions
    ) as answer:
        return answer.status_code
