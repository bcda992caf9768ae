"""How much one client may ask: a pace and a day's quota, told in each answer as the drafts of the IETF say.

Headers: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers), `Retry-After` (RFC 9110).
"""

from __future__ import annotations

import threading
import time
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from tidegate_web.access.counters import Counters, Pace, Spent
from tidegate_web.node import now

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.http import HttpRequest, HttpResponse

    from tidegate_web.access.models import Credential


_OF_A_BURST = 16
_OF_A_MINUTE = 600  # a tenth of a second's


class Purse:
    """What this process has drawn from the shared counters for clients that ask often, and not yet spent.

    A write to the counters' file waits for the disk wherever the file system is making other files durable,
    some milliseconds at times. So who may ask often draws for several requests at once: a sixteenth of what
    may come at once, and never more than a tenth of a second's. What is drawn counts as spent; what is left
    in a purse may be spent later, so that so many and no more can come ahead of the pace. Others draw one by
    one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, tuple[int, Spent]] = {}

    def spend(self, name: str, pace: Pace, most: int, cost: int) -> tuple[Spent, bool]:
        """Spend from a client's pace and from its quota of the day; returns what either says."""
        with self._lock:
            left, spent = self._left.get(name, (0, None))
            if spent is None or left < cost:
                drawn = min(pace.at_once // _OF_A_BURST, pace.per_minute // _OF_A_MINUTE)
                for wanted in (max(drawn, cost), cost):
                    spent = counters().spend(name, pace, cost=wanted)
                    if spent.allowed:
                        break
                if not spent.allowed:
                    return spent, True
                for used in (wanted, cost):
                    if counters().use(name, today(), most, used):
                        break
                else:
                    return spent, False
                left += used
            left -= cost
            self._left[name] = left, spent
        return Spent(allowed=True, left=spent.left + left, wait=spent.wait), True


_purse = Purse()


@cache
def _counters(path: Path) -> Counters:
    counters = Counters(path)
    counters.tidy(time.time(), today())
    return counters


def counters() -> Counters:
    """Return the counters of this node, which all its processes share."""
    return _counters(settings.NODE_FOLDER / "limits.db")


def today() -> str:
    """Return the day that quotas and refusals are counted by, in UTC."""
    return now().date().isoformat()


def pace_of(credential: Credential) -> Pace:
    """Return the pace of a credential: its own, else that of the node."""
    per_minute = credential.per_minute or settings.CONFIGURATION.requests_per_minute
    return Pace(per_minute, max(1, min(settings.CONFIGURATION.requests_at_once, per_minute)))


def spend(request: HttpRequest, credential: Credential, cost: int) -> tuple[str, str, int] | None:
    """Spend from a client's pace and quota; returns code, text and seconds to wait where there is no room."""
    pace = pace_of(credential)
    most = credential.per_day or settings.CONFIGURATION.requests_per_day
    spent, within = _purse.spend(f"client:{credential.prefix}", pace, most, cost)
    request.rate = (pace, spent)  # type: ignore[attr-defined] - for the headers
    if not spent.allowed:
        text = f"At most {pace.per_minute} requests a minute: come again in {spent.wait} seconds."
        return "too_many", text, spent.wait
    if not within:
        text = f"The {most} requests of this day are used up. The next day begins at midnight UTC."
        return "quota_used_up", text, _until_midnight()
    return None


class RateHeaders:
    """Middleware that tells each client what is left of its pace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers where the guard has spent."""
        answer = self._get_response(request)
        rate: tuple[Pace, Spent] | None = getattr(request, "rate", None)
        if rate is not None:
            pace, spent = rate
            answer["RateLimit-Policy"] = f'"client";q={pace.per_minute};w=60'
            answer["RateLimit"] = f'"client";r={spent.left};t={spent.wait}'
        return answer


def _until_midnight() -> int:
    moment = now()
    return 86_400 - (moment.hour * 3600 + moment.minute * 60 + moment.second)
