"""``tidegate journal``: verify it, read its end, rebuild what is read from it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click
import msgspec

from tidegate.commands.erasing import COMMANDS as ERASING
from tidegate.commands.face import console, json_option, node_option, now, opened, print_json, table, told
from tidegate.commands.proving import COMMANDS as PROVING
from tidegate.commands.proving import keys_option
from tidegate.commands.upkeep import COMMANDS as UPKEEP
from tidegate.journal import JournalCorruptError, JournalMissingError, open_journal, replay
from tidegate.journal.faults import Fault
from tidegate.journal.notes import parse_vkey
from tidegate.journal.verification import Verification
from tidegate.journal.verification import verify as verify_journal
from tidegate.node.configuration import read_configuration
from tidegate.node.signing import verifier_keys


@click.group()
def journal() -> None:
    """Verify, read and replay the journal of a node."""


for command in (*UPKEEP, *PROVING, *ERASING):
    journal.add_command(command)


@journal.command()
@node_option
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint that was kept elsewhere: finds a tail cut off, and a history written and signed anew.",
)
@keys_option
@json_option
@click.pass_context
def verify(
    ctx: click.Context, folder: Path, against: Path | None, keys: tuple[str, ...], *, as_json: bool
) -> None:
    """Hash everything stored again and compare; the exit status is 1 where anything differs."""
    result = _verified(folder, against, keys)
    if as_json:
        first = next((fault.position for fault in result.faults if fault.position is not None), None)
        found = {"entries": result.entries, "root": result.root, "ok": result.ok, "position": first}
        held = {} if against is None else {"against": result.against}
        print_json({**found, "faults": result.faults, **held})
    else:
        console.print(f"{result.entries} entries, root {result.root}", highlight=False)
        if result.faults:
            rows = [(fault.position, fault.part, fault.text) for fault in result.faults]
            table("Faults", ["#position", "part", "text"], rows)
        console.print(
            "Verified: every stored byte is what it was." if result.ok else "[bold]NOT VERIFIED[/bold]"
        )
    ctx.exit(0 if result.ok else 1)


def _verified(folder: Path, against: Path | None, keys: tuple[str, ...]) -> Verification:
    """Verify a node's journal; one too damaged to be opened is a fault too, not an error.

    Without keys given, those in the node's own files are trusted.
    """
    with told():
        configuration = read_configuration(folder)
        trusted = [parse_vkey(key) for key in keys] or verifier_keys(folder, configuration)
        kept = None if against is None else against.read_bytes().decode("utf-8", errors="replace")
        try:
            journal = open_journal(folder / "journal", clock=now, read_only=True)
        except (JournalCorruptError, JournalMissingError) as error:
            return Verification(0, "", ok=False, faults=(Fault(None, "database", str(error)),))
        with closing(journal):
            return verify_journal(journal, against=kept, keys=trusted)


@journal.command()
@node_option
@click.option("--lines", default=20, show_default=True, type=click.IntRange(1), help="How many acts.")
@json_option
def tail(folder: Path, lines: int, *, as_json: bool) -> None:
    """Print the last acts of the journal."""
    with opened(folder) as node:
        entries = node.journal.read(max(0, node.journal.size - lines), lines)
    if as_json:
        for entry in entries:
            body = msgspec.Raw(entry.body) if entry.body is not None else None
            shown = msgspec.structs.asdict(entry) | {"body": body}
            print_json(shown)
    else:
        rows = [(e.position, f"{e.recorded:%Y-%m-%d %H:%M:%S}", e.kind, " ".join(e.keys)) for e in entries]
        table("The last acts", ["#position", "recorded", "act", "about"], rows)


@journal.command(name="replay")
@click.argument("reader")
@node_option
@json_option
@click.pass_context
def replay_reader(ctx: click.Context, reader: str, folder: Path, *, as_json: bool) -> None:
    """Rebuild the tables of READER from the journal, and compare them with what they were."""
    with opened(folder) as node:
        one = node.reader(reader)
        result = replay(node.journal, one, node.read_tables)
    equal = result.before == result.after
    if as_json:
        found = {"reader": reader, "entries": result.entries, "before": result.before, "after": result.after}
        print_json({**found, "equal": equal})
    else:
        before = result.before or "(could not be read)"
        console.print(f"before {before}\nafter  {result.after}", highlight=False)
        console.print("The tables are equal." if equal else "[bold]The tables DIFFER.[/bold]")
    ctx.exit(0 if equal else 1)
