"""What people and messages do: check that it may be done, then append it under a condition.

Each function reads the consignment as it is now from its acts in the journal, not from a table that may lag,
and appends on the condition that nothing was added meanwhile. Whoever comes second is told.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    Act,
    ControlRecorded,
    DeclarationLodged,
    GoodsArrived,
    MessageReceived,
    Outcome,
    PaymentRecorded,
    decode,
)
from tidegate.clearance.life import Consignment, advance, allowed
from tidegate.clearance.reader import CONSIGNMENT_KINDS, MRN_KEY
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.findings import Finding
from tidegate.declarations.references import issue_mrn
from tidegate.journal import Append, Appended, Conflict, Draft, Journal, Key, KeyIsNew, KeyLastAt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from tidegate.declarations.messages import Message

_ATTEMPTS = 3


class RefusedActError(Exception):
    """An act that may not be done; ``code`` and ``fields`` for programs, the text for people."""

    code = "refused"

    def __init__(self, text: str, **fields: str | int) -> None:
        super().__init__(text)
        self.fields = fields


class UnknownConsignmentError(RefusedActError):
    """Nothing was lodged under this movement reference number."""

    code = "unknown_consignment"


class NotAllowedError(RefusedActError):
    """The state of the consignment does not allow this act."""

    code = "not_allowed"


class OvertakenError(RefusedActError):
    """Somebody else acted on the consignment in the meantime."""

    code = "conflict"


class Lodging(msgspec.Struct, frozen=True):
    """A declaration on its way in: when, the bytes as they came, and what they were read as."""

    occurred: datetime
    original: bytes
    declaration: Declaration


class Receipt(msgspec.Struct, frozen=True):
    """What customs says to a lodging: its MRN and position, or the finding that it was lodged before."""

    mrn: str | None
    position: int
    finding: Finding | None = None


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
                receipts[at] = Receipt(None, answer.position, _twice(journal, lodgings[at], answer.position))
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
    act = MessageReceived(message=message.kind, references=references_of(message), findings=findings)
    draft = _draft(act, occurred, Key(author, personal=True), [Key("messages")], attached)
    return _appended(journal.append([Append((draft,))])[0])


def arrive(journal: Journal, mrn: str, occurred: datetime, author: str, *, place: str = "") -> int:
    """Record that the goods are there; returns the position."""
    return _act_on(journal, mrn, GoodsArrived(mrn=mrn, place=place, told_by=author), occurred, author)


def record_control(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    outcome: Outcome,
    found: str,
    hours: float = 0.0,
) -> int:
    """Record what a control found; returns the position. The goods must be there."""
    consignment, _ = consignment_now(journal, mrn)
    if "arrival" in consignment.outstanding:
        text = f"{mrn}: the goods have not arrived, so they cannot be examined. Record their arrival first."
        raise NotAllowedError(text, mrn=mrn, state=consignment.state)
    act = ControlRecorded(mrn=mrn, outcome=outcome, found=found, hours=hours)
    return _act_on(journal, mrn, act, occurred, author)


def record_payment(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    reference: str,
    amount: Decimal,
    currency: str,
) -> int:
    """Record money received; the same payment reference is recorded once. Returns the position."""
    consignment, _ = consignment_now(journal, mrn)
    if amount <= 0 or currency != consignment.currency:
        text = f"{mrn}: a payment is above 0 and in {consignment.currency}, not {amount} {currency}."
        raise NotAllowedError(text, mrn=mrn, currency=currency)
    act = PaymentRecorded(mrn=mrn, reference=reference, amount=amount, currency=currency)
    return _act_on(journal, mrn, act, occurred, author, once=Key(f"payment:{reference}"))


def consignment_now(journal: Journal, mrn: str) -> tuple[Consignment, int]:
    """Return a consignment as its acts say now, and the position of the last of them.

    Raises:
        UnknownConsignmentError: nothing was lodged under this number.
    """
    consignment, last = None, -1
    for entry in journal.about(Key(MRN_KEY + mrn)):
        last = entry.position
        if entry.body is not None and entry.kind in CONSIGNMENT_KINDS:
            act = decode(entry.kind, entry.version, entry.body)
            consignment = advance(consignment, act, entry.position, entry.occurred)
    if consignment is None:
        raise UnknownConsignmentError(f"No declaration has the MRN {mrn} here.", mrn=mrn)
    return consignment, last


def references_of(message: Message) -> dict[str, str]:
    """Return the references a message carries, by their names."""
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


def _act_on(
    journal: Journal, mrn: str, act: Act, occurred: datetime, author: str, *, once: Key | None = None
) -> int:
    consignment, last = consignment_now(journal, mrn)
    if not allowed(consignment, act):
        text = f"{mrn} is {consignment.state.replace('_', ' ')}: {act.KIND} cannot follow."
        raise NotAllowedError(text, mrn=mrn, state=consignment.state, act=act.KIND)
    key = Key(MRN_KEY + mrn)
    keys, conditions = [key], [KeyLastAt(key, last)]
    draft = _draft(act, occurred, Key(author, personal=True), keys + ([once] if once else []))
    answer = journal.append([Append((draft,), (*conditions, *([KeyIsNew(once)] if once else [])))])[0]
    return _appended(answer)


def _appended(answer: Appended | Conflict) -> int:
    if isinstance(answer, Conflict):
        text = f"Somebody else acted first, at position {answer.position}. Look again and decide anew."
        raise OvertakenError(text, position=answer.position)
    return answer.positions[0]


def _lodging_draft(
    lodging: Lodging, digest: str, country: str, key: bytes, attempt: int
) -> tuple[str, Append]:
    declaration = lodging.declaration
    declarant = declarant_of(declaration)
    lrn = declaration.functional_reference_id or ""
    mrn = issue_mrn(country, lodging.occurred.year, declarant, lrn or digest, key, attempt=attempt)
    shipment = declaration.goods_shipment
    act = DeclarationLodged(
        mrn=mrn,
        lrn=lrn,
        declarant=declarant,
        type=declaration.type_code or "",
        items=len(shipment.government_agency_goods_item) if shipment else 0,
    )
    operator = Key(f"operator:{declarant or 'unknown'}", personal=True)
    keys = [Key(MRN_KEY + mrn), operator]
    conditions = [KeyIsNew(keys[0])]
    if lrn:
        keys.append(_lrn_key(declarant, lrn))
        conditions.insert(0, KeyIsNew(keys[-1]))
    return mrn, Append((_draft(act, lodging.occurred, operator, keys, (digest,)),), tuple(conditions))


def _draft(
    act: Act, occurred: datetime, author: Key, keys: Sequence[Key], attachments: tuple[str, ...] = ()
) -> Draft:
    return Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred,
        author=author,
        keys=tuple(keys),
        body=act.encode(),
        attachments=attachments,
    )


def _lrn_key(declarant: str, lrn: str) -> Key:
    return Key(f"lrn:{declarant}:{lrn}", personal=True)


def _taken_by_another(journal: Journal, conflict: Conflict, lodging: Lodging) -> bool:
    """Tell whether the number drawn belongs to a declaration of another declarant or LRN."""
    won = _lodged_at(journal, conflict.position)
    lrn = lodging.declaration.functional_reference_id or ""
    return won is not None and (won.declarant, won.lrn) != (declarant_of(lodging.declaration), lrn)


def _lodged_at(journal: Journal, position: int) -> DeclarationLodged | None:
    entry = journal.read(position, 1)[0]
    if entry.body is None:
        return None
    act = decode(entry.kind, entry.version, entry.body)
    return act if isinstance(act, DeclarationLodged) else None


def _twice(journal: Journal, lodging: Lodging, position: int) -> Finding:
    won = _lodged_at(journal, position)
    lrn = lodging.declaration.functional_reference_id or ""
    mrn = won.mrn if won else ""
    text = (
        f"The declarant {declarant_of(lodging.declaration)} has used the reference {lrn!r} before, "
        f"for {mrn}. "
        "Give every declaration a reference of its own; to change one, send an amendment."
    )
    return Finding("TG-LRN-TWICE", "FunctionalReferenceID", text, values={"mrn": mrn, "lrn": lrn})
