"""What the API answers: its objects. Money and rates are strings of digits, moments are RFC 3339."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from tidegate.acts import Change, Payable, TaxLine
from tidegate.declarations.findings import Finding


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong (RFC 9457): `code` for programs, `detail` for people, `findings` say where."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    findings: tuple[Finding, ...] = ()


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message: the number it concerns, where it stands, and its conversation.

    `repeated` says that it was received before and nothing was added. `state` is that of the declaration when
    this was answered; `findings` are those that were known by then.
    """

    mrn: str
    position: int
    conversation: str
    state: str
    repeated: bool = False
    findings: tuple[Finding, ...] = ()


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it was taken in: what its content is, and the SHA-256 of its octets, to compare."""

    name: str
    media: str
    octets: int
    type: str
    sha256: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Documents that are with customs, and wait to be examined; `repeated`: they were there before."""

    mrn: str
    position: int
    repeated: bool
    documents: tuple[Document, ...]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a declaration stands, as of a position of the journal, and what its release still waits for."""

    mrn: str
    lrn: str
    declarant: str
    type: str
    direction: str
    office: str
    items: int
    version: int
    state: str
    outstanding: tuple[str, ...]
    due: Decimal
    secured: Decimal
    paid: Decimal
    currency: str
    findings: int
    lodged: datetime
    accepted: datetime | None
    arrived: datetime | None
    released: datetime | None
    cleared: datetime | None
    exited: datetime | None
    position: int


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One act about a declaration: where it stands in the journal, what it is, and what it says.

    `act` is null where it was erased. What customs keeps to itself, risk and selection, is not in it.
    """

    position: int
    kind: str
    occurred: datetime
    recorded: datetime
    because: int | None
    act: dict[str, Any] | None


class History(msgspec.Struct, frozen=True):
    """What happened to a declaration, in order."""

    mrn: str
    acts: tuple[Happened, ...]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A notice: what customs told about a declaration, and the conversation it belongs to."""

    position: int
    conversation: str
    occurred: datetime
    type: str
    function: str
    mrn: str
    lrn: str
    version: int
    reference: str
    status: str
    statement: str
    words: str
    effective: datetime | None
    limit: datetime | None
    taxes: tuple[TaxLine, ...]
    payable: Payable | None
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]


class Notices(msgspec.Struct, frozen=True):
    """Notices in their order, and the cursor from which to ask for those that come after."""

    notices: tuple[Told, ...]
    cursor: int


class Proof(msgspec.Struct, frozen=True):
    """A proof that an entry is in the journal (C2SP tlog-proof), and the key that signs its checkpoint."""

    position: int
    proof: str
    verifier: str


class Invalidation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request to end a declaration: the asker's reference, a reason's code, and words."""

    reference: str
    reason: str = "1"
    words: str = ""


class Arrival(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message that goods have arrived: the asker's reference."""

    reference: str
