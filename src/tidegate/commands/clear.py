"""``tidegate clear``: lodge what lies in files, and tell what became of each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import track

from tidegate.commands.face import (
    console,
    json_option,
    node_option,
    now,
    opened,
    print_json,
    table,
    to_stderr,
)
from tidegate.declarations.flat import load_mapping
from tidegate.node import Told, clear_files, clear_flat_file, files_below

if TYPE_CHECKING:
    from collections.abc import Iterable

_FINDINGS_SHOWN = 20


@click.command()
@node_option
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--map",
    "mapping",
    help="PATHS are flat files (CSV, Parquet), one row a goods item: the mapping, by name (korea) or path.",
)
@json_option
@click.pass_context
def clear(
    ctx: click.Context, folder: Path, paths: tuple[Path, ...], mapping: str | None, *, as_json: bool
) -> None:
    """Lodge the messages in PATHS (files, or folders with all below them) and decide on them.

    The exit status is 0 where everything was read and nothing was refused, 1 where something was, and 2 where
    nothing could be done.
    """
    with opened(folder) as node:
        files = files_below(paths)
        total: int | None = len(files)
        results = clear_files(node, files, now())
        if mapping is not None:
            plan, total = load_mapping(mapping), None
            results = (one for file in files for one in clear_flat_file(node, file, plan, now()))
        if as_json:
            refused = 0
            for told in results:
                print_json(told)
                refused += told.refused
        else:
            refused = _tell(track(results, "Clearing", total=total, console=to_stderr, transient=True))
    ctx.exit(1 if refused else 0)


def _tell(results: Iterable[Told]) -> int:
    """Print what was cleared, and return how many messages were refused."""
    kinds: Counter[tuple[str, str]] = Counter()
    findings: Counter[tuple[str, str]] = Counter()
    shown: list[str] = []
    refused = 0
    for told in results:
        refused += told.refused
        kinds[told.kind, told.channel or told.state or ("refused" if told.refused else "")] += 1
        for finding in told.findings:
            findings[finding.code, finding.severity] += 1
            if finding.stops and len(shown) < _FINDINGS_SHOWN:
                shown.append(f"{told.file}: {finding.code} at {finding.location}\n  {finding.text}")
    table(
        "Messages", ["kind", "channel or state", "#messages"], [(*key, n) for key, n in sorted(kinds.items())]
    )
    if findings:
        rows = [(*key, n) for key, n in sorted(findings.items())]
        table("Findings", ["code", "severity", "#times"], rows)
    if shown:
        console.print(
            "[bold]What stopped acceptance[/bold]" + (" (the first)" * (len(shown) == _FINDINGS_SHOWN))
        )
        console.print("\n".join(shown), highlight=False, markup=False)
    console.print(f"{sum(kinds.values())} messages, {refused} refused.")
    return refused
