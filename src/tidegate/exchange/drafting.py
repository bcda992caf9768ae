"""How acts between nodes become drafts: the keys by which they are found, and by which none enters twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import PartnerIntroduced
from tidegate.exchange.messages import message_digest
from tidegate.exchange.refusals import OvertakenError
from tidegate.exchange.standing import STANDING, STANDING_KINDS
from tidegate.journal import Append, Appended, Draft, Key, KeyIsNew, KeyLastAt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tidegate.acts import Act
    from tidegate.exchange.standing import Standing
    from tidegate.journal import Cause, Condition, Conflict, Journal

AGREEMENT_KEY, PARTNER_KEY = "agreement:", "partner:"
SENT_KEY, RECEIVED_KEY, SETTLED_KEY = "sent:", "message:", "settled:"
EVIDENCE_KEY = "evidence:"


def agreement_key(uid: str) -> Key:
    """Return the key of all acts under an agreement."""
    return Key(AGREEMENT_KEY + uid)


def partner_key(name: str) -> Key:
    """Return the key of all acts with a partner."""
    return Key(PARTNER_KEY + name)


def sent_key(partner: str, id_: str) -> Key:
    """Return the key of the act by which a message to a partner was made."""
    return Key(f"{SENT_KEY}{partner}:{id_}")


def received_key(partner: str, id_: str) -> Key:
    """Return the key of the act by which a message of a partner was received, or refused for good."""
    return Key(f"{RECEIVED_KEY}{partner}:{id_}")


def settled_key(partner: str, id_: str) -> Key:
    """Return the key of the act by which a message to a partner was settled: a receipt, a refusal."""
    return Key(f"{SETTLED_KEY}{partner}:{id_}")


def enquiry_key(asker: str, id_: str) -> Key:
    """Return the key under which an enquiry and what became of it are found."""
    return Key(f"enquiry:{asker}:{id_}")


def evidence_key(asker: str, enquiry: str, digest: str) -> Key:
    """Return the key of the act by which evidence of an answer was carried, or refused for good."""
    return Key(f"{EVIDENCE_KEY}{asker}:{enquiry}:{digest}")


def draft(
    act: Act,
    occurred: datetime,
    author: str,
    keys: Sequence[Key],
    *,
    message: bytes | None = None,
    cause: Cause | None = None,
    attachments: tuple[str, ...] = (),
) -> Draft:
    """Return an act as the journal takes it; with a message, its digest is among the keys."""
    found = list(keys)
    if message is not None:
        found.append(Key(message_digest(message)))
    if act.KIND in STANDING_KINDS:
        found.append(STANDING)
    return Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred,
        author=Key(author, personal=author.startswith("person:")),
        keys=tuple(dict.fromkeys(found)),
        body=act.encode(),
        cause=cause,
        attachments=attachments,
    )


def append_standing(journal: Journal, standing: Standing, made: Draft, *further: Condition) -> int:
    """Append an act about partners or agreements if nothing about them changed since; return the position.

    Raises:
        OvertakenError: something did.
    """
    first = made.kind == PartnerIntroduced.KIND and not standing.position
    unchanged: Condition = KeyIsNew(STANDING) if first else KeyLastAt(STANDING, standing.position - 1)
    position = position_of(journal.append([Append((made,), (unchanged, *further))])[0])
    standing.follow(journal)
    return position


def position_of(answer: Appended | Conflict) -> int:
    """Return the position of the one act appended; `overtaken` when somebody else acted first."""
    if isinstance(answer, Appended):
        return answer.positions[0]
    raise OvertakenError(
        f"Somebody else acted first, at position {answer.position}. Look again and decide anew.",
        position=answer.position,
    )
