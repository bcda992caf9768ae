"""Looks at the tables of readers and responders without changing them."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Literal

import apsw
from msgspec import Struct

from tidegate.journal.check import Trouble, unreadable
from tidegate.journal.model import JournalError
from tidegate.journal.schema import connect, database_errors
from tidegate.journal.tables import Followed, damage_of, path_of, state_of

PATIENCE_SECONDS = 2.0


class Followers(Struct, frozen=True):
    """Readers or responders: the folder of their tables, and the version of each by its name."""

    role: Literal["reader", "responder"]
    folder: Path
    versions: Mapping[str, int]


def check_tables(followers: Followers, size: int | None, node: str) -> list[Trouble]:
    """Return what is wrong with the tables; `size` is that of the journal where it could be read.

    `node` is how the user names the node's folder, for the commands in the remedies.
    """
    found: list[Trouble] = []
    for name, version in followers.versions.items():
        found += _Tables(followers, name, version, node).check(size)
    found += _passing(followers)
    return found


class _Tables:
    """The tables of one reader or responder, being looked at."""

    def __init__(self, followers: Followers, name: str, version: int, node: str) -> None:
        self.path = path_of(name, followers.folder)
        self.role = followers.role
        self.name = name
        self.version = version
        self.part = f"{followers.role} {name}"
        self.follow = f"`tidegate journal catch-up --node {node}`"
        self.anew = (
            f"Rebuild them: `tidegate journal replay {name} --node {node}`."
            if followers.role == "reader"
            else f"Make them anew: {self.follow}. It takes up what the journal says was answered, and "
            "answers nothing twice."
        )

    def check(self, size: int | None) -> list[Trouble]:
        if not self.path.exists():
            missing = "There are no tables yet, or their file was removed."
            text = (
                f"Nothing needs to be done: they are made from the journal when needed, or by {self.follow}."
            )
            return [self._trouble(None, missing, text, "note")] if size else []
        try:
            state, damage = self._read()
        except JournalError as error:
            return [unreadable(self.part, error, self.anew)]
        if damage:
            return [
                self._trouble(None, f"{self.path} is damaged: {text}.", self.anew, "error") for text in damage
            ]
        return list(self._position(state, size))

    def _read(self) -> tuple[Followed | None, list[str]]:
        damage = damage_of(self.path, PATIENCE_SECONDS)
        if damage:
            return None, damage
        with database_errors():
            connection = connect(self.path, flags=apsw.SQLITE_OPEN_READONLY, patience=PATIENCE_SECONDS)
        with closing(connection), database_errors(connection):
            return state_of(connection), []

    def _position(self, state: Followed | None, size: int | None) -> Iterator[Trouble]:
        if state is None:
            yield self._trouble(None, f"{self.path} has no tables yet.", f"Fill them: {self.follow}.", "note")
        elif (state.role, state.name) != (self.role, self.name):
            wrong = f"{self.path} belongs to the {state.role} {state.name}."
            yield self._trouble(None, wrong, f"Move it where it belongs, then {self.follow}.", "error")
        elif state.version != self.version:
            wrong = f"The tables are of version {state.version}, the software is of version {self.version}."
            yield self._trouble(
                state.position, wrong, f"They are brought up to date by {self.follow}.", "note"
            )
        elif size is not None and state.position > size:
            wrong = f"They have heard {state.position} entries, and the journal has {size}: it lost its end."
            text = (
                "Where the journal was put back to an older state on purpose, move the file aside, then "
                f"{self.follow}. Where it was not, entries are lost: verify the journal against the last "
                "checkpoint that was published, and restore the newest backup."
            )
            yield self._trouble(state.position, wrong, text, "error")
        elif size is not None and state.position < size:
            wrong = f"They have heard {state.position} of {size} entries."
            yield self._trouble(
                state.position, wrong, f"They follow with the next work, or {self.follow}.", "note"
            )

    def _trouble(
        self, position: int | None, wrong: str, remedy: str, severity: Literal["error", "warning", "note"]
    ) -> Trouble:
        return Trouble(self.part, position, wrong, remedy, severity)


def _passing(followers: Followers) -> Iterator[Trouble]:
    for name in followers.versions:
        for path in sorted(followers.folder.glob(f".{name}-*")):
            wrong = f"{path}: a process ended while it rebuilt tables there, or rebuilds them now."
            remedy = "It may stay. To gain its space, delete it while nothing works on the node."
            yield Trouble(f"{followers.role} {name}", None, wrong, remedy, "note")
