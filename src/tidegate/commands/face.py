"""What the subcommands share: the node they work on, errors told in a line, JSON lines, tables and bars."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from tidegate.clearance import RefusedActError
from tidegate.declarations.flat_mapping import MappingError
from tidegate.exchange import ExchangeError
from tidegate.journal import JournalError
from tidegate.node import BadAdministrationError, BadConfigurationError, BadSourceError, Node, open_node
from tidegate.simulation import FolderNotEmptyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KNOWN_ERRORS = (
    BadAdministrationError,
    BadConfigurationError,
    BadSourceError,
    ExchangeError,
    JournalError,
    MappingError,
    RefusedActError,
    FolderNotEmptyError,
    OSError,
)

node_option = click.option(
    "--node",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder of the node.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")

console = Console()
to_stderr = Console(stderr=True)
_ENCODER = msgspec.json.Encoder(decimal_format="string")


def now() -> datetime:
    """Return the moment; the command line is where the clock is read."""
    return datetime.now(UTC)


@contextmanager
def opened(folder: Path) -> Iterator[Node]:
    """Open the node of a command, and tell known errors in one line."""
    with told(), open_node(folder, now) as node:
        yield node


class KnownError(click.ClickException):
    """An error told in one line; the exit status is 2, for nothing was done."""

    exit_code = 2


@contextmanager
def told() -> Iterator[None]:
    """Tell errors that are known in one line instead of a traceback."""
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read our output has had enough; cli.main ends quietly
    except KNOWN_ERRORS as error:
        raise KnownError(f"{error}  [{getattr(error, 'code', 'file')}]") from None


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; numbers with decimals are strings."""
    click.echo(_ENCODER.encode(value).decode())


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; columns whose name begins with ``#`` hold numbers and stand to the right."""
    console.print(f"[bold]{title}[/bold]", highlight=False)
    drawn = Table()
    for column in columns:
        drawn.add_column(column.lstrip("#"), justify="right" if column.startswith("#") else "left")
    for row in rows:
        drawn.add_row(*("" if value is None else str(value) for value in row))
    console.print(drawn)
