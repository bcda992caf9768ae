"""``tidegate demo``: a living node to look at, with simulated trade, ready accounts and time that runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import click
import msgspec

from tidegate.commands.face import now, told
from tidegate.commands.serve import serve_node
from tidegate.journal import Key
from tidegate.node import create_node, open_node, read_configuration
from tidegate.node.configuration import write_configuration
from tidegate.operators import register_operator
from tidegate.simulation import World, day

_ADMINISTRATION, _COUNTRY = "demo", "XA"
_DAYS, _A_DAY = 5, 9_000
_LOOKED_AT = 300  # lodgements of a day by which the trader with most of them is found


@click.command()
@click.option(
    "--node",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="The folder of the node; one is made where there is none.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--seed", default=1, show_default=True, help="The seed of the simulated world.")
@click.pass_context
def demo(ctx: click.Context, folder: Path, host: str, port: int, seed: int) -> None:
    """Serve a node of the demonstration administration, with trade that goes on while one looks.

    Its accounts stand on the sign-in page. What happened before is played behind it, in a few minutes.
    """
    fresh = not folder.exists()
    if fresh:
        _make(folder, World.make(seed))
    click.echo(f"A living node at http://{host}:{port}/; its accounts stand on the sign-in page.", err=True)
    days = _DAYS if fresh else 0
    living = ["-m", "tidegate", "simulate", "--node", str(folder), "--live"]
    living += ["--seed", str(seed), "--days", str(days), "--declarations", str(_A_DAY)]
    ctx.exit(serve_node(folder, (host, port, 1), further=[("simulated trade", living)]))


def _make(folder: Path, world: World) -> None:
    with told():
        create_node(folder, _ADMINISTRATION, now)
        configuration = read_configuration(folder)
        write_configuration(folder, msgspec.structs.replace(configuration, demonstration=True))
        declarants = Counter(one.declarant for one in day(world, now().date(), _LOOKED_AT, _COUNTRY))
        (trader, _), *_ = declarants.most_common(1)
        with open_node(folder, now) as node:
            register_operator(
                node.journal, now(), Key("officer:demonstration"), number=trader, roles=["trader"]
            )
    environment = {**os.environ, "TIDEGATE_NODE": str(folder.resolve())}
    for arguments in (["migrate", "-v0"], ["demonstrate", trader]):
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "tidegate_web.manage", *arguments], env=environment, check=True
        )
