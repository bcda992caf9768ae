"""Acts between nodes: who is trusted, what was agreed, what was shared, asked, received and refused."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from tidegate.acts.act import Act

PartnerKind = Literal["administration", "tax", "agency", "transport", "bank", "trader"]


class PartnerIntroduced(Act, frozen=True, kw_only=True):
    """A partner was introduced by a document that it had signed; it is not trusted yet."""

    KIND: ClassVar[str] = "partner.introduced"

    partner: str
    kind: PartnerKind
    endpoint: str
    key: str
    document: str


class PartnerTrusted(Act, frozen=True, kw_only=True):
    """An officer compared a partner's fingerprint with one received by another way, and trusted its key."""

    KIND: ClassVar[str] = "partner.trusted"

    partner: str
    key: str
    fingerprint: str


class PartnerRekeyed(Act, frozen=True, kw_only=True):
    """A partner put a new key in the place of the old, in a note that both keys had signed."""

    KIND: ClassVar[str] = "partner.rekeyed"

    partner: str
    key: str
    note: str


class PartnerRevoked(Act, frozen=True, kw_only=True):
    """A partner is trusted no longer: nothing is sent to it and nothing that it says is taken."""

    KIND: ClassVar[str] = "partner.revoked"

    partner: str
    reason: str


class AgreementProposed(Act, frozen=True, kw_only=True):
    """A party proposed an agreement, or a new version of one, and signed the document."""

    KIND: ClassVar[str] = "agreement.proposed"

    agreement: str
    version: int
    by: str
    partner: str
    document: str
    signature: str
    id: str = ""


class AgreementSigned(Act, frozen=True, kw_only=True):
    """The other party signed an agreement too: it holds from the date that it names."""

    KIND: ClassVar[str] = "agreement.signed"

    agreement: str
    version: int
    by: str
    partner: str
    digest: str
    signature: str
    id: str = ""


class AgreementAmended(Act, frozen=True, kw_only=True):
    """The other party signed a new version of an agreement: it takes the place of the one before."""

    KIND: ClassVar[str] = "agreement.amended"

    agreement: str
    version: int
    by: str
    partner: str
    digest: str
    signature: str
    id: str = ""


class AgreementSuspended(Act, frozen=True, kw_only=True):
    """A party suspended an agreement: nothing is shared under it until that party resumes it."""

    KIND: ClassVar[str] = "agreement.suspended"

    agreement: str
    by: str
    partner: str
    reason: str
    id: str = ""


class AgreementResumed(Act, frozen=True, kw_only=True):
    """The party that had suspended an agreement resumed it."""

    KIND: ClassVar[str] = "agreement.resumed"

    agreement: str
    by: str
    partner: str
    reason: str = ""
    id: str = ""


class AgreementEnded(Act, frozen=True, kw_only=True):
    """A party ended an agreement for good."""

    KIND: ClassVar[str] = "agreement.ended"

    agreement: str
    by: str
    partner: str
    reason: str
    id: str = ""


class DisclosureSent(Act, frozen=True, kw_only=True):
    """What a clause of an agreement allows was made ready for a partner, and goes out in its turn.

    ``about`` is the position of the act that is shared; ``message`` is what goes over the wire, to the byte.
    """

    KIND: ClassVar[str] = "disclosure.sent"

    partner: str
    agreement: str
    clause: str
    id: str
    about: int
    message: msgspec.Raw


class DisclosureReceived(Act, frozen=True, kw_only=True):
    """A partner shared what a clause of an agreement allows it to share; ``until`` is when it is erased."""

    KIND: ClassVar[str] = "disclosure.received"

    partner: str
    agreement: str
    clause: str
    id: str
    message: msgspec.Raw
    until: datetime | None = None


class DisclosureRefused(Act, frozen=True, kw_only=True):
    """What a partner shared was refused by its receiver, ``by``, and the reason was told."""

    KIND: ClassVar[str] = "disclosure.refused"

    by: str
    partner: str
    agreement: str
    clause: str
    id: str
    reason: str
    text: str


class DisclosureWithdrawn(Act, frozen=True, kw_only=True):
    """What waited for a partner was withdrawn, for the clause that had allowed it holds no longer."""

    KIND: ClassVar[str] = "disclosure.withdrawn"

    partner: str
    agreement: str
    clause: str
    id: str
    reason: str


class DisclosureExpired(Act, frozen=True, kw_only=True):
    """The time for which an agreement lets received disclosures be kept is over: they were erased."""

    KIND: ClassVar[str] = "disclosure.expired"

    partner: str
    agreement: str
    ids: tuple[str, ...]
    positions: tuple[int, ...]


class ReceiptRecorded(Act, frozen=True, kw_only=True):
    """A partner's receipt was verified: what was sent is in its journal, under a checkpoint that it signed.

    ``envelope`` and ``path``, in base64, lead from the entry at ``position`` to the root at ``size``.
    """

    KIND: ClassVar[str] = "receipt.recorded"

    partner: str
    id: str
    position: int
    size: int
    envelope: str
    path: tuple[str, ...]


class CheckpointWitnessed(Act, frozen=True, kw_only=True):
    """A partner's checkpoint was seen to continue the one seen before, and was signed as a witness."""

    KIND: ClassVar[str] = "checkpoint.witnessed"

    partner: str
    size: int
    note: str
    cosignature: str


class CheckpointCosigned(Act, frozen=True, kw_only=True):
    """A partner signed a checkpoint of this node as its witness."""

    KIND: ClassVar[str] = "checkpoint.cosigned"

    partner: str
    size: int
    cosignature: str


class EnquiryMade(Act, frozen=True, kw_only=True):
    """A party asked another for what an agreement lets it ask: to verify, look up, compare or assist."""

    KIND: ClassVar[str] = "enquiry.made"

    by: str
    partner: str
    agreement: str
    clause: str
    id: str
    service: str
    due: datetime | None
    message: msgspec.Raw


class EnquiryAnswered(Act, frozen=True, kw_only=True):
    """An enquiry was answered with what the agreement allows; ``enquiry`` is the one that is answered."""

    KIND: ClassVar[str] = "enquiry.answered"

    by: str
    partner: str
    agreement: str
    clause: str
    id: str
    enquiry: str
    message: msgspec.Raw


class EvidenceCarried(Act, frozen=True, kw_only=True):
    """Evidence that an answer named was carried whole, from ``by``, who answered, to ``partner``, who asked.

    ``octets`` is its size as it was carried; ``digest`` names it at the party that answered.
    """

    KIND: ClassVar[str] = "evidence.carried"

    by: str
    partner: str
    agreement: str
    enquiry: str
    digest: str
    octets: int


class EnquiryRefused(Act, frozen=True, kw_only=True):
    """An enquiry was refused by the party asked, ``by``, with the clause or the reason."""

    KIND: ClassVar[str] = "enquiry.refused"

    by: str
    partner: str
    agreement: str
    clause: str
    id: str
    reason: str
    text: str


class MessageRefused(Act, frozen=True, kw_only=True):
    """A message between nodes was refused whole, before anything in it was taken; ``by`` refused it.

    ``claimed`` is who sent it by its own account, which nothing has proven where the signature is at fault.
    """

    KIND: ClassVar[str] = "message.refused"

    by: str
    claimed: str
    reason: str
    text: str
    digest: str
