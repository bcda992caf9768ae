"""``tidegate tariff``: read rates, load schedules, explain codes, work out duty, override an assessment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tidegate.commands.face import json_option, print_json, table
from tidegate.commands.tariff_duty import advice, duty
from tidegate.commands.tariff_explaining import explain, search
from tidegate.commands.tariff_loading import load
from tidegate.commands.tariff_objects import rate_object
from tidegate.commands.tariff_overriding import override
from tidegate.tariff.rates import Rate, UnreadRate, read_rate
from tidegate.tariff.rates.printing import plain

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.group()
def tariff() -> None:
    """Read rates, load schedules, explain codes."""


tariff.add_command(load)
tariff.add_command(explain)
tariff.add_command(search)
tariff.add_command(duty)
tariff.add_command(advice)
tariff.add_command(override)


@tariff.command()
@click.option("--currency", default="USD", show_default=True, help="What $ and ¢ mean (ISO 4217).")
@json_option
@click.pass_context
def rate(ctx: click.Context, currency: str, *, as_json: bool) -> None:
    """Read rates, one a line of standard input, into their components.

    The exit status is 1 where any line could not be read.
    """
    unread = 0
    rows: list[tuple[object, ...]] = []
    for text in _lines():
        read = read_rate(text, currency)
        unread += isinstance(read, UnreadRate)
        if as_json:
            print_json(rate_object(text, read, currency))
        else:
            rows += _rows(text, read)
    if not as_json:
        table("Rates", ["text", "kind", "#number", "unit", "of what", "for whom"], rows)
    ctx.exit(1 if unread else 0)


def _lines() -> Iterator[str]:
    """Yield the lines of standard input; bytes that are no UTF-8 are kept visible, and will not be read."""
    for line in sys.stdin.buffer:
        yield line.rstrip(b"\r\n").decode("utf-8", errors="replace")


def _rows(text: str, read: Rate | UnreadRate) -> list[tuple[object, ...]]:
    if isinstance(read, UnreadRate):
        return [(text, "unread", None, None, read.message, None)]
    shown: list[tuple[object, ...]] = []
    for place, one in enumerate(read.components):
        number = plain(one.percent) + " %" if one.percent is not None else None
        if one.amount is not None:
            number = f"{plain(one.amount)} {one.currency}"
        kind = one.kind.replace("_", " ") if one.role == "plus" else f"{one.role}: {one.kind}"
        of_what = "; ".join(said for said in (one.basis, one.refers_to, one.condition) if said)
        shown.append(
            (text if place == 0 else None, kind, number, one.unit, of_what, " ".join(one.programmes))
        )
    return shown
