"""What the node's tests open: nodes in a folder of the test, and administrations changed in one place."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import tidegate
from tidegate.node import create_node, open_node
from tidegate.node.configuration import KEY

MOMENT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def clock() -> datetime:
    return MOMENT


def made(folder: Path, administration: str = "demo") -> Path:
    """Make a node and return its folder."""
    create_node(folder, administration, clock)
    # One key, not a random one: who is drawn for examination depends on it, and tests are to be repeatable.
    (folder / KEY).write_text(f"{7:064x}\n", encoding="ascii")
    return folder


def opened(folder: Path):
    """Open a node at the moment of the tests."""
    return open_node(folder, clock)


def administration(folder: Path) -> Path:
    """Copy the demonstration administration into a folder, to be changed."""
    shutil.copytree(Path(tidegate.__file__).parent / "administrations" / "demo", folder)
    return folder


def shortest_life(folder: Path) -> str:
    """Copy the demonstration administration without its practice: released is the end, and nobody is told."""
    (administration(folder) / "life.toml").unlink()
    return str(folder)


def change(path: Path, old: str, new: str) -> None:
    """Change a text in a file; it must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
