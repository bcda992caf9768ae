"""``tidegate tariff``: read rates, load schedules, tell what a code is and what stands against it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from tidegate.commands.face import json_option, print_json, table
from tidegate.tariff.rates import Component, Rate, UnreadRate, read_rate
from tidegate.tariff.rates.printing import plain

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.group()
def tariff() -> None:
    """Read rates, load schedules, explain codes."""


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
            print_json(rate_object(text, read))
        else:
            rows += _rows(text, read)
    if not as_json:
        table("Rates", ["text", "kind", "#number", "unit", "of what", "for whom"], rows)
    ctx.exit(1 if unread else 0)


def rate_object(text: str, read: Rate | UnreadRate) -> dict[str, Any]:
    """Return a read rate as it is printed in JSON; what cannot be read has a finding and no components."""
    if isinstance(read, Rate):
        return {"text": text, "components": [_component(one) for one in read.components]}
    return {"text": text, "components": [], "finding": finding_object(read)}


def finding_object(unread: UnreadRate) -> dict[str, str]:
    """Return what is wrong with a text that is no rate, as a finding."""
    return {"code": unread.CODE, "location": f"column {unread.column}", "text": unread.message}


def _component(one: Component) -> dict[str, Any]:
    """Return every part of a component; numbers are strings of digits, what does not apply is null."""
    return {
        "kind": one.kind,
        "percent": None if one.percent is None else plain(one.percent),
        "amount": None if one.amount is None else plain(one.amount),
        "currency": one.currency,
        "unit": one.unit,
        "basis": one.basis,
        "programmes": one.programmes,
        "role": one.role,
        "unit_code": one.unit_code,
        "refers_to": one.refers_to,
        "condition": one.condition,
        "footnotes": one.footnotes,
        "fraction": one.fraction,
    }


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
