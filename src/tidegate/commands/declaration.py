"""``tidegate declaration``: read declarations into values, write them again, judge those before entry."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tidegate.commands.face import KnownError, json_option, print_json, table, told
from tidegate.declarations.ens import (
    CaseOutcome,
    EntryCheck,
    UnreadableArchiveError,
    check_entry,
    compare_cases,
    read_archive,
)
from tidegate.declarations.messages import read_file, write_message
from tidegate.declarations.wire.xml import UnreadableXmlError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.declarations.messages import Message

_MOST_OCTETS = 16 * 1024 * 1024


@click.group()
def declaration() -> None:
    """Read, write and judge declarations, without a node."""


@declaration.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def rewrite(ctx: click.Context, file: Path) -> None:
    """Read FILE into values and print the message written from those values alone."""
    message = _read(file)
    if message.kind == "unreadable":
        _tell_findings(message)
        ctx.exit(1)
    try:
        written = write_message(message)
    except ValueError as error:
        _tell_findings(message)
        raise click.ClickException(str(error)) from None
    click.echo(written)


@declaration.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@click.pass_context
def read(ctx: click.Context, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Print the values in FILES: their kind and findings, and with --json the declaration as JSON."""
    unreadable = 0
    for file in files:
        message = _read(file)
        unreadable += message.kind == "unreadable"
        if as_json:
            found = {"file": str(file), "kind": message.kind, "declaration": message.declaration}
            print_json({**found, "findings": message.findings})
        else:
            click.echo(f"{file}: {message.kind}")
            _tell_findings(message)
    ctx.exit(1 if unreadable else 0)


@declaration.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--cases", is_flag=True, help="Compare with the published findings beside the messages.")
@json_option
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], *, cases: bool, as_json: bool) -> None:
    """Judge the entry summary declarations in FILES, XML or ZIP archives of it, by schema and rules.

    With --cases, FILES are archives of messages NAME.xml with the findings published for them, NAME.ctl.
    """
    if cases:
        _check_cases(ctx, files, as_json=as_json)
        return
    for file in files:
        for name, checked in _checked(file):
            if as_json:
                print_json(_object(name, checked))
            else:
                click.echo(f"{name}: {'valid' if checked.valid else 'not valid by its schema'}")
                for finding in (*checked.message.faults, *checked.findings):
                    click.echo(f"  {finding.code} at {finding.location}: {finding.text}")


def _checked(file: Path) -> Iterator[tuple[str, EntryCheck]]:
    with _archives_told():
        if file.suffix.lower() == ".zip":
            for name, data in read_archive(file):
                if name.lower().endswith(".xml"):
                    yield name, check_entry(data)
        else:
            with file.open("rb") as opened:
                yield str(file), check_entry(opened.read(_MOST_OCTETS + 1))


def _object(name: str, checked: EntryCheck) -> dict[str, object]:
    found = [{"number": one.code, "location": one.location, "text": one.text} for one in checked.findings]
    told_of = {"file": name, "valid": checked.valid, "findings": found}
    return told_of if checked.valid else {**told_of, "schema": checked.message.faults}


def _check_cases(ctx: click.Context, files: tuple[Path, ...], *, as_json: bool) -> None:
    count = agreeing = 0
    disagreeing: list[CaseOutcome] = []
    with _archives_told():
        for file in files:
            for outcome in compare_cases(file):
                count += 1
                agreeing += outcome.agrees
                if not outcome.agrees:
                    disagreeing.append(outcome)
    if as_json:
        for outcome in disagreeing:
            print_json(_disagreement(outcome))
        print_json({"cases": count, "agreeing": agreeing})
    else:
        rows = [(one.file, _places(one.missing), _places(one.unexpected)) for one in disagreeing]
        table(f"{agreeing:,} of {count:,} cases agree", ("file", "missing", "unexpected"), rows)
    ctx.exit(0 if agreeing == count else 1)


def _disagreement(outcome: CaseOutcome) -> dict[str, object]:
    return {
        "file": outcome.file,
        "valid": outcome.valid,
        "should_be_valid": outcome.should_be_valid,
        "missing": [{"number": number, "location": place} for number, place in outcome.missing],
        "unexpected": [{"number": number, "location": place} for number, place in outcome.unexpected],
    }


def _places(places: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{number} {place}" for number, place in places)


@contextmanager
def _archives_told() -> Iterator[None]:
    try:
        with told():
            yield
    except (UnreadableArchiveError, UnreadableXmlError) as error:
        raise KnownError(f"{error}  [{getattr(error, 'code', 'unreadable-xml')}]") from None


def _read(file: Path) -> Message:
    with told():
        return read_file(file)[1]


def _tell_findings(message: Message) -> None:
    for finding in message.findings:
        click.echo(f"  {finding.code} at {finding.location}: {finding.text}", err=True)
