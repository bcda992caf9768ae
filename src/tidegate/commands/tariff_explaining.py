"""``tidegate tariff explain`` and ``search``: what a code is, and which codes words lead to."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click calls it
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
from tidegate.commands.tariff_loading import day_of, schedules_told
from tidegate.commands.tariff_objects import component_object
from tidegate.node.explaining import explained
from tidegate.node.schedules import Schedules
from tidegate.tariff.applying import Applying, applying
from tidegate.tariff.nomenclature import Explanation, digits, dotted

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.tariff.nomenclature import Provision

_WIDEST = 90  # characters of a description in a table

day_option = click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day that is asked about; today if not given."
)


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
    day = day_of(on) or now().date()
    with opened(folder) as node, schedules_told():
        explanation = explained(Schedules(node.journal), code, name, day)
        measures = applying(digits(code), day, node.administration.terms.tariff)
    if not explanation.path:
        raise KnownError(f"{code} is no code: {explanation.missing}  [unknown_code]")
    if as_json:
        print_json(_explanation_object(explanation) | {"measures": measures})
    else:
        _print_explanation(explanation)
        rows = [
            (one.tax or one.kind, one.rate, _for_whom(one), dotted(one.stands_against) or "all", one.source)
            for one in measures
        ]
        table(f"Measures of {day}", ["tax", "rate", "for", "stands against", "source"], rows)
    ctx.exit(1 if explanation.missing else 0)


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


def _for_whom(one: Applying) -> str:
    conditions = (
        one.origin,
        one.preference and f"claiming {one.preference}",
        one.additional_codes and f"stating {' '.join(one.additional_codes)}",
        one.quota and f"within quota {one.quota}",
        one.certificate and f"with {one.certificate.replace(' ', ' or ')}",
    )
    return ", ".join(said for said in conditions if said) or "all"


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
    day = day_of(on) or now().date()
    with opened(folder) as node, schedules_told():
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
