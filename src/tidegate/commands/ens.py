"""``tidegate ens``: a carrier's day before arrival, played on a node."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from tidegate.commands.face import console, json_option, node_option, now, opened, print_json, table, told
from tidegate.node import create_node
from tidegate.node.ens_rehearsing import rehearse as rehearse_on

if TYPE_CHECKING:
    from pathlib import Path

    from tidegate.entry import LooseEnd
    from tidegate.node import Node
    from tidegate.node.ens_rehearsing import Rehearsed


@click.group()
def ens() -> None:
    """Entry summary declarations: what is announced before arrival."""


@ens.command()
@node_option
@click.option("--seed", type=int, default=1, show_default=True, help="Of the simulated day.")
@click.option(
    "--consignments",
    type=click.IntRange(1, 5_000),
    default=120,
    show_default=True,
    help="How many are announced.",
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of arrival; without it, the day after the last one announced, or 2026-01-15.",
)
@json_option
@click.pass_context
def rehearse(
    ctx: click.Context, folder: Path, *, seed: int, consignments: int, on: datetime | None, as_json: bool
) -> None:
    """Play a carrier's day on a node, which is made where there is none, and compare it with what is true.

    Entry summary declarations are lodged, rejected, amended and diverted, conveyances arrive, importers
    declare; what met nothing is told with its reason.
    """
    if not folder.exists():
        with told():
            create_node(folder, "demo", now)
    with opened(folder) as node:
        day = on.date() if on is not None else _next_day(node)
        rehearsed, ends, differing = rehearse_on(node, seed, day, consignments)
    if as_json:
        for one in ends:
            print_json({"unmatched": one.subject, "what": one.what, "reason": one.reason, "text": one.text})
        for said in differing:
            print_json({"differs": said})
        print_json(rehearsed)
    else:
        _tell(rehearsed, ends, differing)
    ctx.exit(1 if differing or rehearsed.unmatched_without_reason else 0)


def _next_day(node: Node) -> date:
    """Return the day after the last arrival at the node, or a first day."""
    size = node.journal.size
    for start in range(size - 1, -1, -1000):
        entries = node.journal.read(max(0, start - 999), 1000, kinds=["conveyance.arrived"])
        if entries:
            return entries[-1].occurred.astimezone(UTC).date() + timedelta(days=1)
    return date(2026, 1, 15)


def _tell(rehearsed: Rehearsed, ends: list[LooseEnd], differing: list[str]) -> None:
    console.print(
        f"[bold]{rehearsed.day}[/bold], seed {rehearsed.seed}: {rehearsed.conveyances} conveyances with "
        f"{rehearsed.crew} crew and {rehearsed.passengers} passengers. {rehearsed.lodged} entry summary "
        f"declarations lodged, {rehearsed.accepted} accepted, {rehearsed.rejected} rejected, "
        f"{rehearsed.late} late; {rehearsed.amended} amended, {rehearsed.diverted} diverted.",
        highlight=False,
    )
    table("Decided in advance", ["decision", "#entries"], sorted(rehearsed.decisions.items()))
    console.print(
        f"{rehearsed.arrived} arrived, {rehearsed.controlled} controlled, {rehearsed.released} released, "
        f"{rehearsed.missed} missed; {rehearsed.unannounced} came unannounced. {rehearsed.matched} met the "
        f"declaration of their goods, of {rehearsed.declared} declared.",
        highlight=False,
    )
    table("Met nothing", ["what", "subject", "reason"], [(one.what, one.subject, one.text) for one in ends])
    for said in differing:
        console.print(f"Not as it is in truth: {said}", highlight=False)
    console.print(
        f"{rehearsed.as_in_truth} of {rehearsed.consignments} consignments stand as they do in truth.",
        highlight=False,
    )
