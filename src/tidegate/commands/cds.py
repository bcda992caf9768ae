"""``tidegate cds``: plays the trade-test pack of the UK's Customs Declaration Service."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import click
from rich.progress import track

from tidegate.commands.face import console, json_option, now, print_json, table, to_stderr, told
from tidegate.node.cds_replay import Replayed, play_all, scenarios_below


@click.group()
def cds() -> None:
    """Play scenarios as the UK's Customs Declaration Service would answer them."""


@cds.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Where the notifications are written.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the nodes in this new folder.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("../shared/data"),
    show_default=True,
    help="Where the sources of the administration's tables lie.",
)
@json_option
def replay(folder: Path, out: Path | None, keep: Path | None, data: Path, *, as_json: bool) -> None:
    """Play each scenario below DIR on a fresh UK node, and tell which notifications come of it."""
    with told(), ExitStack() as stack:
        work = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tidegate-cds-")))
        written = out or Path(tempfile.mkdtemp(prefix="tidegate-notifications-"))
        scenarios = scenarios_below(folder)
        workers = min(os.cpu_count() or 1, len(scenarios))
        results = play_all(scenarios, work, written, now(), data=data, workers=workers)
        if as_json:
            for result in results:
                print_json(result)
        else:
            shown = track(results, "Playing", total=len(scenarios), console=to_stderr, transient=True)
            _tell(list(shown), written)


def _tell(results: list[Replayed], written: Path) -> None:
    rows = [(one.scenario, " ".join(one.types_got), len(one.taxes_got)) for one in results]
    table("Scenarios", ["scenario", "notifications", "#lines of tax"], rows)
    kinds = Counter(type_ for one in results for type_ in one.types_got)
    table("Notifications", ["kind", "#number"], sorted(kinds.items()))
    console.print(f"{len(results)} scenarios; the notifications lie in {written}.", highlight=False)
