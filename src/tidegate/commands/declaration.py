"""``tidegate declaration``: read declarations into values, and write them from values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tidegate.commands.face import json_option, print_json, told
from tidegate.declarations.messages import read_file, write_message

if TYPE_CHECKING:
    from tidegate.declarations.messages import Message


@click.group()
def declaration() -> None:
    """Read and write declarations, without a node."""


@declaration.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def rewrite(ctx: click.Context, file: Path) -> None:
    """Read FILE into values and print the message written from those values alone."""
    message = _read(file)
    if message.kind == "unreadable":
        _tell_findings(message)
        ctx.exit(1)
    try:
        written = write_message(message)
    except ValueError as error:
        _tell_findings(message)
        raise click.ClickException(str(error)) from None
    click.echo(written)


@declaration.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@click.pass_context
def read(ctx: click.Context, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Print the values in FILES: their kind and findings, and with --json the declaration as JSON."""
    unreadable = 0
    for file in files:
        message = _read(file)
        unreadable += message.kind == "unreadable"
        if as_json:
            found = {"file": str(file), "kind": message.kind, "declaration": message.declaration}
            print_json({**found, "findings": message.findings})
        else:
            click.echo(f"{file}: {message.kind}")
            _tell_findings(message)
    ctx.exit(1 if unreadable else 0)


def _read(file: Path) -> Message:
    with told():
        return read_file(file)[1]


def _tell_findings(message: Message) -> None:
    for finding in message.findings:
        click.echo(f"  {finding.code} at {finding.location}: {finding.text}", err=True)
