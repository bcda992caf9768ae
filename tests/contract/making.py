"""What the journal's tests append, and the engines they append it to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tidegate.journal import Append, Draft, Journal, Key, create_journal, open_journal

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Engine(NamedTuple):
    """How one engine makes and opens a journal: `create(folder, clock)`, `open(folder, clock)`."""

    create: Callable[[Path, Callable[[], datetime]], Journal]
    open: Callable[[Path, Callable[[], datetime]], Journal]


ENGINES = {
    "sqlite": Engine(
        lambda folder, clock: create_journal(folder, clock=clock),
        lambda folder, clock: open_journal(folder, clock=clock),
    ),
}


def draft(*keys: str | Key, body: bytes = b"{}", kind: str = "declaration.lodged", **parts) -> Draft:
    """Return an act about the keys."""
    return Draft(
        kind=kind,
        version=parts.pop("version", 1),
        occurred=parts.pop("occurred", BEGIN),
        author=parts.pop("author", Key("office:XA001")),
        keys=tuple(key if isinstance(key, Key) else Key(key) for key in keys),
        body=body,
        **parts,
    )


def alone(*keys: str | Key, conditions=(), **parts) -> Append:
    """Return a group of one act."""
    return Append((draft(*keys, **parts),), conditions)
