"""``tidegate notices``: what an operator was told, from a cursor on."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path  # noqa: TC003 - click calls it
from typing import TYPE_CHECKING

import click

from tidegate.clearance import tax_lines_at
from tidegate.commands.face import console, json_option, node_option, opened, print_json, table
from tidegate.journal import follow, tables
from tidegate.notices import Notice, notices_of, response_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.acts import TaxLine
    from tidegate.journal import Journal
    from tidegate.node import Node


@click.command()
@click.argument("operator")
@node_option
@click.option(
    "--after",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The cursor given last: what was told before it is left out.",
)
@json_option
def notices(operator: str, folder: Path, after: int, *, as_json: bool) -> None:
    """Tell the notifications issued to OPERATOR, in their order, and the cursor to ask with next.

    As JSON, one object a notification, with its cursor and the response that it is.
    """
    with opened(folder) as node:
        follow(node.journal, node.reader("notices"), node.read_tables)
        found = list(_told(node, operator, after))
        if as_json:
            for notice in found:
                print_json(_object(node.journal, notice))
            return
        rows = [
            (one.position, f"{one.occurred:%Y-%m-%d %H:%M:%S}", one.act.type, one.act.mrn, one.act.lrn)
            for one in found
        ]
        table(f"Notifications of {operator}", ["#position", "when", "kind", "MRN", "LRN"], rows)
        cursor = found[-1].position + 1 if found else after
        console.print(f"{len(found)} notifications; ask for later ones with --after {cursor}.")


def _told(node: Node, operator: str, after: int) -> Iterator[Notice]:
    """Yield all notices of an operator from a cursor on, page by page."""
    with closing(tables(node.reader("notices"), node.read_tables)) as connection:
        while (page := notices_of(connection, operator, after)).notices:
            yield from page.notices
            after = page.cursor


def _object(journal: Journal, notice: Notice) -> dict[str, object]:
    act = notice.act
    return {
        "cursor": notice.position + 1,
        "occurred": notice.occurred,
        "type": act.type,
        "mrn": act.mrn,
        "lrn": act.lrn,
        "response": response_of(act, notice.occurred, _lines(journal, notice)),
    }


def _lines(journal: Journal, notice: Notice) -> tuple[TaxLine, ...]:
    """Return the lines of tax of a notice, wherever they lie."""
    return tax_lines_at(journal, notice.act.assessed) if notice.act.taxes_elsewhere else notice.act.taxes
