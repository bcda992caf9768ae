"""``tidegate simulate``: play a day of simulated trade on a node."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from rich.progress import Progress

from tidegate.commands.face import console, json_option, now, opened, print_json, table, to_stderr, told
from tidegate.node import Node, create_node
from tidegate.node.playing import Played, play_day
from tidegate.simulation import World


@click.command()
@click.option(
    "--node",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder of the node; where there is none, one is made for the demonstration administration.",
)
@click.option("--seed", default=1, show_default=True, help="The seed of the world: same seed, same trade.")
@click.option(
    "--declarations",
    default=1500,
    show_default=True,
    type=click.IntRange(1, 200_000),
    help="How many declarations are lodged on the day.",
)
@click.option(
    "--day",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day played; without it, the day after the last one lodged, or today.",
)
@json_option
def simulate(folder: Path, seed: int, declarations: int, on: datetime | None, *, as_json: bool) -> None:
    """Play a day: traders lodge valid and flawed declarations, officers control, truth is compared."""
    if not folder.exists():
        with told():
            create_node(folder, "demo", now)
    with opened(folder) as node:
        played_day = on.date() if on is not None else _next_day(node)
        with Progress(console=to_stderr, transient=True, disable=as_json) as bar:
            task = bar.add_task(f"Playing {played_day}", total=1.0)
            played = play_day(
                node,
                World.make(seed),
                played_day,
                declarations,
                progress=lambda share: bar.update(task, completed=share),
            )
    if as_json:
        print_json(played)
    else:
        _tell(played, folder)


def _next_day(node: Node) -> date:
    """Return the day after the last declaration lodged, or today where there is none."""
    size = node.journal.size
    for start in range(size - 1, -1, -1000):
        entries = node.journal.read(max(0, start - 999), 1000, kinds=["declaration.lodged"])
        if entries:
            return entries[-1].occurred.date() + timedelta(days=1)
    return datetime.now(UTC).date()


def _tell(played: Played, folder: Path) -> None:
    console.print(
        f"[bold]{played.day}[/bold]: {played.messages} messages, {played.lodged} declarations lodged, "
        f"{played.accepted} accepted, {played.rejected} rejected; {played.unreadable} could not be read, "
        f"{played.duplicates} used a reference twice.",
        highlight=False,
    )
    table("Channels", ["channel", "#consignments"], sorted(played.channels.items()))
    table("Findings", ["code", "#times"], sorted(played.findings.items()))
    table("Not yet released, waiting for", ["what", "#consignments"], sorted(played.outstanding.items()))
    half, most = played.hours_to_release, played.hours_to_release_of_nine_tenths
    hours = f"half within {half} h, nine tenths within {most} h"
    console.print(
        f"Released: {played.released} ({hours}). Due: {played.due:,} {played.currency}, paid so far: "
        f"{played.paid:,}; the rest is deferred or awaited.\n"
        f"Controls: {played.controls}, of which {played.irregular_found} found something; in truth "
        f"{played.irregular_in_truth} of {played.lodged} declarations were irregular.\n"
        f"Drawn at random: {played.random_controls}, of which {played.random_irregular} found something.\n"
        f"The node is in {folder}.",
        highlight=False,
    )
