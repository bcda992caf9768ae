"""Entry summary declarations that lie in files: recognised, taken in, told of."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from tidegate.acts import AlterationRefused, EntryRejected
from tidegate.declarations.ens import read_entry
from tidegate.entry import EntryReceipt, EntryRefusedError, acts_about_entry, entry_now, receive_entry

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.declarations.ens import EntryMessage
    from tidegate.declarations.messages import Message
    from tidegate.node.installation import Node


def entry_in(message: Message, original: bytes, node: Node) -> EntryMessage | None:
    """Return the entry summary declaration, or its amendment, in what was read as some other XML; or None."""
    if message.kind != "other" or message.foreign is None:
        return None
    entry = read_entry(original, node.limits)
    return entry if entry.declaration is not None or entry.envelope is not None else None


def enter(node: Node, entry: EntryMessage, original: bytes, occurred: datetime) -> EntryReceipt:
    """Take an entry summary declaration in: what keeps to its schema gets a number, the rest is kept."""
    country = node.administration.country
    return receive_entry(node.journal, entry, original, occurred, country=country, key=node.key)


def entry_told(node: Node, entry: EntryMessage, receipt: EntryReceipt) -> dict[str, object]:
    """Return what became of an entry summary declaration, once the responders have caught up.

    By the names of what is told of any message: lrn, mrn, type, items, findings, state, positions.
    """
    said: dict[str, object] = {"findings": receipt.findings, "positions": (receipt.position,)}
    if entry.declaration is not None:
        header = entry.declaration.header
        said |= {"type": entry.declaration.kind, "lrn": header.functional_reference_id if header else None}
        said["items"] = len(entry.declaration.goods_item)
    if receipt.mrn is None:
        return said
    findings, positions = receipt.findings, []
    for one, act in acts_about_entry(node.journal, receipt.mrn):
        positions.append(one.position)
        if one.position > receipt.position and isinstance(act, EntryRejected | AlterationRefused):
            findings += act.findings
    said |= {"mrn": receipt.mrn, "findings": findings, "positions": tuple(positions)}
    with suppress(EntryRefusedError):  # an amendment may name what was never lodged
        said["state"] = entry_now(node.journal, receipt.mrn)[0].state
    return said
