"""What is done with a message that lodges nothing: it acts where it can, and is kept in any case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.clearance import (
    RefusedActError,
    Told,
    UnknownConsignmentError,
    arrive_as_told,
    move,
    place_of,
    receive,
    references_of,
    request_amendment,
    request_invalidation,
)
from tidegate.declarations.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tidegate.declarations.messages import Message
    from tidegate.node.installation import Node

_NOTICE_OF_ARRIVAL = "GAN"  # sent by the port's own system, which is always answered
_NO_MRN = "The message names no declaration: give its MRN in ID."


class Kept(msgspec.Struct, frozen=True):
    """What a message did: what was recorded where, the number it concerns, and what was refused."""

    positions: tuple[int, ...]
    mrn: str | None = None
    findings: tuple[Finding, ...] = ()


def keep(
    node: Node,
    message: Message,
    original: bytes,
    occurred: datetime,
    *,
    numbers: Mapping[str, str] | None = None,
) -> Kept:
    """Do what a message asks, or record it with the reason why not; nothing of it changes then.

    ``numbers`` gives, for a number that another authority quotes, the one it has here.
    """
    quoted = references_of(message).get("mrn")
    mrn = (numbers or {}).get(quoted, quoted) if quoted else None
    findings = message.findings
    try:
        positions = act_on(node, message, original, occurred, mrn=mrn)
    except RefusedActError as refusal:
        findings = (*findings, _finding(refusal, message, node.practice.codes))
    else:
        if positions is not None and positions.positions:
            refused = tuple(_finding(refusal, message, node.practice.codes) for refusal in positions.refusals)
            return Kept(positions.positions, mrn, findings + refused)
        if positions is not None:
            findings += tuple(
                _finding(refusal, message, node.practice.codes) for refusal in positions.refusals
            )
    position = receive(
        node.journal, message, original, occurred=occurred, author=sender_of(message), findings=findings
    )
    return Kept((position,), mrn, findings)


class Acted(msgspec.Struct, frozen=True):
    """The acts that a message brought about, the number they concern, and what of it was refused."""

    positions: tuple[int, ...]
    refusals: tuple[RefusedActError, ...] = ()
    mrn: str | None = None


def act_on(
    node: Node,
    message: Message,
    original: bytes,
    occurred: datetime,
    *,
    mrn: str | None = None,
    author: str = "",
) -> Acted | None:
    """Do what a message asks, and return the acts; None where nothing follows from it here.

    ``mrn`` is the number that is meant where it is not the one quoted; ``author`` is who sends the message,
    where that is known better than from what it says.

    Raises:
        RefusedActError: what it asks may not be done; nothing was.
    """
    journal, declaration = node.journal, message.declaration
    mrn, author = mrn or references_of(message).get("mrn"), author or sender_of(message)
    if message.movement is not None:
        movement = msgspec.structs.replace(message.movement, mrn=mrn)
        named = _submitter(message) is not None or movement.code == _NOTICE_OF_ARRIVAL
        moved = move(journal, movement, Told(occurred, author, original, acknowledged=named))
        return None if moved is None else Acted(moved.positions, moved.refusals, mrn)
    if declaration is None:
        return None
    if not mrn:
        raise UnknownConsignmentError(_NO_MRN)
    if message.kind == "amendment":
        return Acted((request_amendment(journal, mrn, declaration, occurred, original),), mrn=mrn)
    if message.kind == "cancellation":
        return Acted((request_invalidation(journal, mrn, declaration, occurred, original),), mrn=mrn)
    if message.kind == "arrival":
        reference = declaration.functional_reference_id or ""
        told = Told(occurred, author, original, acknowledged=declaration.submitter is not None)
        position = arrive_as_told(journal, mrn, told, place=place_of(declaration), reference=reference)
        return Acted((position,), mrn=mrn)
    return None


def sender_of(message: Message) -> str:
    """Return who sends a message, as the author of what it does."""
    declaration = message.declaration
    party = (declaration.submitter or declaration.declarant) if declaration is not None else None
    return f"operator:{(party.id if party else None) or _submitter(message) or 'unknown'}"


def _submitter(message: Message) -> str | None:
    """Return the submitter that the envelope of a movement names, or None."""
    return message.foreign.word("requestCommon", "submitter") if message.foreign is not None else None


def _finding(refusal: RefusedActError, message: Message, codes: Mapping[str, str]) -> Finding:
    """Return a refusal as a finding; about a declaration under its official code, where it has one."""
    code = f"TG-{refusal.code.upper().replace('_', '-')}"
    if message.movement is not None:
        return Finding(code, "ID" if message.movement.mrn else "ucr", str(refusal))
    return Finding(codes.get(code, code), "ID", str(refusal))
