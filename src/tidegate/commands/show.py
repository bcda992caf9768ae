"""``tidegate show``: the story of one consignment, from its acts."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click calls it
from typing import TYPE_CHECKING

import click
import msgspec

from tidegate.acts import Act, DeclarationAssessed, DeclarationRejected
from tidegate.clearance import Consignment, acts_about, consignment_now, tax_lines
from tidegate.commands.face import console, json_option, node_option, opened, print_json, table
from tidegate.declarations.messages import read_message
from tidegate.journal import AttachmentErasedError, Entry

if TYPE_CHECKING:
    from tidegate.acts import TaxLine
    from tidegate.declarations.declaration import Declaration
    from tidegate.journal import Entry, Journal
    from tidegate.node import Node


@click.command()
@click.argument("mrn")
@click.option(
    "--at", type=click.IntRange(min=0), help="As it stood when the act at this position was the last."
)
@node_option
@json_option
def show(mrn: str, folder: Path, at: int | None, *, as_json: bool) -> None:
    """Tell what was declared under MRN, what was decided and why, and what has happened since.

    With --at, as it stood then; --json then tells the version of the declaration that was in force as well.
    """
    with opened(folder) as node:
        consignment, _ = consignment_now(node.journal, mrn, at)
        acts = [
            (entry, _whole(node.journal, entry, act))
            for entry, act in acts_about(node.journal, mrn)
            if at is None or entry.position <= at
        ]
        if as_json:
            _print_object(consignment, acts, None if at is None else _in_force(node, consignment))
        else:
            _print_story(consignment, acts)


def _whole(journal: Journal, entry: Entry, act: Act | None) -> Act | None:
    """Return an act with what was too much for its body and lies in an attachment."""
    if isinstance(act, DeclarationAssessed):
        return msgspec.structs.replace(act, taxes=tax_lines(journal, entry, act))
    return act


def _in_force(node: Node, consignment: Consignment) -> Declaration | None:
    """Return the version of the declaration that was in force, None where it cannot be read any more."""
    if not consignment.original:
        return None
    try:
        return read_message(node.journal.attachment(consignment.original), node.limits).declaration
    except AttachmentErasedError:
        return None


def _print_object(
    consignment: Consignment, acts: list[tuple[Entry, Act | None]], declaration: Declaration | None
) -> None:
    timeline = [
        {
            "position": entry.position,
            "kind": entry.kind,
            "occurred": entry.occurred,
            "recorded": entry.recorded,
            "author": entry.author,
            "because": entry.cause.because if entry.cause else None,
            "act": act,
            "attachments": entry.attachments,
        }
        for entry, act in acts
    ]
    told = {"consignment": consignment, "outstanding": consignment.outstanding, "acts": timeline}
    print_json(told if declaration is None else {**told, "declaration": declaration})


def _print_story(consignment: Consignment, acts: list[tuple[Entry, Act | None]]) -> None:
    state = consignment.state.replace("_", " ")
    version = f", version {consignment.version}" if consignment.version > 1 else ""
    console.print(f"[bold]{consignment.mrn}[/bold]  {state}{version}", highlight=False)
    console.print(
        f"Declaration {consignment.type} of {consignment.items} item(s), reference {consignment.lrn} of "
        f"declarant {consignment.declarant}, office {consignment.office or 'not yet known'}.",
        highlight=False,
    )
    if consignment.outstanding:
        console.print(f"Release waits for: {', '.join(consignment.outstanding)}.", highlight=False)
    rows = [
        (entry.position, f"{entry.occurred:%Y-%m-%d %H:%M:%S}", entry.kind, _words(act))
        for entry, act in acts
    ]
    table("What happened", ["#position", "when", "act", "in words"], rows)
    for _, act in acts:
        if isinstance(act, DeclarationAssessed):
            _print_assessment(act)
        elif isinstance(act, DeclarationRejected):
            table(
                "Findings", ["code", "location", "text"], [(f.code, f.location, f.text) for f in act.findings]
            )


def _print_assessment(act: DeclarationAssessed) -> None:
    if act.taxes:
        rows = [(t.item, t.type, t.base, _rate(t), t.amount, t.derivation) for t in act.taxes]
        table(
            f"Duties and taxes: {act.due} {act.currency}",
            ["#item", "type", "#base", "#rate", "#amount", "derivation"],
            rows,
        )
    if act.reasons:
        reasons = [(r.item, f"{r.weight:.2f}", r.text) for r in act.reasons]
        table(f"Risk: score {act.score:.2f}", ["#item", "#weight", "reason"], reasons)
    if act.findings:
        table("Findings", ["code", "location", "text"], [(f.code, f.location, f.text) for f in act.findings])


def _rate(line: TaxLine) -> str:
    """Return the rate of a line in words: by quantity as published, where it is no share of the base."""
    return line.rate_text if line.rate is None else f"{line.rate} %"


def _words(act: Act | None) -> str:
    """Return what an act says beside its kind, in a few words."""
    if act is None:
        return "erased"
    if isinstance(act, DeclarationAssessed):
        return f"{act.due} {act.currency} due, score {act.score:.2f}"
    if isinstance(act, DeclarationRejected):
        return f"{len(act.findings) + act.further} finding(s)"
    said = [
        getattr(act, name, "")
        for name in ("channel", "outcome", "grounds", "found", "amount", "due", "currency", "place", "reason")
    ]
    return " ".join(str(one) for one in said if one)
