"""``tidegate init``: make a node."""

from __future__ import annotations

from pathlib import Path

import click

from tidegate.commands.face import json_option, now, print_json, told
from tidegate.node import administrations, create_node


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--administration",
    default="demo",
    show_default=True,
    help=f"Whose tables apply: {', '.join(administrations())}, or the path of a folder of the same shape.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("../shared/data"),
    show_default=True,
    envvar="TIDEGATE_DATA",
    help="Where the administration's sources of rates lie; $TIDEGATE_DATA says it too.",
)
@json_option
def init(folder: Path, administration: str, data: Path, *, as_json: bool) -> None:
    """Make a new node in FOLDER: its configuration, its key and an empty journal."""
    with told():
        absent = create_node(folder, administration, now, data=data)
    if as_json:
        print_json({"node": str(folder), "administration": administration, "absent": absent})
    else:
        for name in absent:
            click.echo(f"Not found below {data}: {name}. What needs them will be told as a finding.")
        click.echo(
            f"A node for administration '{administration}' is in {folder}. Its settings are in node.toml."
        )
