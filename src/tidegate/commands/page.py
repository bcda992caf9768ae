"""The page of all commands: ``python -m tidegate.commands.page > docs/commands.md``."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING

import click

from tidegate.cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator


def page() -> str:
    """Return the page: every command with its arguments and options."""
    lines = [
        "# Commands",
        "",
        "Every command of `tidegate`. The page is made from the code: `make docs` writes it, and a test compares.",
        "The exit status is 0 where all went well, 1 where something was refused or did not verify, and 2 where",
        "nothing could be done: a known error is then told in one line, with its code.",
    ]
    for path, command in _commands("tidegate", cli):
        usage = " ".join(param.make_metavar(click.Context(command)) for param in _arguments(command))
        lines += ["", f"## `{path} {usage}".rstrip() + "`", "", inspect.cleandoc(command.help or "")]
        options = [param for param in command.params if isinstance(param, click.Option)]
        if options:
            lines += ["", "| option | meaning |", "|---|---|"]
            lines += [f"| `{' '.join(option.opts)}` | {option.help or ''} |" for option in options]
    return "\n".join(lines) + "\n"


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from _commands(f"{path} {name}", below)


def _arguments(command: click.Command) -> list[click.Parameter]:
    return [param for param in command.params if isinstance(param, click.Argument)]


if __name__ == "__main__":
    sys.stdout.write(page())
