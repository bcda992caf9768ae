"""The part of ``tidegate operator`` that needs the face's own store: credentials, webhooks, refusals.

They are kept beside the journal, in web.db, by the face (the extra ``web``), which is asked in a process of
its own: the command line knows nothing of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path  # noqa: TC003 - click calls it
from typing import Any

import click
import msgspec

from tidegate.commands.face import (
    KnownError,
    console,
    json_option,
    node_option,
    now,
    print_json,
    table,
    to_stderr,
    told,
)
from tidegate.node import read_configuration

_KINDS = click.Choice(["key", "oauth"])


@click.command()
@click.argument("number")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    help="What it is for (docs/access.md); more than one may be given. Without: all but operator:admin.",
)
@click.option(
    "--kind", type=_KINDS, default="key", show_default=True, help="An API key, or an OAuth 2 client."
)
@click.option("--purpose", default="", help="What for, in a few words, so that it is known again.")
@click.option("--device", default="", help="The device that shows it, where it is one.")
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1, 1098), help="How long it holds."
)
@click.option("--per-minute", type=click.IntRange(1), help="Requests a minute, if not as node.toml says.")
@click.option("--per-day", type=click.IntRange(1), help="Requests a day, if not as node.toml says.")
@node_option
@json_option
def key(number: str, folder: Path, scopes: tuple[str, ...], *, as_json: bool, **parts: Any) -> None:
    """Make a credential for the operator with this NUMBER; its secret is printed this once."""
    (made,) = _asked(folder, "make", {"operator": number, "scopes": scopes, **parts})
    if as_json:
        print_json(made)
        return
    to_stderr.print(
        f"{made['kind']} {made['id']}, until {made['expires']}: {' '.join(made['scopes'])}", highlight=False
    )
    click.echo(made["secret"])


@click.command()
@click.argument("number")
@node_option
@json_option
def keys(number: str, folder: Path, *, as_json: bool) -> None:
    """List the credentials of the operator with this NUMBER, those that ended too."""
    found = _asked(folder, "list", {"operator": number})
    _list(
        "Credentials",
        {"id": "id", "kind": "kind", "purpose": "purpose", "expires": "expires", "revoked": "revoked"},
        found,
        as_json=as_json,
    )


@click.command()
@click.argument("number")
@click.argument("credential")
@click.option(
    "--hours",
    default=24,
    show_default=True,
    type=click.IntRange(0, 720),
    help="How long the old one holds on.",
)
@node_option
@json_option
def rotate(number: str, credential: str, folder: Path, hours: int, *, as_json: bool) -> None:
    """Make a credential in the place of another CREDENTIAL; its secret is printed this once."""
    (made,) = _asked(folder, "rotate", {"operator": number, "id": credential, "hours": hours})
    if as_json:
        print_json(made)
        return
    to_stderr.print(f"{made['kind']} {made['id']} takes the place of {credential}", highlight=False)
    click.echo(made["secret"])


@click.command()
@click.argument("number")
@click.argument("credential", default="")
@node_option
@json_option
def revoke(number: str, credential: str, folder: Path, *, as_json: bool) -> None:
    """Revoke a CREDENTIAL of the operator with this NUMBER at once; all of them where none is named."""
    (done,) = _asked(folder, "revoke", {"operator": number, "id": credential})
    if as_json:
        print_json(done)
    else:
        console.print(f"{done['revoked']} revoked.")


@click.command()
@click.argument("number")
@node_option
@json_option
def webhooks(number: str, folder: Path, *, as_json: bool) -> None:
    """List where the notices of the operator with this NUMBER are pushed to, and how that fares."""
    found = _asked(folder, "webhooks", {"operator": number})
    columns = {
        "id": "id",
        "url": "url",
        "#attempts": "attempts",
        "due": "due",
        "#dead": "dead",
        "error": "error",
    }
    _list("Webhooks", columns, found, as_json=as_json)


@click.command(name="dead-letters")
@click.argument("number")
@click.argument("webhook")
@click.option("--again", is_flag=True, help="Have them sent again; all, or those at the positions given.")
@click.option("--position", "positions", multiple=True, type=click.IntRange(0), help="Of a notice.")
@node_option
@json_option
def dead_letters(
    number: str, webhook: str, folder: Path, positions: tuple[int, ...], *, again: bool, as_json: bool
) -> None:
    """List the notices that a WEBHOOK would not take, or have them sent again."""
    parts = {"operator": number, "id": webhook, "positions": positions}
    if not again:
        columns = {"#position": "position", "#attempts": "attempts", "died": "died", "error": "error"}
        _list("Dead letters", columns, _asked(folder, "dead", parts), as_json=as_json)
        return
    (done,) = _asked(folder, "again", parts)
    if as_json:
        print_json(done)
    else:
        console.print(f"{done['letters']} are on their way again.")


@click.command()
@click.option("--since", default="", help="From this day on (YYYY-MM-DD, UTC); without, today.")
@node_option
@json_option
def refusals(folder: Path, since: str, *, as_json: bool) -> None:
    """Tell what was refused at the door, how often and why; by credential, not by operator."""
    found = _asked(folder, "refusals", {"since": since or now().date().isoformat()})
    columns = {one: one for one in ("day", "route", "code", "credential")} | {"#times": "times"}
    _list("Refusals", columns, found, as_json=as_json)


COMMANDS = (key, keys, rotate, revoke, webhooks, dead_letters, refusals)


def _asked(folder: Path, what: str, parts: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask the face to do something, and return the objects it answers."""
    with told():
        read_configuration(folder)
    arguments = ["-m", "tidegate_web.manage", "credential", what, msgspec.json.encode(parts).decode()]
    environment = {**os.environ, "TIDEGATE_NODE": str(folder.resolve())}
    done = subprocess.run(  # noqa: S603 - our own program, and no shell
        [sys.executable, *arguments], env=environment, capture_output=True, check=False, text=True
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("CommandError: ")]
        raise KnownError(said[-1].removeprefix("CommandError: ") if said else done.stderr.strip())
    return [msgspec.json.decode(line) for line in done.stdout.splitlines()]


def _list(title: str, columns: dict[str, str], found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        for one in found:
            print_json(one)
        return
    table(title, list(columns), [[one[name] for name in columns.values()] for one in found])
