"""``tidegate operator``: who is registered, which devices are whose, who may act for whom, and their keys."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - click calls it
from typing import TYPE_CHECKING, get_args

import click

from tidegate.acts import Representation, Role
from tidegate.commands.face import (
    KnownError,
    console,
    json_option,
    node_option,
    now,
    opened,
    print_json,
    table,
)
from tidegate.commands.operator_keys import COMMANDS as KEYS
from tidegate.journal import Key, follow, tables
from tidegate.operators import (
    OperatorRefusedError,
    OperatorsReader,
    devices_of,
    grant_authorisation,
    granted_by,
    granted_to,
    operators,
    register_device,
    register_operator,
    reinstate_operator,
    retire_device,
    suspend_operator,
    withdraw_authorisation,
)
from tidegate.operators.queries import operator as operator_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw

    from tidegate.node import Node

_MOMENTS = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"])


@click.group()
def operator() -> None:
    """Register operators and devices, and say who may act for whom."""


for command in KEYS:
    operator.add_command(command)


@operator.command()
@click.argument("number")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(get_args(Role)),
    help="What the operator is; may be given more than once.",
)
@click.option("--name", default="", help="What the operator is called.")
@node_option
@json_option
def register(number: str, folder: Path, roles: tuple[Role, ...], name: str, *, as_json: bool) -> None:
    """Register an operator under its NUMBER (an EORI, say), once."""
    with _acting(folder) as (node, officer):
        position = register_operator(node.journal, now(), officer, number=number, roles=roles, name=name)
    _tell(f"{number} is registered", position, as_json=as_json)


@operator.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why; it stands in the journal.")
@node_option
@json_option
def suspend(number: str, folder: Path, reason: str, *, as_json: bool) -> None:
    """Suspend the operator with this NUMBER: its credentials open nothing until it is reinstated."""
    with _acting(folder) as (node, officer):
        position = suspend_operator(node.journal, now(), officer, number=number, reason=reason)
    _tell(f"{number} is suspended", position, as_json=as_json)


@operator.command()
@click.argument("number")
@click.option("--reason", default="", help="Why; it stands in the journal.")
@node_option
@json_option
def reinstate(number: str, folder: Path, reason: str, *, as_json: bool) -> None:
    """Reinstate the operator with this NUMBER."""
    with _acting(folder) as (node, officer):
        position = reinstate_operator(node.journal, now(), officer, number=number, reason=reason)
    _tell(f"{number} is reinstated", position, as_json=as_json)


@operator.command()
@click.argument("principal")
@click.argument("representative")
@click.option(
    "--as",
    "representation",
    required=True,
    type=click.Choice(get_args(Representation)),
    help="In the principal's name (direct), or in the representative's own (indirect).",
)
@click.option(
    "--procedure",
    "procedures",
    multiple=True,
    help="The beginning of a customs procedure it is for, such as 40 or 4000; without one, for all.",
)
@click.option("--from", "start", type=_MOMENTS, help="From when it holds; without, from now on.")
@click.option("--until", type=_MOMENTS, help="From when it holds no more; without, until it is withdrawn.")
@node_option
@json_option
def authorise(
    principal: str,
    representative: str,
    folder: Path,
    *,
    representation: Representation,
    procedures: tuple[str, ...],
    start: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Let REPRESENTATIVE act for PRINCIPAL; the position told is the authorisation's number."""
    with _acting(folder) as (node, officer):
        position = grant_authorisation(
            node.journal,
            now(),
            officer,
            principal=principal,
            representative=representative,
            representation=representation,
            procedures=procedures,
            start=_zoned(start),
            until=_zoned(until),
        )
    _tell(f"{representative} may act for {principal}: authorisation {position}", position, as_json=as_json)


@operator.command()
@click.argument("authorisation", type=click.IntRange(min=0))
@click.option("--reason", default="", help="Why; it stands in the journal.")
@node_option
@json_option
def withdraw(authorisation: int, folder: Path, reason: str, *, as_json: bool) -> None:
    """Withdraw an AUTHORISATION by its number; what was lodged under it stands."""
    with _acting(folder) as (node, officer):
        position = withdraw_authorisation(node.journal, now(), officer, number=authorisation, reason=reason)
    _tell(f"Authorisation {authorisation} is withdrawn", position, as_json=as_json)


@operator.command(name="add-device")
@click.argument("device")
@click.option("--owner", required=True, help="The number of the operator who answers for it.")
@click.option("--type", "kind", default="", help="What it is: a seal, a scanner, a weighbridge.")
@node_option
@json_option
def add_device(device: str, folder: Path, owner: str, kind: str, *, as_json: bool) -> None:
    """Register a DEVICE under its owner."""
    with _acting(folder) as (node, officer):
        position = register_device(node.journal, now(), officer, device=device, owner=owner, kind=kind)
    _tell(f"{device} is registered under {owner}", position, as_json=as_json)


@operator.command(name="retire-device")
@click.argument("device")
@click.option("--reason", default="", help="Why; it stands in the journal.")
@node_option
@json_option
def retire(device: str, folder: Path, reason: str, *, as_json: bool) -> None:
    """Retire a DEVICE: it is heard no more."""
    with _acting(folder) as (node, officer):
        position = retire_device(node.journal, now(), officer, device=device, reason=reason)
    _tell(f"{device} is retired", position, as_json=as_json)


@operator.command(name="list")
@click.option("--after", default="", help="Begin after this number.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="How many.")
@node_option
@json_option
def list_operators(folder: Path, after: str, limit: int, *, as_json: bool) -> None:
    """List the operators in the order of their numbers."""
    with opened(folder) as node, _read(node) as read:
        found = operators(read, after, limit)
    if as_json:
        for one in found:
            print_json(one)
        return
    rows = [(one.number, ", ".join(one.roles), one.name, one.suspended or "") for one in found]
    table("Operators", ["number", "roles", "name", "suspended"], rows)


@operator.command()
@click.argument("number")
@node_option
@json_option
def show(number: str, folder: Path, *, as_json: bool) -> None:
    """Tell what is known of the operator with this NUMBER: its devices, and who may act for whom."""
    with opened(folder) as node, _read(node) as read:
        found = operator_in(read, number)
        devices, given, had = devices_of(read, number), granted_by(read, number), granted_to(read, number)
    if found is None and not given:
        raise KnownError(f"No operator is registered as {number!r} here.  [unknown_operator]")
    if as_json:
        print_json({"operator": found, "devices": devices, "granted": given, "held": had})
        return
    if found is not None:
        standing = (
            f"suspended since {found.suspended}: {found.reason}" if found.suspended else "in good standing"
        )
        console.print(f"{number} {found.name} ({', '.join(found.roles)}), {standing}", highlight=False)
    rows = [
        (
            one.number,
            f"{one.representative} for {one.principal}",
            one.representation,
            " ".join(one.procedures) or "all",
            _day(one.start),
            _day(one.withdrawn or one.until),
        )
        for one in (*given, *had)
    ]
    columns = ["#number", "who for whom", "as", "procedures", "from", "until"]
    table("Authorisations", columns, rows)
    if devices:
        table("Devices", ["device", "type", "retired"], [(d.device, d.type, d.retired) for d in devices])


@contextmanager
def _acting(folder: Path) -> Iterator[tuple[Node, Key]]:
    """Open a node to act on operators as its officer; what was done is in the tables at once."""
    with opened(folder) as node:
        try:
            yield node, Key(f"node:{node.origin}")
        except OperatorRefusedError as refused:
            raise KnownError(f"{refused}  [{refused.code}]") from None
        follow(node.journal, OperatorsReader(), node.read_tables)


@contextmanager
def _read(node: Node) -> Iterator[apsw.Connection]:
    follow(node.journal, OperatorsReader(), node.read_tables)
    with closing(tables(OperatorsReader(), node.read_tables)) as read:
        yield read


def _zoned(moment: datetime | None) -> datetime | None:
    """Return a moment with a zone: a day without one begins at midnight UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment is not None else ""


def _tell(text: str, position: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"position": position})
    else:
        console.print(f"{text} (position {position}).", highlight=False)
