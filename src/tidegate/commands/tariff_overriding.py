"""``tidegate tariff override``: put amounts in the place of those that were worked out, with a reason."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from tidegate.clearance import consignment_now, override_assessment
from tidegate.clearance.relining import lines_now, with_amounts
from tidegate.commands.face import json_option, node_option, now, opened, print_json, table

if TYPE_CHECKING:
    from pathlib import Path

_AMOUNT = re.compile(r"([1-9]\d{0,4}):([0-9A-Z]{3})=(\d{1,16}(?:\.\d{1,4})?)")


class _Amount(click.ParamType[tuple[int, str, Decimal]]):
    """An amount as it is put: the item, the type of the tax, and the money."""

    name = "ITEM:TAX=AMOUNT"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, str, Decimal]:
        matched = _AMOUNT.fullmatch(str(value))
        if matched is None:
            self.fail(f"{value!r} does not read like 1:A00=150.00.", param, ctx)
        return int(matched[1]), matched[2], Decimal(matched[3])


@click.command()
@click.argument("mrn")
@node_option
@click.option("--amount", "amounts", type=_Amount(), multiple=True, required=True, help="May be repeated.")
@click.option("--reason", required=True, help="Why; it stays in the journal.")
@click.option("--author", default="command line", show_default=True, help="Which officer says so.")
@json_option
def override(
    mrn: str,
    *,
    folder: Path,
    amounts: tuple[tuple[int, str, Decimal], ...],
    reason: str,
    author: str,
    as_json: bool,
) -> None:
    """Put amounts in the place of those worked out for MRN, as an act with a reason.

    The other lines stay as they are. What is due from then on is what all of them say is payable.
    """
    with opened(folder) as node:
        before, _ = consignment_now(node.journal, mrn)
        put = {(item, tax): amount for item, tax, amount in amounts}
        lines = with_amounts(lines_now(node.journal, mrn), put, before.currency, reason)
        position = override_assessment(node.journal, mrn, now(), author, taxes=lines, reason=reason)
        node.catch_up()
        after, _ = consignment_now(node.journal, mrn)
    if as_json:
        print_json({"mrn": mrn, "position": position, "due": after.due, "before": before.due, "taxes": lines})
        return
    rows = [(line.item, line.type, line.base, line.amount, line.derivation) for line in lines]
    title = f"{mrn}: {after.due} {after.currency} due, before {before.due}; position {position}"
    table(title, ["#item", "tax", "#base", "#amount", "how it came about"], rows)
