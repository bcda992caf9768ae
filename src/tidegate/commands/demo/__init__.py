"""``tidegate demo``: a living node to look at, with simulated trade, ready accounts and time that runs."""

from __future__ import annotations

from pathlib import Path

import click

from tidegate.commands.demo.making import free_port, made_ready
from tidegate.commands.serve import serve_node


@click.command()
@click.option(
    "--node",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="The folder of the node; one is made where there is none, and that of its partner beside it.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--seed", default=1, show_default=True, help="The seed of the simulated world.")
@click.pass_context
def demo(ctx: click.Context, folder: Path, host: str, port: int, seed: int) -> None:
    """Serve a node of the demonstration administration, with trade that goes on while one looks.

    A small partner node is served beside it, so that there is somebody to exchange with. Ready accounts stand
    on the sign-in page. What happened before is played behind it, in a few minutes.
    """
    partner, at = folder.with_name(f"{folder.name}-partner"), free_port()
    seed = made_ready(folder, partner, seed, (port, at))
    click.echo(f"A living node at http://{host}:{port}/; its accounts stand on the sign-in page.", err=True)
    play = "tidegate.commands.demo"
    further = [
        ("simulated trade", ["-m", f"{play}.trade", str(folder), str(seed)], {}),
        ("partner", ["-m", f"{play}.partner", str(partner), str(seed)], {}),
        (
            "partner's door",
            ["-m", "tidegate_web.exchange.serving", "127.0.0.1", str(at)],
            {"TIDEGATE_NODE": str(partner.resolve())},
        ),
    ]
    ctx.exit(serve_node(folder, (host, port, 1), further=further))
