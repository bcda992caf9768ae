"""Clears what lies in files: each is read, recorded, decided and told about, in the order of their names."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    ChannelAssigned,
    DeclarationAssessed,
    DeclarationRejected,
    TaxLine,
)
from tidegate.clearance import (
    Consignment,
    Lodging,
    acts_about,
    advance,
    lodge,
    references_of,
    tax_lines,
)
from tidegate.declarations.ens import EntryMessage
from tidegate.declarations.findings import Finding
from tidegate.declarations.flat import FlatDeclaration, Mapping, read_flat
from tidegate.declarations.json_form import to_json
from tidegate.declarations.messages import Message, read_file
from tidegate.entry import EntryReceipt
from tidegate.node.entering import enter, entry_in, entry_told
from tidegate.node.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tidegate.node.installation import Node

# Kinds that a declarant sends and that are kept even where nothing follows from them yet.
_ACTING = ("amendment", "cancellation", "arrival", "movement")
_KEPT = (*_ACTING, "unreadable")
_OCTETS_AT_ONCE = 32 * 1024 * 1024  # of messages held in memory; results do not depend on it


class RiskTold(msgspec.Struct, frozen=True):
    """The score and the officer's reasons; the score is None where nothing was assessed."""

    score: float | None = None
    reasons: tuple[str, ...] = ()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one message; the object that ``clear --json`` prints.

    ``further`` counts findings beyond those listed.
    """

    file: str
    kind: str
    lrn: str | None = None
    mrn: str | None = None
    type: str | None = None
    items: int = 0
    findings: tuple[Finding, ...] = ()
    further: int = 0
    taxes: tuple[TaxLine, ...] = ()
    risk: RiskTold = RiskTold()
    channel: str | None = None
    state: str | None = None
    positions: tuple[int, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the message could not be read or stands refused."""
        return self.kind == "unreadable" or any(finding.stops for finding in self.findings)


class Incoming(msgspec.Struct):
    """A message on its way through: where from, when, as it came and as read; then what was recorded."""

    file: str
    occurred: datetime
    original: bytes
    message: Message
    mrn: str | None = None
    position: int | None = None
    findings: tuple[Finding, ...] = ()
    entry: EntryMessage | None = None
    receipt: EntryReceipt | None = None


def files_below(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and all below the folders named, in the order of their names.

    Raises:
        FileNotFoundError: one of the paths does not exist.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist")
        found += sorted(one for one in path.rglob("*") if _is_told(one)) if path.is_dir() else [path]
    return found


def _is_told(path: Path) -> bool:
    """Tell whether something in a folder is a file, or a name that leads nowhere: both are accounted for."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def clear_files(node: Node, files: Iterable[Path], occurred: datetime) -> Iterator[Told]:
    """Clear files in batches; yields what became of each, in the order given.

    ``occurred`` is the moment of receipt: the legal time of what is lodged, up to which the clock acts on
    what lies there already. A file that cannot be opened or read is told of as unreadable; the rest goes on.
    """
    if node.practice.keeps_time:
        node.let_time_pass(occurred)
    yield from _cleared(node, (_read(path, node, occurred) for path in files))


def clear_flat_file(node: Node, path: Path, mapping: Mapping, occurred: datetime) -> Iterator[Told]:
    """Clear the declarations of a flat file, one row a goods item; yields what became of each.

    Each declaration is kept as JSON, the way it was read. Rows that could not be read are told of as
    unreadable, with their number in the finding.

    Raises:
        MappingError: the file has no head, or lacks a column that the mapping names.
    """
    if node.practice.keeps_time:
        node.let_time_pass(occurred)
    yield from _cleared(node, (_flat(path, one, occurred) for one in read_flat(path, mapping)))


def _cleared(node: Node, messages: Iterable[Incoming]) -> Iterator[Told]:
    # What another run recorded and did not live to answer is answered first: arrivals may be waiting for it.
    node.catch_up()
    for part in _parts(messages, node.configuration.batch):
        record(node, part)
        node.catch_up()
        for one in part:
            yield tell(node, one)


def _flat(path: Path, read: FlatDeclaration, occurred: datetime) -> Incoming:
    first, last = read.rows
    name = f"{path}#{read.id}" if read.id else f"{path}#rows {first}-{last}"
    if read.declaration is None:
        return Incoming(
            name, occurred, b"", Message("unreadable", findings=read.findings), findings=read.findings
        )
    message = Message("declaration", bare=read.declaration, findings=read.findings)
    return Incoming(name, occurred, to_json(read.declaration), message, findings=read.findings)


def record(node: Node, incoming: list[Incoming]) -> None:
    """Record messages in their order; declarations that follow each other are lodged in one commit."""
    waiting: list[Incoming] = []
    for one in incoming:
        if one.message.kind == "declaration":
            waiting.append(one)
        elif one.entry is not None or one.message.kind in _KEPT:
            _lodge(node, waiting)
            if waiting and one.message.kind in _ACTING:
                # What was lodged before it in the same batch is decided first: it may be what it speaks of.
                node.catch_up()
            waiting = []
            if one.entry is not None:
                one.receipt = enter(node, one.entry, one.original, one.occurred)
            else:
                _keep(node, one)
    _lodge(node, waiting)


def _parts(messages: Iterable[Incoming], size: int) -> Iterator[list[Incoming]]:
    part: list[Incoming] = []
    octets = 0
    for one in messages:
        part.append(one)
        octets += len(one.original)
        if len(part) >= size or octets >= _OCTETS_AT_ONCE:
            yield part
            part, octets = [], 0
    if part:
        yield part


def _read(path: Path, node: Node, occurred: datetime) -> Incoming:
    original, message = read_file(path, node.limits)
    # A name that is not in the file system's encoding is shown as far as it can be.
    name = os.fsencode(path).decode(errors="replace")
    entry = entry_in(message, original, node)
    return Incoming(name, occurred, original, message, findings=message.findings, entry=entry)


def _lodge(node: Node, waiting: list[Incoming]) -> None:
    lodgings = [
        Lodging(one.occurred, one.original, one.message.declaration)
        for one in waiting
        if one.message.declaration is not None
    ]
    receipts = lodge(node.journal, lodgings, country=node.administration.country, key=node.key)
    for one, receipt in zip(waiting, receipts, strict=True):
        one.mrn = receipt.mrn
        if receipt.finding is not None:
            one.findings = (*one.findings, receipt.finding)


def _keep(node: Node, one: Incoming) -> None:
    """Do what a message asks that lodges nothing, or record it with the reason why not."""
    kept = keep(node, one.message, one.original, one.occurred)
    one.position, one.mrn = kept.positions[0], None
    if kept.mrn is not None and len(kept.findings) == len(one.message.findings):
        one.mrn = kept.mrn
    one.findings = (*one.findings, *kept.findings[len(one.message.findings) :])


def tell(node: Node, one: Incoming) -> Told:
    """Tell what became of a message, once the responders have caught up."""
    if one.entry is not None and one.receipt is not None:
        told = Told(file=one.file, kind="entry")
        return msgspec.structs.replace(told, **entry_told(node, one.entry, one.receipt))
    references = references_of(one.message)
    declaration = one.message.declaration
    shipment = declaration.goods_shipment if declaration is not None else None
    told = Told(
        file=one.file,
        kind=one.message.kind,
        lrn=references.get("lrn"),
        mrn=one.mrn or (references.get("mrn") if one.message.kind != "declaration" else None),
        type=declaration.type_code if declaration is not None else None,
        items=len(shipment.government_agency_goods_item) if shipment is not None else 0,
        findings=one.findings,
        positions=() if one.position is None else (one.position,),
    )
    return told if one.message.kind != "declaration" or one.mrn is None else _decided(node, one.mrn, told)


def _decided(node: Node, mrn: str, told: Told) -> Told:
    """Add what the journal says of a declaration."""
    changes: dict[str, object] = {}
    findings = told.findings
    consignment: Consignment | None = None
    for entry, act in acts_about(node.journal, mrn):
        if act is None:
            continue
        consignment = advance(consignment, act, entry.position, entry.occurred)
        if isinstance(act, DeclarationRejected | DeclarationAssessed):
            findings += act.findings
            changes["further"] = act.further
        if isinstance(act, DeclarationAssessed):
            changes["taxes"] = tax_lines(node.journal, entry, act)
            changes["risk"] = RiskTold(act.score, tuple(reason.text for reason in act.reasons))
        elif isinstance(act, ChannelAssigned):
            changes["channel"] = act.channel
    if consignment is not None:
        changes |= {"state": consignment.state, "positions": consignment.positions}
    return msgspec.structs.replace(told, **changes, findings=findings)
