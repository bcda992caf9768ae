"""``tidegate tariff load``: put an edition of a schedule on a node, and tell what could not be read."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
from tidegate.commands.tariff_objects import finding_object
from tidegate.node.schedules import NoScheduleError, Schedules
from tidegate.tariff.nomenclature import (
    BadScheduleError,
    dotted,
    read_harmonized,
    read_plain,
    read_us_hts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from tidegate.node.schedules import Loaded
    from tidegate.tariff.nomenclature import Judged, Schedule, UnreadCell

_LISTED_COLUMNS = ("general", "special")  # whose unread texts are listed without being asked for
_AUTHOR = "command line"


@contextmanager
def schedules_told() -> Iterator[None]:
    """Tell a schedule that cannot be used, or is not there, in one line."""
    try:
        yield
    except (BadScheduleError, NoScheduleError) as error:
        raise KnownError(f"{error}  [{error.code}]") from None


@click.group()
def load() -> None:
    """Load an edition of a schedule onto a node; the newest that holds on a day answers."""


def _load_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every kind of schedule has."""
    day = click.DateTime(["%Y-%m-%d"])
    for option in (
        json_option,
        click.option("--all-columns", is_flag=True, help="List unread texts of every column of rates."),
        click.option("--until", "until", type=day, help="The last day the edition holds."),
        click.option("--from", "start", type=day, help="The first day the edition holds."),
        click.option("--edition", default="", help="What the edition is called."),
        node_option,
    ):
        command = option(command)
    return command


@load.command(name="us-hts")
@click.argument("chapters", type=click.Path(path_type=Path))
@_load_options
def load_us_hts(chapters: Path, **options: Any) -> None:
    """Load the Harmonized Tariff Schedule of the United States from the folder CHAPTERS (1.json ...)."""
    _load(options, lambda edition: read_us_hts(chapters, **edition))


@load.command(name="hs")
@click.argument("file", type=click.Path(path_type=Path))
@_load_options
def load_hs(file: Path, **options: Any) -> None:
    """Load the Harmonized System from the CSV FILE (section, hscode, description, parent, level)."""
    _load(options, lambda edition: read_harmonized(file, **edition))


@load.command(name="csv")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--schedule", "name", required=True, help="What the schedule is called.")
@click.option("--currency", default="USD", show_default=True, help="What $ and ¢ mean in its rates.")
@_load_options
def load_csv(file: Path, name: str, currency: str, **options: Any) -> None:
    """Load a schedule from the CSV FILE (code, description; also unit, from, until, parent, rate)."""
    _load(options, lambda edition: read_plain(file, name, currency=currency, **edition))


def _load(options: dict[str, Any], read: Callable[[dict[str, Any]], Schedule]) -> None:
    """Read a schedule, load it, and tell what was loaded and what could not be read."""
    start, until = day_of(options["start"]), day_of(options["until"])
    with opened(options["folder"]) as node, schedules_told():
        if start and until and start > until:
            raise BadScheduleError("--until", "", f"{until} is before {start}, when the edition begins")
        schedule = read({"edition": options["edition"], "valid_from": start, "valid_until": until})
        loaded, judged = Schedules(node.journal).load(schedule, now(), _AUTHOR)
    listed = None if options["all_columns"] else _LISTED_COLUMNS
    shown = [cell for cell in judged.unread if listed is None or cell.column in listed]
    if options["as_json"]:
        for cell in shown:
            print_json(_cell_object(cell))
        print_json(_loaded_object(loaded))
    else:
        _print_loaded(loaded, judged, shown)


def _cell_object(cell: UnreadCell) -> dict[str, Any]:
    unread = cell.unread
    told = {"code": cell.code, "column": cell.column, "text": unread.text}
    return {**told, "finding": finding_object(unread)}


def _loaded_object(loaded: Loaded) -> dict[str, Any]:
    act = loaded.act
    told: dict[str, Any] = {"schedule": act.schedule, "edition": act.edition, "rows": act.rows}
    told["codes"] = act.codes
    for one in act.columns:
        told[one.column] = {
            "strings": one.strings,
            "read": one.read,
            "reference": one.reference,
            "unread": one.unread,
        }
    days = {"from": act.start, "until": act.until}
    return {**told, **days, "source": act.source, "position": loaded.position}


def _print_loaded(loaded: Loaded, judged: Judged, shown: list[UnreadCell]) -> None:
    act = loaded.act
    rows = [(one.column, one.strings, one.read, one.reference, one.unread) for one in act.columns]
    table(
        f"{act.schedule}: {act.rows} rows, {act.codes} codes",
        ["column", "#strings", "#with a rate", "#reference", "#unread"],
        rows,
    )
    if shown:
        unread = [(dotted(one.code), one.column, one.unread.text, one.unread.message) for one in shown]
        table("What could not be read", ["code", "column", "text", "why"], unread)
    elif judged.unread:
        console.print(f"{len(judged.unread)} texts of other columns were not read: see --all-columns.")
    days = f"from {act.start or 'ever'}, until {act.until or 'further notice'}"
    console.print(f"Holds {days}; position {loaded.position}.", highlight=False)


def day_of(moment: datetime | None) -> date | None:
    """Return the day that an option names, None where it was not given."""
    return None if moment is None else moment.date()
