"""What verification finds wrong: data, not exceptions."""

from msgspec import Struct

LIMIT = 100


class Fault(Struct, frozen=True):
    """What is wrong: at which position, where that is known; in which part; in words."""

    position: int | None
    part: str
    text: str


class EnoughError(Exception):
    """So much is wrong that going on would tell nothing more."""


class Faults:
    """The faults found so far; `EnoughError` ends the search after 100."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, position: int | None, part: str, text: str) -> None:
        """Note a fault."""
        self.found.append(Fault(position, part, text))
        if len(self.found) >= LIMIT:
            raise EnoughError

    def stop(self, text: str = "There are many faults; the search ended here.") -> None:
        """Note why the search ended early."""
        self.found.append(Fault(None, "database", text))
