"""``tidegate tariff duty`` and ``advice``: what goods would owe, and what would make it less."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - click calls it
from typing import TYPE_CHECKING, Any

import click
import msgspec

from tidegate.commands.face import console, json_option, node_option, opened, print_json, table
from tidegate.node.enquiring import Desk
from tidegate.tariff.enquiries import Enquiry, read_enquiry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.tariff.advice import Advice
    from tidegate.tariff.enquiries import Answer

_AT_ONCE = 10_000  # lines of standard input answered in one go; results do not depend on it

schedule_option = click.option(
    "--schedule",
    "name",
    help="By which loaded schedule, or `own`; if not given, one that has the code, else the node's own.",
)


@click.command()
@node_option
@schedule_option
@json_option
@click.pass_context
def duty(ctx: click.Context, folder: Path, name: str | None, *, as_json: bool) -> None:
    """Work out what goods would owe: JSON lines in, one answer a line out.

    A line has code, origin, value, currency, date and, where they matter, incoterm, quantities (by unit),
    preference, additional_codes, procedure, documents, freight. The exit status is 1 where any line could not
    be worked out.
    """
    open_answers = 0
    with opened(folder) as node:
        desk = Desk(node, name)
        for lines in _parts():
            read = [read_enquiry(line) for line in lines]
            answers = desk.answer([one for one in read if isinstance(one, Enquiry)])
            for one in read:
                told: Answer | None = next(answers) if isinstance(one, Enquiry) else None
                open_answers += told is None or told.total is None
                _tell(one, told, as_json=as_json)
    ctx.exit(1 if open_answers else 0)


@click.command()
@node_option
@schedule_option
@json_option
@click.pass_context
def advice(ctx: click.Context, folder: Path, name: str | None, *, as_json: bool) -> None:
    """Advise on goods: what they would cost, which preference would help, what proof and papers it takes.

    Takes the same lines as ``duty``. The exit status is 1 where any line could not be read.
    """
    unread = 0
    with opened(folder) as node:
        desk = Desk(node, name)
        for lines in _parts():
            for line in lines:
                read = read_enquiry(line)
                if isinstance(read, Enquiry):
                    told = desk.advise(read)
                    _tell(read, told.answer, as_json=as_json, advice=told)
                else:
                    unread += 1
                    _tell(read, None, as_json=as_json)
    ctx.exit(1 if unread else 0)


def _parts() -> Iterator[list[bytes]]:
    part: list[bytes] = []
    for line in sys.stdin.buffer:
        if line.strip():
            part.append(line)
        if len(part) >= _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _tell(read: object, told: Answer | None, *, as_json: bool, advice: Advice | None = None) -> None:
    if as_json:
        print_json(_object(read, told, advice))
        return
    if told is None or not isinstance(read, Enquiry):
        console.print(getattr(read, "text", ""), highlight=False, markup=False)
        return
    rows = [(one.type, one.base, one.rate, one.amount, one.derivation) for one in told.lines]
    total = "open" if told.total is None else f"{told.total} {told.total_currency}"
    table(f"{read.code} of {read.origin}: {total}", ["type", "#base", "rate", "#amount", "how"], rows)
    for finding in told.findings:
        console.print(f"{finding.code}: {finding.text}", highlight=False, markup=False)
    for saving in advice.preferences if advice else ():
        saves = f"would save {saving.saves} {told.total_currency}"
        said = f"{saving.preference} {saving.name} {saves}. Proof: {saving.proof}"
        console.print(said, highlight=False, markup=False)
    for paper in advice.papers if advice else ():
        console.print(f"Needed: {paper.documents} ({paper.why})", highlight=False, markup=False)


def _object(read: object, told: Answer | None, advice: Advice | None) -> dict[str, Any]:
    """Return an answer for JSON, with what was asked beside it."""
    if told is None or not isinstance(read, Enquiry):
        return {"lines": [], "total": None, "findings": [read]}
    asked: dict[str, Any] = {
        "code": read.code,
        "origin": read.origin,
        "value": read.value,
        "currency": read.currency,
        "date": read.date,
        "preference": read.preference,
    }
    answered = {**asked, **msgspec.structs.asdict(told)}
    if advice is not None:
        answered |= {"preferences": advice.preferences, "papers": advice.papers}
    return answered
