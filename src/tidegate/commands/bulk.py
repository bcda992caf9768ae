"""``tidegate bulk``: low-value consignments by the million: cleared from files, asked about, paid for."""

from __future__ import annotations

import resource
import sys
import time
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from rich.progress import Progress as Bar

from tidegate.clearance.bulk import (
    UploadStatus,
    findings_of_rows,
    pay_upload,
    record_row_control,
    row_state,
    write_results,
)
from tidegate.commands.face import (
    KnownError,
    console,
    json_option,
    node_option,
    now,
    opened,
    print_json,
    table,
    to_stderr,
)
from tidegate.declarations.reduced_reading import BadUploadError
from tidegate.journal import tables
from tidegate.node.bulk import ROWS_IN_PART, clear_upload, status_of, upload_of
from tidegate.simulation.parcels import write_parcels

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.acts import Outcome
    from tidegate.node import Node

_KIB_IN_MIB = 1024


class Cleared(msgspec.Struct, frozen=True, kw_only=True):
    """The last object that ``bulk clear --json`` prints: what became of all files, and how long it took."""

    uploads: tuple[UploadStatus, ...]
    rows: int
    accepted: int
    rejected: int
    channels: dict[str, int]
    due: Decimal
    seconds: float
    rows_a_second: float
    peak_memory_mib: int


@click.group()
def bulk() -> None:
    """Clear low-value consignments (the reduced data set, H7) by the million, from CSV, Parquet or NDJSON."""


@bulk.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@node_option
@click.option("--declarant", default="XA000000001", show_default=True, help="The number of who lodges them.")
@click.option("--payment-method", default="", help="How what is owed is paid, by code; E defers it.")
@click.option(
    "--part",
    default=ROWS_IN_PART,
    show_default=True,
    type=click.IntRange(1, 200_000),
    help="Rows lodged and decided on in one go. Results do not depend on it.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the result of each row to this file: Parquet by its name, else CSV.",
)
@json_option
@click.pass_context
def clear(
    ctx: click.Context,
    files: tuple[Path, ...],
    folder: Path,
    *,
    declarant: str,
    payment_method: str,
    part: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Lodge the rows of FILES and decide on each: findings, taxes, score, channel.

    The same file is the same upload: cleared again, it enters once. The exit status is 1 where rows were
    rejected, and 2 where nothing could be done, or a file could not be read to its end.
    """
    begun, sent = time.perf_counter(), (declarant, payment_method)
    with opened(folder) as node:
        uploads = [_clear(node, path, sent, part, as_json=as_json) for path in files]
        if out is not None:
            with closing(_tables(node)) as read:
                write_results(read, node.journal, [one.upload for one in uploads], out)
    cleared = _cleared(uploads, time.perf_counter() - begun)
    print_json(cleared) if as_json else _tell(cleared)
    ctx.exit(1 if cleared.rejected else 0)


def _clear(node: Node, path: Path, sent: tuple[str, str], part: int, *, as_json: bool) -> UploadStatus:
    """Clear one file, and return what became of it."""
    status = None
    try:
        upload = upload_of(path, sent[0], now(), sent[1])
        with Bar(console=to_stderr, transient=True, disable=as_json) as bar:
            task = bar.add_task(f"Clearing {path.name}", total=None)
            for progress in clear_upload(node, upload, rows_in_part=part):
                bar.update(task, description=f"{path.name}: {progress.rows:,} rows")
                if as_json and progress.status is None:
                    print_json({"file": str(path), "upload": upload.name, "rows": progress.rows})
                status = progress.status
    except BadUploadError as error:
        raise KnownError(f"{error}  [{error.code}]") from None
    assert status is not None, "the last progress has the status"
    return status


def _cleared(uploads: Sequence[UploadStatus], seconds: float) -> Cleared:
    channels: dict[str, int] = {}
    for one in uploads:
        for name, count in one.channels.items():
            channels[name] = channels.get(name, 0) + count
    rows = sum(one.rows for one in uploads)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Cleared(
        uploads=tuple(uploads),
        rows=rows,
        accepted=sum(one.accepted for one in uploads),
        rejected=sum(one.rejected for one in uploads),
        channels=channels,
        due=sum((one.due for one in uploads), Decimal(0)),
        seconds=round(seconds, 3),
        rows_a_second=round(rows / seconds, 1),
        peak_memory_mib=peak // (_KIB_IN_MIB if sys.platform != "darwin" else _KIB_IN_MIB**2),
    )


def _tell(cleared: Cleared) -> None:
    for one in cleared.uploads:
        console.print(
            f"[bold]Upload {one.upload}[/bold]: {one.rows:,} rows, {one.accepted:,} accepted, "
            f"{one.rejected:,} rejected, {one.released:,} released. Due {one.due:,} {one.currency}, of which "
            f"{one.due_now:,} before release.",
            highlight=False,
        )
        table("Channels", ["channel", "#consignments"], [(k, f"{n:,}") for k, n in one.channels.items()])
        table("Taxes", ["tax", "#payable"], [(tax.type, f"{tax.payable:,}") for tax in one.taxes])
        if one.findings:
            table("Findings", ["code", "#times"], [(k, f"{n:,}") for k, n in one.findings.items()])
    console.print(
        f"{cleared.seconds:.1f} s, {cleared.rows_a_second:,.0f} rows/s, peak {cleared.peak_memory_mib} MiB.",
        highlight=False,
    )


@bulk.command()
@click.argument("upload")
@node_option
@click.option("--findings", "wanted", is_flag=True, help="Print the rows with findings, one object a line.")
@click.option("--after", default=0, type=click.IntRange(0), help="With --findings: begin behind this row.")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="At most so many."
)
def status(upload: str, folder: Path, after: int, limit: int, *, wanted: bool) -> None:
    """Print what became of UPLOAD, or of its rows with findings."""
    with opened(folder) as node:
        node.catch_up()
        if not wanted:
            print_json(_known(status_of(node, upload), upload))
            return
        with closing(_tables(node)) as read:
            for row in findings_of_rows(read, node.journal, upload, after=after, limit=limit):
                print_json(row)


@bulk.command()
@click.argument("reference", metavar="POSITION#PLACE")
@node_option
def row(reference: str, folder: Path) -> None:
    """Print what is known of one row. `journal prove POSITION#PLACE` proves that it was lodged."""
    lodged, place = _place(reference)
    with opened(folder) as node:
        node.catch_up()
        with closing(_tables(node)) as read:
            print_json(_known(row_state(read, node.journal, lodged, place), reference))


@bulk.command()
@click.argument("upload")
@node_option
@click.option("--reference", required=True, help="The reference of the payment.")
@click.option("--amount", required=True, help="What was paid: all that the upload owes before release.")
def pay(upload: str, folder: Path, reference: str, amount: str) -> None:
    """Record that UPLOAD was paid, and release what waited for it."""
    with opened(folder) as node:
        node.catch_up()
        if not amount.replace(".", "", 1).isdecimal():
            raise click.UsageError(f"{amount!r} is not an amount: write digits, with a point.")
        pay_upload(node.journal, upload, now(), "officer", reference=reference, amount=Decimal(amount))
        node.catch_up()
        print_json(_known(status_of(node, upload), upload))


@bulk.command()
@click.argument("reference", metavar="POSITION#PLACE")
@node_option
@click.option("--outcome", required=True, type=click.Choice(["conform", "irregular"]), help="What it showed.")
@click.option("--found", default="", help="What was found, in words.")
def control(reference: str, folder: Path, outcome: Outcome, found: str) -> None:
    """Record what the control of one row found; where it conforms and owes nothing, the row is released."""
    place = _place(reference)
    with opened(folder) as node:
        node.catch_up()
        record_row_control(node.journal, place, now(), "officer", outcome=outcome, found=found)
        node.catch_up()
        with closing(_tables(node)) as read:
            print_json(_known(row_state(read, node.journal, *place), reference))


@bulk.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--rows", default=1000, show_default=True, type=click.IntRange(1), help="How many parcels.")
@click.option("--seed", default=1, show_default=True, help="The seed: the same seed, the same parcels.")
def simulate(out: Path, rows: int, seed: int) -> None:
    """Write simulated parcels to the CSV file OUT, to try an upload with."""
    write_parcels(str(out), seed, rows)


def _tables(node: Node) -> apsw.Connection:
    return tables(node.reader("bulk"), node.read_tables)


def _known(found: Any, name: str) -> Any:
    if found is None:
        raise KnownError(f"Nothing is known of {name} here.  [unknown_consignment]")
    return found


def _place(reference: str) -> tuple[int, int]:
    lodged, mark, place = reference.partition("#")
    if not (mark and lodged.isdecimal() and place.isdecimal()):
        raise click.UsageError(f"{reference!r} is not POSITION#PLACE, both counted from 0.")
    return int(lodged), int(place)
