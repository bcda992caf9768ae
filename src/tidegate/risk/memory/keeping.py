"""Keeping a memory: its settled arrays in one file, the same memory in the same bytes."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from tidegate.risk.memory.plan import Plan
from tidegate.risk.memory.remembering import Memory

if TYPE_CHECKING:
    from pathlib import Path

_FORM = "tidegate risk memory 1"


class BadMemoryError(Exception):
    """A file that holds no memory of this form, or a memory that cannot be saved."""

    code = "risk.bad_memory"


class _Head(msgspec.Struct, frozen=True):
    form: str
    settled: int
    plan: Plan


def save_memory(memory: Memory, path: Path) -> None:
    """Write what is settled; events that are not are learned again from the journal.

    Raises:
        BadMemoryError: nothing is settled yet, so that the file would be empty.
    """
    if not memory.entities():
        raise BadMemoryError("nothing is settled yet: settle the memory at an epoch before saving it")
    head = msgspec.json.encode(_Head(_FORM, memory.settled, memory.plan))
    arrays = {
        f"{kind}/{name}": array for kind, stock in memory.stocks.items() for name, array in stock.arrays()
    }
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, head=np.frombuffer(head, np.uint8), **arrays)


def load_memory(path: Path) -> Memory:
    """Read a memory that was saved; events since its epoch are to be learned again.

    Raises:
        BadMemoryError: the file holds no memory of this form.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            head = msgspec.json.decode(file["head"].tobytes(), type=_Head)
            if head.form != _FORM:
                raise BadMemoryError(f"{path} is of the form {head.form!r}; {_FORM!r} is read here")
            memory = Memory(head.plan)
            for kind, stock in memory.stocks.items():
                stock.restore({name: file[f"{kind}/{name}"] for name, _ in stock.arrays()})
    except (ValueError, KeyError, zipfile.BadZipFile, msgspec.DecodeError, EOFError) as error:
        raise BadMemoryError(f"{path} holds no memory: {error}") from error
    memory.settled = head.settled
    return memory
