"""What goes over the wire: parcels of messages one way, receipts and refusals the other.

The members are a closed list; a parcel or message with others is refused. Bodies are JSON, and what is
digested and kept are the bytes of a message as they came.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Type = Literal["disclosure", "proposal", "signature", "suspension", "resumption", "end", "enquiry", "answer"]
Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
Digest = Annotated[str, Meta(pattern=r"\Asha256:[0-9a-f]{64}\Z")]
MOST_MESSAGES = 500
LARGEST_PARCEL = 4 * 1024 * 1024


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of what goes over the wire."""


class Message(_Wire, frozen=True):
    """One message, about a subject, a token that means nothing outside of this agreement.

    ``after`` is the id of the message about the same subject before this one, so that order is kept.
    """

    id: Id
    type: Type
    agreement: str
    version: int = 0
    clause: str = ""
    purpose: str = ""
    subject: str = ""
    after: str = ""
    content: msgspec.Raw = msgspec.Raw(b"{}")


class Disclosed(_Wire, frozen=True):
    """The content of a disclosure: the kind of act and its rows, or the totals of a period."""

    kind: str
    rows: tuple[dict[str, str], ...]
    period: str = ""


class Proposed(_Wire, frozen=True):
    """The content of a proposal: the agreement in canonical form, as text, and its proposer's signature."""

    document: str
    signature: str


class Signature(_Wire, frozen=True):
    """The content of a signature: of which bytes, and the signature itself."""

    digest: str
    signature: str


class Reasoned(_Wire, frozen=True):
    """The content of a suspension, a resumption or an end."""

    reason: str = ""


class Question(_Wire, frozen=True):
    """The content of an enquiry: what it is about, and for assistance what is asked, in words."""

    mrn: str = ""
    ucr: str = ""
    operator: str = ""
    text: str = ""


class Answered(_Wire, frozen=True):
    """The content of an answer: whether anything was found, the rows, words, digests of the evidence."""

    enquiry: Id
    found: bool
    rows: tuple[dict[str, str], ...] = ()
    text: str = ""
    evidence: tuple[Digest, ...] = ()


class EvidenceAsked(_Wire, frozen=True):
    """A question for a piece of the evidence that the answer to an enquiry named, from an octet on."""

    enquiry: Id
    digest: Digest
    offset: Annotated[int, Meta(ge=0, le=2**53)] = 0


class EvidencePiece(_Wire, frozen=True):
    """A piece of evidence: where it begins, how many octets the whole has; ``data`` is base64 in JSON."""

    digest: Digest
    octets: int
    offset: int
    data: bytes


class Parcel(_Wire, frozen=True):
    """Messages of one node to another, with the sender's checkpoint for the receiver to witness.

    ``since`` is the size that the receiver has witnessed before, and ``path`` shows that the checkpoint
    continues it. ``known`` is the size of the receiver's log that the sender has witnessed. ``asks`` are the
    ids of earlier messages whose receipts are wanted, before they are withdrawn.
    """

    profile: str
    sender: str = msgspec.field(name="from")
    to: str
    messages: tuple[msgspec.Raw, ...]
    checkpoint: str = ""
    since: int = 0
    path: tuple[str, ...] = ()
    known: int = 0
    asks: tuple[str, ...] = ()


class Receipt(_Wire, frozen=True):
    """That a message is in the receiver's log: position and envelope of its entry, path to the checkpoint."""

    id: str
    position: int
    envelope: str
    path: tuple[str, ...]


class Refusal(_Wire, frozen=True):
    """That a message was not taken, and why; ``again`` when it may be taken later."""

    id: str
    reason: str
    text: str
    clause: str = ""
    again: bool = False


class Answer(_Wire, frozen=True):
    """What the receiver of a parcel says: receipts under its checkpoint, refusals, its signature as witness.

    ``known`` is the size of the sender's log that it has now witnessed.
    """

    profile: str
    sender: str = msgspec.field(name="from")
    to: str
    checkpoint: str = ""
    since: int = 0
    path: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    known: int = 0
    cosignature: str = ""


class Problem(_Wire, frozen=True):
    """Why a parcel was refused whole."""

    reason: str
    text: str
    retry_after: int = 0


def evidence_in(answer: bytes) -> tuple[str, ...]:
    """Return the digests of the evidence that a message of type ``answer`` names."""
    content = msgspec.json.decode(answer, type=Message).content
    return msgspec.json.decode(content, type=Answered).evidence


def message_digest(message: bytes) -> str:
    """Return the digest by which both logs name a message."""
    return f"sha256:{sha256(message).hexdigest()}"
