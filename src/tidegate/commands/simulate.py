"""``tidegate simulate``: play days of simulated trade on a node, or write them as frames."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from rich.progress import Progress, TaskID

from tidegate.commands.face import console, json_option, now, opened, print_json, table, to_stderr, told
from tidegate.node import Node, create_node
from tidegate.node.living import Living
from tidegate.node.playing import Played, play_day
from tidegate.simulation import World, write_world

_A_DAY_BEFORE = 300  # declarations of each day that is caught up on: enough to look at, soon there


@click.command()
@click.option(
    "--node",
    "folder",
    type=click.Path(path_type=Path),
    help="Play days on this node; where there is none, one is made for the demonstration administration.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the world's days to this empty folder as frames with their truth, instead of playing them.",
)
@click.option("--seed", default=1, show_default=True, help="The seed of the world: same seed, same trade.")
@click.option("--days", default=1, show_default=True, type=click.IntRange(0, 36_500), help="How many days.")
@click.option(
    "--declarations",
    default=1500,
    show_default=True,
    type=click.IntRange(1, 200_000),
    help="How many declarations a day; with --out, on average and of all administrations together.",
)
@click.option(
    "--day",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day; without it, the day after the last one lodged, or 2026-01-01 with --out.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Beside a served node: play --days before now, then lodge and act as time runs, until stopped.",
)
@json_option
def simulate(
    folder: Path | None,
    out: Path | None,
    *,
    seed: int,
    days: int,
    declarations: int,
    on: datetime | None,
    live: bool,
    as_json: bool,
) -> None:
    """Play days of simulated trade on a node, or write them as frames with their truth.

    Traders lodge valid and flawed declarations, officers control, cash is paid, and what was found is
    compared with what is true.
    """
    if (folder is None) == (out is None):
        raise click.UsageError("Name either a node to play on (--node) or a folder to write to (--out).")
    first = on.date() if on is not None else None
    if days < 1 and not live:
        raise click.UsageError("--days is at least 1; only --live may have no days before now.")
    if live:
        if folder is None or first is not None:
            raise click.UsageError("--live plays on a node (--node), and until now: it takes no --day.")
        _live(folder, World.make(seed), days, declarations)
        return
    if out is not None:
        _write(out, World.make(seed), first or date(2026, 1, 1), days, declarations, as_json=as_json)
    elif folder is not None:
        _play(folder, World.make(seed), first, days, declarations, as_json=as_json)


def _play(
    folder: Path, world: World, first: date | None, days: int, declarations: int, *, as_json: bool
) -> None:
    if not folder.exists():
        with told():
            create_node(folder, "demo", now)
    with opened(folder) as node:
        start = first or _next_day(node)
        for on in (start + timedelta(days=number) for number in range(days)):
            with Progress(console=to_stderr, transient=True, disable=as_json) as bar:
                task = bar.add_task(f"Playing {on}", total=1.0)

                def told_share(share: float, bar: Progress = bar, task: TaskID = task) -> None:
                    bar.update(task, completed=share)

                played = play_day(node, world, on, declarations, progress=told_share)
            if as_json:
                print_json(played)
            else:
                _tell(played, folder)


def _live(folder: Path, world: World, days: int, declarations: int) -> None:
    stop = threading.Event()
    parent = os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened(folder) as node:
        Living(
            node,
            world,
            now,
            lambda seconds: stop.wait(seconds) or os.getppid() != parent,
            days=days,
            a_day_before=min(declarations, _A_DAY_BEFORE),
            a_day=declarations,
        ).run()


def _write(out: Path, world: World, start: date, days: int, per_day: int, *, as_json: bool) -> None:
    with told(), Progress(console=to_stderr, transient=True, disable=as_json) as bar:
        task = bar.add_task(f"Writing {days} days", total=days)
        summary = write_world(
            out, world, start, days, per_day, progress=lambda done, _: bar.update(task, completed=done)
        )
    if as_json:
        print_json(summary)
        return
    console.print(
        f"[bold]{summary.days} days from {summary.start}[/bold], seed {summary.seed}: "
        f"{summary.declarations:,} declarations of {summary.items:,} items worth {summary.value:,}. "
        f"They are in {out}.",
        highlight=False,
    )
    schemes = [
        (name, scheme.campaigns, scheme.declarations, scheme.operators, f"{scheme.evaded:,}")
        for name, scheme in sorted(summary.schemes.items())
    ]
    table("Schemes", ["scheme", "#campaigns", "#declarations", "#operators", "#evaded"], schemes)
    table("Honest mistakes", ["mistake", "#declarations"], sorted(summary.mistakes.items()))
    table("Flaws of form", ["flaw", "#messages"], sorted(summary.flaws.items()))
    console.print(
        f"In truth {summary.irregular:,} declarations are irregular; {summary.evaded:,} is evaded.",
        highlight=False,
    )


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
