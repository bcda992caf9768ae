"""``tidegate journal check|catch-up|backup|restore``: what an operator does so that the memory lasts."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from tidegate.clearance import ClearanceResponder
from tidegate.commands.face import console, json_option, node_option, now, opened, print_json, told
from tidegate.commands.proving import keys_option
from tidegate.journal import open_journal
from tidegate.journal.backup import Manifest, back_up
from tidegate.journal.backup_restoring import restore
from tidegate.journal.check import Trouble, check_disk, check_journal
from tidegate.journal.check_tables import Followers, check_tables
from tidegate.journal.notes import parse_vkey
from tidegate.journal.tables import discard_if_damaged, path_of
from tidegate.node import BadAdministrationError, BadConfigurationError, load_administration
from tidegate.node.configuration import CONFIGURATION, KEY, read_configuration, read_key
from tidegate.node.installation import READERS
from tidegate.node.signing import SIGNING_KEY, verifier_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.journal.notes import VerifierKey

READ, RESPONDERS = "read", "responders"
_FOR_OTHERS = 0o077
_PATIENCE_SECONDS = 10.0


@click.command()
@node_option
@json_option
@click.pass_context
def check(ctx: click.Context, folder: Path, *, as_json: bool) -> None:
    """Look at a node without changing anything, and say what is wrong and what to do about it.

    The journal is verified in whole. The exit status is 1 where there is an error or a warning; notes are no
    trouble.
    """
    found = [*_configuration(folder), *_keys(folder)]
    journal, size = check_journal(folder / "journal", now, _trusted(folder))
    found += journal
    found += check_tables(
        Followers("reader", folder / READ, {one.name: one.version for one in READERS}), size, str(folder)
    )
    responders = {ClearanceResponder.name: ClearanceResponder.version}
    found += check_tables(Followers("responder", folder / RESPONDERS, responders), size, str(folder))
    if folder.is_dir():
        read_only = bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
        found += check_disk(folder, shutil.disk_usage(folder).free, read_only=read_only)
    ok = all(one.severity == "note" for one in found)
    if as_json:
        for one in found:
            print_json(one)
        print_json({"ok": ok, "findings": len(found)})
    else:
        for one in found:
            place = "" if one.position is None else f" at position {one.position}"
            console.print(f"[bold]{one.severity}[/bold]: {one.part}{place}", highlight=False)
            console.print(f"  {one.wrong}\n  {one.remedy}", highlight=False, markup=False)
        entries = "" if size is None else f"{size} entries. "
        console.print(entries + ("All is well." if ok else "[bold]Something needs to be done.[/bold]"))
    ctx.exit(0 if ok else 1)


def _configuration(folder: Path) -> Iterator[Trouble]:
    try:
        load_administration(read_configuration(folder).administration)
    except BadConfigurationError as error:
        remedy = (
            "Mend node.toml, or take it from a backup. Every setting is described in docs/configuration.md."
        )
        yield Trouble("configuration", None, str(error), remedy, "error")
    except BadAdministrationError as error:
        remedy = "Mend the administration's folder, or name the right one in node.toml."
        yield Trouble("administration", None, str(error), remedy, "error")


def _keys(folder: Path) -> Iterator[Trouble]:
    """Look at the node's secret, and at who may read it and any other key."""
    try:
        read_key(folder)
    except BadConfigurationError as error:
        remedy = (
            f"Put {KEY} back from where keys are kept safe, or from a backup made with --with-keys. With a "
            "new one the same lodging would get another number, and the random stratum be drawn otherwise."
        )
        yield Trouble("keys", None, str(error), remedy, "error")
    if not (folder / SIGNING_KEY).exists():
        wrong = f"{folder / SIGNING_KEY} is missing: the key that checkpoints are signed with."
        remedy = (
            "Put it back from where keys are kept safe, or from a backup made with --with-keys. The next "
            "checkpoint would be signed with a new one, which nobody has a reason to trust."
        )
        yield Trouble("keys", None, wrong, remedy, "warning")
    for path in _secret_files(folder):
        if path.stat().st_mode & _FOR_OTHERS:
            wrong = f"{path} can be read or written by others than its owner."
            yield Trouble(
                "keys", None, wrong, f"`chmod 600 {path}`, and think of who may have read it.", "error"
            )


def _trusted(folder: Path) -> list[VerifierKey]:
    """Return the public halves of the keys in a folder; none where they cannot be read."""
    try:
        return verifier_keys(folder, read_configuration(folder))
    except BadConfigurationError:
        return []


@click.command(name="catch-up")
@node_option
@json_option
def catch_up(folder: Path, *, as_json: bool) -> None:
    """Answer and fold whatever is new in the journal, so that all tables stand at its end.

    Tables that cannot be read any more are made anew from the journal.
    """
    with opened(folder) as node:
        files = [path_of(one.name, node.read_tables) for one in node.readers]
        files += [path_of(one.name, node.working_tables) for one in node.responders]
        anew = [str(path) for path in files if discard_if_damaged(path, _PATIENCE_SECONDS)]
        heard, size = node.catch_up(), node.journal.size
    if as_json:
        print_json({"heard": heard, "entries": size, "anew": anew})
    else:
        for path in anew:
            console.print(f"{path} was damaged, and is made anew.", highlight=False)
        console.print(f"{heard} acts heard; all tables stand at entry {size}.", highlight=False)


@click.command()
@node_option
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--with-keys", is_flag=True, help="Copy the node's secret keys too: keep the backup as safe.")
@json_option
def backup(folder: Path, out: Path, *, with_keys: bool, as_json: bool) -> None:
    """Copy a node's journal and configuration into the new folder OUT, while others go on appending.

    Tables are not copied: they are made from the journal. Secret keys are copied only when asked.
    """
    with told():
        read_configuration(folder)
        secret = _secret_files(folder) if with_keys else []
        with closing(open_journal(folder / "journal", clock=now, read_only=True)) as journal:
            manifest = back_up(journal, [folder / CONFIGURATION, *secret], out, now)
    if as_json:
        print_json({"backup": str(out), "keys": with_keys, **msgspec.structs.asdict(manifest)})
    else:
        _tell_manifest(manifest)
        keys = "The keys are in it: keep it as safe as them." if with_keys else "No secret key is in it."
        console.print(f"The backup is in {out}. {keys}", highlight=False)


@click.command(name="restore")
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--against",
    "kept",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint that was kept elsewhere; the backup must contain what it covers.",
)
@keys_option
@json_option
def restore_backup(
    source: Path, folder: Path, kept: Path | None, keys: tuple[str, ...], *, as_json: bool
) -> None:
    """Make the new node folder DIR from BACKUP, and prove it: all of it, or nothing is made.

    Every file is compared with the manifest, and the journal is verified in whole. Without keys given, those
    in the backup are trusted.
    """
    with told():
        note = None if kept is None else kept.read_bytes().decode("utf-8", errors="replace")
        trusted = [parse_vkey(key) for key in keys] or _trusted(source)
        manifest = restore(source, folder, now, folders=(READ, RESPONDERS), against=note, keys=trusted)
    lacks_keys = not (folder / KEY).exists()
    if as_json:
        entries = {"entries": manifest.entries, "root": manifest.root}
        print_json({"node": str(folder), **entries, "against": note is not None, "keys": not lacks_keys})
    else:
        _tell_manifest(manifest)
        compared = "the manifest and the checkpoint" if note is not None else "the manifest"
        console.print(f"Verified in whole; equal to {compared}. The node is in {folder}.", highlight=False)
        if lacks_keys:
            console.print(f"It has no secret keys: put {KEY} and {SIGNING_KEY} in it before it is used.")


def _secret_files(folder: Path) -> list[Path]:
    """Return the files of keys, that of a rotation under way included."""
    return sorted([*folder.glob("*.key"), *folder.glob("*.key.new")])


def _tell_manifest(manifest: Manifest) -> None:
    covered = "none" if manifest.checkpoint is None else f"{manifest.checkpoint} entries"
    console.print(
        f"{manifest.entries} entries, root {manifest.root}\n"
        f"{manifest.attachments} attachments, {manifest.attachment_bytes} bytes; last checkpoint: {covered}",
        highlight=False,
    )


COMMANDS = (check, catch_up, backup, restore_backup)
