"""Lock-out: whoever shows wrong credentials too often is heard later, and costs nothing meanwhile.

Counted by the address and the credential that is claimed, so that one broken program does not lock out its
neighbours behind the same address; and by the address alone, at a wider pace, against guessing. Addresses are
kept as keyed digests only, and forgotten when their pace has run out.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from django.conf import settings

from tidegate_web.access.counters import Pace
from tidegate_web.access.limits import counters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

ONE_CREDENTIAL = Pace(per_minute=2, at_once=10)
ONE_ADDRESS = Pace(per_minute=20, at_once=100)
_CLAIM_LETTERS = 15  # of a credential: enough to tell two apart, too few to be of use


def address_of(request: HttpRequest) -> str:
    """Return whence a request comes; behind a proxy, what the proxy says of it (its last word)."""
    if settings.CONFIGURATION.behind_proxy:
        said: str = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if said:
            return said
    return str(request.META.get("REMOTE_ADDR", ""))


def locked(request: HttpRequest, claimed: str) -> int:
    """Return for how many seconds who asks is not heard; 0 where it is."""
    return max(counters().wait(name, pace) for name, pace in _paces(request, claimed))


def note_failure(request: HttpRequest, claimed: str) -> None:
    """Count a wrong credential."""
    for name, pace in _paces(request, claimed):
        counters().spend(name, pace)


def _paces(request: HttpRequest, claimed: str) -> Iterator[tuple[str, Pace]]:
    address = address_of(request)
    yield f"wrong:{_digest(f'{address} {claimed[:_CLAIM_LETTERS]}')}", ONE_CREDENTIAL
    yield f"wrong:{_digest(address)}", ONE_ADDRESS


def _digest(text: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), "sha256").hex()[:32]
