"""``tidegate insight``: what a node measures of itself, as tables or JSON."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path  # noqa: TC003 - click calls it

import click

from tidegate.commands.face import json_option, node_option, now, opened, print_json, table
from tidegate.insight import HOLDERS, STAGES, By, Span, Times, release_times
from tidegate.journal import follow, tables

_DAY = click.DateTime(["%Y-%m-%d"])
_ORDER: dict[str, int] = {name: place for place, name in enumerate((*STAGES, *HOLDERS))}


@click.group()
def insight() -> None:
    """Measure how long goods take, and who has them meanwhile."""


@insight.command("release-times")
@node_option
@click.option("--from", "since", type=_DAY, help="The first day; without it, thirty days before the last.")
@click.option("--until", type=_DAY, help="The last day; without it, today.")
@click.option(
    "--by",
    type=click.Choice(["all", "office", "channel", "direction", "type", "hour"]),
    default="all",
    show_default=True,
    help="By type and by hour of lodgement the whole time only is told.",
)
@click.option("--office", default="", help="One office alone.")
@json_option
def release_times_command(
    folder: Path, since: datetime | None, until: datetime | None, by: By, office: str, *, as_json: bool
) -> None:
    """Tell how long goods took to their release, stage by stage and by who had to act.

    Times are seconds in JSON, hours in the table. Days are those of release, in UTC.
    """
    last = until.date() if until else now().date()
    first = since.date() if since else last - timedelta(days=29)
    if first > last:
        raise click.UsageError(f"--from {first} is after --until {last}.")
    with opened(folder) as node:
        follow(node.journal, node.reader("insight"), node.read_tables)
        with closing(tables(node.reader("insight"), node.read_tables)) as connection:
            found = release_times(connection, Span(first, last), by=by, office=office)
    found.sort(key=lambda one: (one.of, _ORDER[one.stage]))
    if as_json:
        for one in found:
            print_json(one)
        return
    _print(found, by, first, last)


def _print(found: list[Times], by: str, first: date, last: date) -> None:
    rows = [
        (
            one.of or "all",
            one.stage,
            one.consignments,
            *(f"{seconds / 3600:,.2f}" for seconds in (one.median, one.ninth, one.mean)),
        )
        for one in found
    ]
    columns = [by, "stage", "#consignments", "#median h", "#ninth decile h", "#mean h"]
    table(f"Released from {first} to {last}", columns, rows)
