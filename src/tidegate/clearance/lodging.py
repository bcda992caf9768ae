"""The way in: declarations get their number and enter under a condition, other messages are kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import DeclarationLodged, MessageReceived, decode
from tidegate.clearance.bounds import referable, within
from tidegate.clearance.drafting import author_key, draft, position_of
from tidegate.clearance.naming import known_by
from tidegate.clearance.practice import direction_of, place_of
from tidegate.clearance.reader import MRN_KEY
from tidegate.clearance.refusals import RefusedActError
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.findings import Finding
from tidegate.declarations.references import issue_mrn
from tidegate.journal import Append, Appended, Conflict, Journal, Key, KeyIsNew

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.declarations.messages import Message

_ATTEMPTS = 3
_FINDINGS_IN_ACT = 50
_FINDING_OCTETS = 24 * 1024
_UCRS = frozenset({"DCR", "MCR"})  # previous documents that name a declaration's UCR, and a master UCR
_MOST_UCRS = 50


class Lodging(msgspec.Struct, frozen=True):
    """A declaration on its way in: when, the bytes as they came, and what they were read as.

    ``sender`` is who lodges it where that is known better than from the declaration; ``once`` a name that the
    sender gave this lodging, so that repeating it lodges nothing more.
    """

    occurred: datetime
    original: bytes
    declaration: Declaration
    sender: str = ""
    once: str = ""

    @property
    def declarant(self) -> str:
        """The number of who lodges, as keys and acts hold it."""
        return referable(declarant_of(self.declaration))

    @property
    def lrn(self) -> str:
        """The declarant's own reference, as keys and acts hold it; empty where none is stated."""
        return referable(self.declaration.functional_reference_id or "")


class Receipt(msgspec.Struct, frozen=True):
    """What customs says to a lodging: its MRN and position, or the finding that it was lodged before.

    ``repeated`` is the number under which these very octets were lodged before, where they were.
    """

    mrn: str | None
    position: int
    finding: Finding | None = None
    repeated: str = ""


def lodge(journal: Journal, lodgings: Sequence[Lodging], *, country: str, key: bytes) -> list[Receipt]:
    """Give declarations their numbers and append them, each under the condition that its LRN is new.

    ``key`` is the node's secret: the number is made from it, the declarant and the LRN, so that lodging the
    same twice gives the same number, whatever the batch. One durable commit; one refused does not touch the
    others. The receipts are in the order of the lodgings.
    """
    if not lodgings:
        return []
    digests = journal.attach([one.original for one in lodgings])
    receipts: list[Receipt | None] = [None] * len(lodgings)
    waiting = list(range(len(lodgings)))
    for attempt in range(_ATTEMPTS):
        drafted = [_lodging_draft(lodgings[at], digests[at], country, key, attempt) for at in waiting]
        answers = journal.append([append for _, append in drafted])
        again = []
        for at, (mrn, _), answer in zip(waiting, drafted, answers, strict=True):
            if isinstance(answer, Appended):
                receipts[at] = Receipt(mrn, answer.positions[0])
            elif _taken_by_another(journal, answer, lodgings[at]):
                again.append(at)
            else:
                receipts[at] = _lodged_before(journal, lodgings[at], digests[at], answer)
        waiting = again
        if not waiting:
            break
    if waiting:
        raise RefusedActError(
            f"no free reference number was found in {_ATTEMPTS} attempts", lodgings=len(waiting)
        )
    return [receipt for receipt in receipts if receipt is not None]


def receive(
    journal: Journal,
    message: Message,
    original: bytes,
    *,
    occurred: datetime,
    author: str,
    findings: tuple[Finding, ...],
) -> int:
    """Record a message that lodges nothing new, with its bytes; returns its position."""
    attached = tuple(journal.attach([original])) if original else ()
    kept = within(findings, _FINDINGS_IN_ACT, _FINDING_OCTETS)
    act = MessageReceived(
        message=message.kind,
        references={name: referable(word) for name, word in references_of(message).items()},
        findings=kept,
        further=len(findings) - len(kept),
    )
    made = draft(act, occurred, author_key(author), [Key("messages")], attached)
    return position_of(journal.append([Append((made,))])[0])


def references_of(message: Message) -> dict[str, str]:
    """Return the references a message carries, by their names, as they are stated."""
    found: dict[str, str | None] = {}
    if message.declaration is not None:
        found = {"mrn": message.declaration.id, "lrn": message.declaration.functional_reference_id}
    elif message.movement is not None:
        found = msgspec.structs.asdict(message.movement)
    return {name: value for name, value in found.items() if value}


def declarant_of(declaration: Declaration) -> str:
    """Return the number of who lodges: the declarant, else the representative, else the submitter."""
    for party in (declaration.declarant, declaration.agent, declaration.submitter):
        if party is not None and party.id:
            return party.id
    return ""


def _lodging_draft(
    lodging: Lodging, digest: str, country: str, key: bytes, attempt: int
) -> tuple[str, Append]:
    declarant, lrn = lodging.declarant, lodging.lrn
    mrn = issue_mrn(country, lodging.occurred.year, declarant, lrn or digest, key, attempt=attempt)
    shipment = lodging.declaration.goods_shipment
    act = DeclarationLodged(
        mrn=mrn,
        lrn=lrn,
        declarant=declarant,
        type=referable(lodging.declaration.type_code or ""),
        items=len(shipment.government_agency_goods_item) if shipment else 0,
        direction=direction_of(lodging.declaration),
        place=referable(place_of(lodging.declaration)),
        known_by=known_by(lodging.declaration),
    )
    operator = author_key(f"operator:{declarant or 'unknown'}")
    lodger = author_key(f"operator:{lodging.sender}") if lodging.sender else operator
    keys = [Key(MRN_KEY + mrn), operator]
    conditions = [KeyIsNew(keys[0])]
    if lrn:
        keys.append(_lrn_key(declarant, lrn))
        conditions.insert(0, KeyIsNew(keys[-1]))
    if lodging.once:
        keys.append(_once_key(lodging))
        conditions.insert(0, KeyIsNew(keys[-1]))
    if act.direction == "export":
        keys += [ucr_key(ucr) for ucr in ucrs_of(lodging.declaration)]
    return mrn, Append((draft(act, lodging.occurred, lodger, keys, (digest,)),), tuple(conditions))


def ucrs_of(declaration: Declaration) -> list[str]:
    """Return the references of the consignment and of the masters over it, by which movements tell of it."""
    shipment = declaration.goods_shipment
    if shipment is None:
        return []
    documents = [*shipment.previous_document]
    for item in shipment.government_agency_goods_item:
        documents += item.previous_document
    found = [document.id for document in documents if document.type_code in _UCRS and document.id]
    return list(dict.fromkeys(referable(ucr) for ucr in found[:_MOST_UCRS]))


def ucr_key(ucr: str) -> Key:
    """Return the key of a consignment's reference; it stands for a firm, whose number is in it."""
    return Key(f"ucr:{ucr}", personal=True)


def _lrn_key(declarant: str, lrn: str) -> Key:
    """Return the key of an LRN; the length keeps a colon in the number apart from the one between."""
    return Key(f"lrn:{len(declarant)}:{declarant}:{lrn}", personal=True)


def _once_key(lodging: Lodging) -> Key:
    """Return the key of the name that a sender gave a lodging."""
    return Key(f"once:{len(lodging.sender)}:{lodging.sender}:{lodging.once}", personal=True)


def _taken_by_another(journal: Journal, conflict: Conflict, lodging: Lodging) -> bool:
    """Tell whether the number drawn belongs to a declaration of another declarant or LRN."""
    if lodging.once and conflict.condition == KeyIsNew(_once_key(lodging)):
        return False
    won = _lodged_at(journal, conflict.position)
    return won is not None and (won.declarant, won.lrn) != (lodging.declarant, lodging.lrn)


def _lodged_at(journal: Journal, position: int) -> DeclarationLodged | None:
    entry = journal.read(position, 1)[0]
    if entry.body is None:
        return None
    act = decode(entry.kind, entry.version, entry.body)
    return act if isinstance(act, DeclarationLodged) else None


def _lodged_before(journal: Journal, lodging: Lodging, digest: str, conflict: Conflict) -> Receipt:
    entry = journal.read(conflict.position, 1)[0]
    won = _lodged_at(journal, conflict.position)
    mrn = won.mrn if won else ""
    finding = _twice(lodging, mrn, by_name=conflict.condition == KeyIsNew(_once_key(lodging)))
    return Receipt(None, conflict.position, finding, mrn if digest in entry.attachments[:1] else "")


def _twice(lodging: Lodging, mrn: str, *, by_name: bool) -> Finding:
    if lodging.once and by_name:
        said = f"The name {lodging.once!r} was given to another lodging before, of {mrn}."
    elif lodging.lrn:
        said = f"The declarant {lodging.declarant} has used the reference {lodging.lrn!r} before, for {mrn}."
    else:
        said = f"These very octets, without a reference of the declarant, were lodged before, as {mrn}."
    text = f"{said} Give every declaration a reference of its own; to change one, send an amendment."
    return Finding("TG-LRN-TWICE", "FunctionalReferenceID", text, values={"mrn": mrn, "lrn": lodging.lrn})
