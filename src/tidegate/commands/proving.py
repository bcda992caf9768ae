"""``tidegate journal`` for outsiders: checkpoints and proofs are made here, and judged without a node."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from tidegate.commands.face import console, json_option, node_option, now, opened, print_json, table, told
from tidegate.journal import JournalError
from tidegate.journal.checkpoints import (
    CheckpointMissingError,
    last_checkpoint,
    parse_checkpoint,
    read_checkpoint,
)
from tidegate.journal.notes import parse_vkey
from tidegate.journal.proving import (
    check_consistency,
    check_entry,
    is_consistency_proof,
    prove_consistency,
    prove_entry,
)
from tidegate.journal.vectors import judge_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.journal.checkpoints import Checkpoint
    from tidegate.journal.notes import VerifierKey
    from tidegate.journal.vectors import Judged
    from tidegate.node import Node

out_option = click.option(
    "--out", type=click.Path(path_type=Path), help="Write it to this file instead of printing it."
)
keys_option = click.option(
    "--key",
    "keys",
    multiple=True,
    help="A verifier key that is trusted, as `journal key` prints it; may be given more than once.",
)


class Place(click.ParamType[tuple[int, int | None]]):
    """POSITION of an entry, or POSITION#ROW within a batch."""

    name = "position[#row]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return position and row; the row is None where the whole entry is meant."""
        position, mark, row = str(value).partition("#")
        if not position.isdecimal() or (mark and not row.isdecimal()):
            self.fail(f"{value!r} is neither a position nor POSITION#ROW, both counted from 0.", param, ctx)
        return int(position), int(row) if mark else None


@click.command()
@node_option
@out_option
@json_option
def checkpoint(folder: Path, out: Path | None, *, as_json: bool) -> None:
    """Sign the journal as it is now: the note to publish, or to give to partners. It is stored too."""
    with opened(folder) as node:
        made = node.checkpoint()
        _give(made.note, out)
    if as_json and out is not None:
        print_json({"origin": made.origin, "size": made.size, "root": made.root.hex(), "out": str(out)})


@click.command(name="key")
@node_option
@json_option
def verifier_key(folder: Path, *, as_json: bool) -> None:
    """Print the verifier key of the node: what strangers need to check its checkpoints and proofs."""
    with opened(folder) as node:
        vkey = node.verifier_key().vkey
    print_json({"key": vkey}) if as_json else click.echo(vkey)


@click.command(name="rotate-key")
@node_option
@json_option
def rotate_key(folder: Path, *, as_json: bool) -> None:
    """Put a new signing key in the place of the old; the journal tells of it, signed by both."""
    with opened(folder) as node:
        old = node.verifier_key().vkey
        new = node.rotate_key(now()).vkey
    print_json({"old": old, "key": new}) if as_json else click.echo(new)


@click.command()
@click.argument("place", metavar="[POSITION[#ROW]]", required=False, type=Place())
@node_option
@click.option(
    "--checkpoint",
    "checkpoint_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The checkpoint to prove against; the last one that covers the entry, or a new one, otherwise.",
)
@click.option(
    "--from",
    "old_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Prove instead that the checkpoint continues this older one.",
)
@click.option("--with-body", is_flag=True, help="Show the body of the act too, not only its envelope.")
@out_option
def prove(
    place: tuple[int, int | None] | None,
    folder: Path,
    checkpoint_file: Path | None,
    old_file: Path | None,
    out: Path | None,
    *,
    with_body: bool,
) -> None:
    """Prove that the entry at POSITION, or a row of its batch, is in the journal: a file for strangers."""
    if (place is None) == (old_file is None):
        raise click.UsageError("Name either a POSITION, or an older checkpoint with --from.")
    with opened(folder) as node:
        given = None if checkpoint_file is None else parse_checkpoint(_text(checkpoint_file))
        if place is not None:
            position, row = place
            against = given or _covering(node, position + 1)
            proof = prove_entry(node.journal, position, against, row=row, with_body=with_body)
        else:
            assert old_file is not None
            old = parse_checkpoint(_text(old_file))
            proof = prove_consistency(node.journal, old, given or node.checkpoint())
        _give(proof, out)


def _covering(node: Node, size: int) -> Checkpoint:
    """Return the last stored checkpoint when it covers so many entries, a new one otherwise."""
    try:
        return last_checkpoint(node.journal, covering=size)
    except CheckpointMissingError:
        return node.checkpoint()


@click.command(name="verify-proof")
@click.argument("proof", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@keys_option
@click.option(
    "--from",
    "old_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The older checkpoint that was kept, for a proof that a newer one continues it.",
)
@click.option(
    "--vectors",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Judge instead every RFC 6962 proof vector (JSON) below this folder.",
)
@json_option
@click.pass_context
def verify_proof(
    ctx: click.Context,
    proof: Path | None,
    keys: Sequence[str],
    old_file: Path | None,
    vectors: Path | None,
    *,
    as_json: bool,
) -> None:
    """Verify PROOF with the verifier key alone: no node is needed. The exit status is 1 where it fails."""
    if (proof is None) == (vectors is None):
        raise click.UsageError("Name either a PROOF, or a folder of vectors with --vectors.")
    if vectors is not None:
        ctx.exit(_judge(vectors, as_json=as_json))
    assert proof is not None
    if not keys:
        raise click.UsageError("A proof shows nothing without a key that you trust: name it with --key.")
    with told():
        trusted = [parse_vkey(key) for key in keys]
        text, old = _text(proof), None if old_file is None else _text(old_file)
        try:
            shown = _shown(text, old, trusted)
        except JournalError as error:
            shown = {"valid": False, "code": error.code, "text": str(error)}
    if as_json:
        print_json({"file": str(proof), **shown})
    else:
        for name, value in shown.items():
            console.print(f"{name}: {value}", highlight=False, markup=False, soft_wrap=True)
    ctx.exit(0 if shown["valid"] else 1)


def _shown(text: str, old: str | None, keys: Sequence[VerifierKey]) -> dict[str, Any]:
    """Return what a proof shows, for people and programs."""
    if is_consistency_proof(text):
        if old is None:
            raise click.UsageError("This proof continues an older checkpoint: name yours with --from.")
        new, kept = check_consistency(text, old, keys), read_checkpoint(old, keys)
        return {"valid": True, **_told(new), "from": {"size": kept.size, "root": kept.root.hex()}}
    proven = check_entry(text, keys)
    shown: dict[str, Any] = {"valid": True, "position": proven.position, **_told(proven.checkpoint)}
    shown["envelope"] = msgspec.to_builtins(proven.envelope)
    if proven.body is not None:
        shown["body"] = msgspec.Raw(proven.body)
    if proven.row is not None:
        shown |= {"row": proven.row.index, "data": msgspec.Raw(proven.row.row)}
    return shown


def _told(made: Checkpoint) -> dict[str, Any]:
    return {"origin": made.origin, "size": made.size, "root": made.root.hex()}


def _judge(folder: Path, *, as_json: bool) -> int:
    with told():
        judged = list(judge_vectors(folder))
    if as_json:
        for one in judged:
            print_json({"file": one.file, "valid": one.valid, "agrees": one.agrees})
    else:
        _tell_judged(judged)
    return 1 if any(one.agrees is False for one in judged) else 0


def _tell_judged(judged: list[Judged]) -> None:
    counts = Counter((one.kind or "unreadable", one.valid, one.agrees) for one in judged)
    words = {True: "yes", False: "no", None: "not said"}
    counted = sorted(counts.items(), key=str)
    rows = [(kind, words[valid], words[agrees], n) for (kind, valid, agrees), n in counted]
    table("Vectors", ["proof", "valid", "as expected", "#files"], rows)
    for one in judged:
        if one.text or one.agrees is False:
            console.print(f"{one.file}: {one.text or 'not as expected'}", highlight=False, markup=False)


def _text(path: Path) -> str:
    """Return the text of a file as it is: no newline in it may be changed."""
    return path.read_bytes().decode("utf-8", errors="replace")


def _give(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_bytes(text.encode())


COMMANDS = (checkpoint, verifier_key, rotate_key, prove, verify_proof)
