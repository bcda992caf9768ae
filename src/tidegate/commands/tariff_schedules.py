"""The commands about schedules: load one onto a node, explain a code, search descriptions."""

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
from tidegate.commands.tariff_objects import component_object, finding_object
from tidegate.node.schedules import NoScheduleError, Schedules
from tidegate.tariff.nomenclature import (
    BadScheduleError,
    Explanation,
    dotted,
    explain_by_labels,
    read_harmonized,
    read_plain,
    read_us_hts,
)
from tidegate.tariff.nomenclature import explain as explain_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from tidegate.node.schedules import Loaded
    from tidegate.tariff.nomenclature import Judged, Nomenclature, Provision, Schedule, UnreadCell

_LISTED_COLUMNS = ("general", "special")  # whose unread texts are listed without being asked for
_WIDEST = 90  # characters of a description in a table
_AUTHOR = "command line"

day_option = click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day that is asked about; today if not given."
)


@contextmanager
def _told() -> Iterator[None]:
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
    start, until = _day(options["start"]), _day(options["until"])
    with opened(options["folder"]) as node, _told():
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


@click.command()
@click.argument("code")
@node_option
@click.option("--schedule", "name", help="Which schedule; if not given, the one loaded last that has CODE.")
@day_option
@json_option
@click.pass_context
def explain(
    ctx: click.Context, code: str, folder: Path, name: str | None, on: datetime | None, *, as_json: bool
) -> None:
    """Tell what CODE is, its units, its notes, and its rates in words.

    The exit status is 1 where no loaded schedule has the code on that day.
    """
    day = _day(on) or now().date()
    with opened(folder) as node, _told():
        explanation = _explained(Schedules(node.journal), code, name, day)
    if not explanation.path:
        raise KnownError(f"{code} is no code: {explanation.missing}  [unknown_code]")
    if as_json:
        print_json(_explanation_object(explanation))
    else:
        _print_explanation(explanation)
    ctx.exit(1 if explanation.missing else 0)


def _explained(schedules: Schedules, code: str, name: str | None, day: date) -> Explanation:
    """Explain a code by the first schedule that has it; else by our labels, saying what is missing."""
    try:
        answering = schedules.in_force(day, name)
    except NoScheduleError as error:
        if name is not None:
            raise
        return explain_by_labels(code, str(error))
    for loaded in answering:
        explanation = explain_by(schedules.tree(loaded), code, day)
        if explanation is not None:
            return explanation
    missing = [_why_missing(schedules.tree(loaded), code, day) for loaded in answering]
    return explain_by_labels(code, " ".join(missing))


def _why_missing(tree: Nomenclature, code: str, day: date) -> str:
    """Say why a schedule has no such code on a day, and what would be right."""
    schedule = tree.schedule.name
    other_days = [
        f"from {one.valid_from or 'ever'} until {one.valid_until or 'further notice'}"
        for one in tree.known(code)
    ]
    if other_days:
        return f"In {schedule}, {code} holds {', '.join(other_days)}, not on {day}."
    near = tree.nearest(code, day)
    if near is None:
        return f"{schedule} has no code {code}."
    below = ", ".join(dotted(one.code) for one in tree.codes_below(near.code, day))
    return f"{schedule} has no code {code}; below {dotted(near.code)} it has {below}."


def _explanation_object(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation for JSON: numbers are strings of digits."""
    rates = {
        column.column: {
            "text": column.text,
            "stands_against": dotted(column.stands_against),
            "groups": [
                {
                    "programmes": group.programmes,
                    "words": group.words,
                    "components": [component_object(one) for one in group.components],
                }
                for group in column.groups
            ],
            "unread": column.unread,
        }
        for column in explanation.rates
    }
    return {
        "code": explanation.code,
        "schedule": explanation.schedule or None,
        "edition": explanation.edition or None,
        "path": [{"code": step.code, "description": step.description} for step in explanation.path],
        "units": explanation.units,
        "rates": rates,
        "notes": explanation.notes,
        "source": explanation.source or None,
        "missing": explanation.missing or None,
    }


def _print_explanation(explanation: Explanation) -> None:
    for level, step in enumerate(explanation.path):
        console.print(f"{'  ' * level}{_step(step)}", highlight=False, markup=False)
    if explanation.units:
        units = ", ".join(
            f"{unit.word} ({unit.code})" if unit.code else unit.word for unit in explanation.units
        )
        console.print(f"Units: {units}", highlight=False, markup=False)
    rows: list[tuple[object, ...]] = []
    for column in explanation.rates:
        against = dotted(column.stands_against)
        if column.unread is not None:
            rows.append((column.column, "", f"{column.text}: {column.unread}", against))
        rows += [
            (column.column, " ".join(group.programmes) or "all", group.words, against)
            for group in column.groups
        ]
    if rows:
        table("Rates", ["column", "for", "in words", "stands against"], rows)
    for note in explanation.notes:
        console.print(f"Note on {note.columns}: {note.text}", highlight=False, markup=False)
    if explanation.missing:
        console.print(explanation.missing, highlight=False, markup=False)
    else:
        told = f"By {explanation.schedule} {explanation.edition}".rstrip()
        console.print(f"{told}, source {explanation.source}", highlight=False, markup=False)


def _step(step: Provision) -> str:
    """Return a step of a path; a section's code is its Roman number."""
    if not step.code:
        return step.description
    code = f"Section {step.code}" if step.code.isalpha() else dotted(step.code)
    return f"{code}  {step.description}"


@click.command()
@click.argument("words", nargs=-1, required=True)
@node_option
@click.option("--schedule", "name", help="Which schedule; the one loaded last if not given.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@day_option
@json_option
@click.pass_context
def search(
    ctx: click.Context,
    words: tuple[str, ...],
    *,
    folder: Path,
    name: str | None,
    limit: int,
    on: datetime | None,
    as_json: bool,
) -> None:
    """Find codes whose descriptions hold WORDS, or words that begin with them; the best first.

    The exit status is 1 where nothing was found.
    """
    day = _day(on) or now().date()
    with opened(folder) as node, _told():
        schedules = Schedules(node.journal)
        tree = schedules.tree(schedules.in_force(day, name)[0])
        found = tree.search(" ".join(words), limit, day)
        paths = [tree.path(one.provision.code, day) for one in found]
    rows: list[tuple[object, ...]] = []
    for one, path in zip(found, paths, strict=True):
        above = [step.description for step in path[:-1]]
        if as_json:
            told = {"code": one.provision.code, "description": one.provision.description}
            print_json({**told, "score": one.score, "above": above})
        description = one.provision.description
        rows.append((dotted(one.provision.code), _short(description), _short(" > ".join(above[2:]))))
    if not as_json:
        table(f"{tree.schedule.name}: {' '.join(words)}", ["code", "description", "below"], rows)
    ctx.exit(0 if found else 1)


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
