"""``tidegate journal`` for outsiders: proofs are made here, and judged without a node."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tidegate.commands.face import console, json_option, print_json, table, told
from tidegate.journal.vectors import judge_vectors

if TYPE_CHECKING:
    from tidegate.journal.vectors import Judged


@click.command(name="verify-proof")
@click.option(
    "--vectors",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Judge every RFC 6962 proof vector (JSON) below this folder.",
)
@json_option
@click.pass_context
def verify_proof(ctx: click.Context, vectors: Path, *, as_json: bool) -> None:
    """Verify proofs, with nothing but what is given: no node is needed."""
    with told():
        judged = list(judge_vectors(vectors))
    if as_json:
        for one in judged:
            print_json({"file": one.file, "valid": one.valid, "agrees": one.agrees})
    else:
        _tell_judged(judged)
    ctx.exit(1 if any(one.agrees is False for one in judged) else 0)


def _tell_judged(judged: list[Judged]) -> None:
    counts = Counter((one.kind or "unreadable", one.valid, one.agrees) for one in judged)
    words = {True: "yes", False: "no", None: "not said"}
    rows = [
        (kind, words[valid], words[agrees], n) for (kind, valid, agrees), n in sorted(counts.items(), key=str)
    ]
    table("Vectors", ["proof", "valid", "as expected", "#files"], rows)
    for one in judged:
        if one.text or one.agrees is False:
            console.print(f"{one.file}: {one.text or 'not as expected'}", highlight=False, markup=False)
