"""Lock-out of people: wrong passwords are counted by account and by address, and heard later.

An account is counted for each address, tightly, and from everywhere, more widely: so that guessing from many
addresses is slow, and somebody who guesses cannot easily keep its owner out. Names and addresses are kept as
keyed digests only, in the counters that all workers share and that outlive them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from tidegate_web.access.counters import Pace
from tidegate_web.access.limits import counters
from tidegate_web.access.lockout import ONE_ADDRESS, address_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

ONE_ACCOUNT_HERE = Pace(per_minute=1, at_once=5)
ONE_ACCOUNT = Pace(per_minute=2, at_once=20)
BEGINNINGS = Pace(per_minute=20, at_once=30)
_MINUTE = 60


def wait_of(request: HttpRequest, account: str) -> int:
    """Return for how many seconds who signs in from here is not heard; 0 where they are."""
    return max(counters().wait(name, pace) for name, pace in _paces(request, account))


def note_failure(request: HttpRequest, account: str) -> None:
    """Count a wrong password."""
    for name, pace in _paces(request, account):
        counters().spend(name, pace)


def may_begin(request: HttpRequest) -> bool:
    """Tell whether this address may begin at the issuer again, which is asked each time."""
    return counters().spend(f"people:{_digest(address_of(request))}:begin", BEGINNINGS).allowed


def locked(account: str) -> int:
    """Return for how many seconds an account is not heard, from some address or from all."""
    name = _name(account)
    return max(counters().wait(name, ONE_ACCOUNT), counters().longest_wait(f"{name}:", ONE_ACCOUNT_HERE))


def unlock(account: str) -> None:
    """Forget the wrong passwords of an account."""
    counters().forget(_name(account))


def in_words(seconds: int) -> str:
    """Return how long that is, as people say it."""
    if seconds < 2 * _MINUTE:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes = -(-seconds // _MINUTE)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def _paces(request: HttpRequest, account: str) -> Iterator[tuple[str, Pace]]:
    address = _digest(address_of(request))
    yield f"{_name(account)}:{address}", ONE_ACCOUNT_HERE
    yield _name(account), ONE_ACCOUNT
    yield f"people:{address}", ONE_ADDRESS


def _name(account: str) -> str:
    return f"person:{_digest(account.casefold())}"


def _digest(text: str) -> str:
    return salted_hmac("tidegate.people.lockout", text, algorithm="sha256").hexdigest()[:32]
