"""The message that an act of this node is for its partner: the same bytes whenever it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    AgreementAmended,
    AgreementEnded,
    AgreementProposed,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    DisclosureSent,
    EnquiryAnswered,
    EnquiryMade,
)
from tidegate.exchange.messages import Message, Proposed, Reasoned, Signature

if TYPE_CHECKING:
    from tidegate.acts import Act
    from tidegate.exchange.standing import Held

_ENCODER = msgspec.json.Encoder()
_REASONED = {AgreementSuspended: "suspension", AgreementResumed: "resumption", AgreementEnded: "end"}


def outgoing(act: Act) -> bytes | None:
    """Return the message of an act, or None where it is none for a partner."""
    if isinstance(act, DisclosureSent | EnquiryMade | EnquiryAnswered):
        return bytes(act.message)
    if isinstance(act, AgreementProposed):
        content = _ENCODER.encode(Proposed(act.document, act.signature))
        return _written(act.id, "proposal", act.agreement, act.version, content)
    if isinstance(act, AgreementSigned | AgreementAmended):
        content = _ENCODER.encode(Signature(act.digest, act.signature))
        return _written(act.id, "signature", act.agreement, act.version, content)
    if isinstance(act, AgreementSuspended | AgreementResumed | AgreementEnded):
        content = _ENCODER.encode(Reasoned(act.reason))
        return _written(act.id, _REASONED[type(act)], act.agreement, 0, content)
    return None


def answer_message(id_: str, held: Held, asked: EnquiryMade, content: msgspec.Raw) -> msgspec.Raw:
    """Return the message that answers an enquiry."""
    message = Message(
        id=id_,
        type="answer",
        agreement=held.uid,
        version=held.signed,
        clause=asked.clause,
        purpose=msgspec.json.decode(asked.message, type=Message).purpose,
        content=content,
    )
    return msgspec.Raw(_ENCODER.encode(message))


def _written(id_: str, type_: str, agreement: str, version: int, content: bytes) -> bytes:
    parts = {
        "id": id_,
        "type": type_,
        "agreement": agreement,
        "version": version,
        "content": msgspec.Raw(content),
    }
    return _ENCODER.encode(msgspec.convert(parts, Message))
