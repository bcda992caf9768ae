"""``tidegate journal erase``: what a node has of a person leaves it, and the journal still verifies."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click calls it

import click

from tidegate.commands.face import console, json_option, node_option, now, opened, print_json
from tidegate.commands.proving import Place
from tidegate.node.erasing import erase_operator, erase_positions


@click.command()
@node_option
@click.option("--operator", help="The number of the operator of whom everything goes.")
@click.option(
    "--position",
    "places",
    multiple=True,
    type=Place(),
    metavar="POSITION[#ROW]",
    help="An entry, or a row of the batch it covers; may be given more than once.",
)
@click.option("--reason", required=True, help="Why; it stands in the journal, so name no person.")
@json_option
def erase(
    folder: Path,
    operator: str | None,
    places: tuple[tuple[int, int | None], ...],
    reason: str,
    *,
    as_json: bool,
) -> None:
    """Erase what the node has of an operator, or single entries and rows, from every file, for good.

    Backups made before still have it. What is hashed stays, so that the journal verifies as before.
    """
    if (operator is None) == (not places):
        raise click.UsageError("Name either an --operator, or one --position or more.")
    with opened(folder) as node:
        if operator is not None:
            done = erase_operator(node, operator, reason=reason, occurred=now())
        else:
            whole = [position for position, row in places if row is None]
            rows = [(position, row) for position, row in places if row is not None]
            done = erase_positions(node, whole, rows, reason=reason, occurred=now())
    gone = done.erasure
    if as_json:
        print_json(
            {
                "acts": gone.acts,
                "entries": len(gone.positions),
                "consignments": len(done.consignments),
                "keys": gone.pseudonyms,
                "attachments": gone.attachments,
                "rows": gone.rows,
                "mentioned": done.mentioned,
            }
        )
        return
    console.print(
        f"Erased: {len(gone.positions)} entries, of {len(done.consignments)} consignments; {gone.pseudonyms} "
        f"keys, {gone.attachments} attachments, {gone.rows} rows. The journal tells of it at {gone.acts}.",
        highlight=False,
    )
    if done.mentioned:
        console.print(f"Entries of others still name the number: {done.mentioned}", highlight=False)


COMMANDS = (erase,)
