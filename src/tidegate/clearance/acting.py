"""What people do to a consignment: check that it may be done, then append it under a condition.

Each function reads the consignment as it is now from its acts in the journal, not from a table that may lag,
and appends on the condition that nothing was added meanwhile. Whoever comes second is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import (
    Act,
    ControlRecorded,
    GoodsArrived,
    InventoryAnswered,
    NoticeIssued,
    Outcome,
    PaymentRecorded,
)
from tidegate.clearance.bounds import referable
from tidegate.clearance.drafting import author_key, draft, position_of
from tidegate.clearance.life import Consignment, advance, allowed
from tidegate.clearance.reader import CONSIGNMENT_KINDS, MRN_KEY, act_of
from tidegate.clearance.refusals import (
    NotAllowedError,
    OvertakenError,
    UnknownConsignmentError,
)
from tidegate.journal import Append, Condition, Conflict, Entry, Journal, Key, KeyIsNew, KeyLastAt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

_READ_AT_ONCE = 1_000
_LONGEST_WORDS = 2_000  # of what an officer writes; longer reports are documents


def arrive(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    place: str = "",
    original: bytes = b"",
    reference: str = "",
    acknowledged: bool = False,
    seen: int | None = None,
) -> int:
    """Record that the goods are there, with the bytes of the message that says so; returns the position.

    ``reference`` is the message's own, ``acknowledged`` whether it named its sender, who then hears of it.
    """
    consignment, last = consignment_as_seen(journal, mrn, seen)
    if consignment.arrived is not None:
        text = f"{mrn}: the goods arrived on {consignment.arrived:%Y-%m-%d %H:%M}; they arrive once."
        raise NotAllowedError(text, mrn=mrn, state=consignment.state)
    act = GoodsArrived(
        mrn=mrn,
        place=referable(place),
        told_by=referable(author),
        reference=referable(reference),
        acknowledged=acknowledged,
    )
    check_allowed(consignment, act)
    attached = tuple(journal.attach([original])) if original else ()
    return append_about(journal, (consignment, last), act, occurred, author, attachments=attached)


def answer_inventory(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    matched: bool,
    reference: str = "",
    about: str = "",
    original: bytes = b"",
    seen: int | None = None,
) -> int:
    """Record whether a port's inventory has a consignment as it is declared; returns the position."""
    now = consignment_as_seen(journal, mrn, seen)
    act = InventoryAnswered(
        mrn=mrn,
        matched=matched,
        told_by=referable(author),
        reference=referable(reference),
        about=referable(about),
    )
    check_allowed(now[0], act)
    attached = tuple(journal.attach([original])) if original else ()
    return append_about(journal, now, act, occurred, author, attachments=attached)


def record_control(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    outcome: Outcome,
    found: str,
    hours: float = 0.0,
    photographs: Sequence[bytes] = (),
    seen: int | None = None,
) -> int:
    """Record what a control found; returns the position. To examine goods (red) they must be there."""
    consignment, last = consignment_as_seen(journal, mrn, seen)
    act = ControlRecorded(mrn=mrn, outcome=outcome, found=found, hours=hours)
    check_allowed(consignment, act)
    if consignment.channel == "red" and "arrival" in consignment.outstanding:
        text = f"{mrn}: the goods have not arrived, so they cannot be examined. Record their arrival first."
        raise NotAllowedError(text, mrn=mrn, state=consignment.state)
    if len(found) > _LONGEST_WORDS:
        text = f"{mrn}: what was found is told in at most {_LONGEST_WORDS} characters, not {len(found)}."
        raise NotAllowedError(text, mrn=mrn, characters=len(found))
    attached = tuple(journal.attach(photographs)) if photographs else ()
    return append_about(journal, (consignment, last), act, occurred, author, attachments=attached)


def record_payment(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    reference: str,
    amount: Decimal,
    currency: str,
    seen: int | None = None,
) -> int:
    """Record money received; the same payment reference is recorded once. Returns the position."""
    consignment, last = consignment_as_seen(journal, mrn, seen)
    act = PaymentRecorded(mrn=mrn, reference=referable(reference), amount=amount, currency=currency)
    check_allowed(consignment, act)
    if not amount.is_finite() or amount <= 0 or currency != consignment.currency:
        text = f"{mrn}: a payment is above 0 and in {consignment.currency}, not {amount} {currency}."
        raise NotAllowedError(text, mrn=mrn, currency=currency)
    once = f"payment:{referable(reference)}"
    return append_about(journal, (consignment, last), act, occurred, author, once=once)


def consignment_now(journal: Journal, mrn: str, at: int | None = None) -> tuple[Consignment, int]:
    """Return a consignment as its acts say now, and the position of the last of them.

    With ``at``, as they said when the act at that position was the last in the journal.

    Raises:
        UnknownConsignmentError: nothing was lodged under this number.
    """
    consignment, last = None, -1
    for entry, act in acts_about(journal, mrn):
        if at is not None and entry.position > at:
            break
        last = entry.position
        if act is not None and entry.kind in CONSIGNMENT_KINDS:
            consignment = advance(consignment, act, entry.position, entry.occurred, entry.attachments)
    if consignment is None:
        then = "here" if at is None else f"here at position {at}"
        raise UnknownConsignmentError(f"No declaration has the MRN {referable(mrn)} {then}.", mrn=mrn)
    return consignment, last


def consignment_as_seen(journal: Journal, mrn: str, seen: int | None) -> tuple[Consignment, int]:
    """Return a consignment as it is now, where nothing has happened to it since it was seen.

    ``seen`` is the position of the last act that whoever acts has looked at; None where nobody looked. That
    somebody was told of what was seen already, by a notice, is nothing that happened to it.

    Raises:
        UnknownConsignmentError: nothing was lodged under this number.
        OvertakenError: something happened in the meantime; its position is told.
    """
    now = consignment_now(journal, mrn)
    if seen is not None and now[1] != seen:
        since = [
            entry.position
            for entry, _act in acts_about(journal, mrn)
            if entry.position > seen and entry.kind != NoticeIssued.KIND
        ]
        if since or seen > now[1]:
            last = since[-1] if since else now[1]
            text = (
                f"{mrn}: something happened since you looked, at position {last}. Look again and decide anew."
            )
            raise OvertakenError(text, mrn=mrn, position=last)
    return now


def acts_about(journal: Journal, mrn: str) -> Iterator[tuple[Entry, Act | None]]:
    """Yield every entry about a consignment in its order, each with its act (None where it is erased)."""
    start = 0
    while True:
        entries = journal.about(Key(MRN_KEY + mrn), start, _READ_AT_ONCE)
        for entry in entries:
            yield entry, act_of(entry)
        if len(entries) < _READ_AT_ONCE:
            return
        start = entries[-1].position + 1


def check_allowed(consignment: Consignment, act: Act) -> None:
    """See that the table of transitions has a way for an act; raises NotAllowedError where it has none."""
    if not allowed(consignment, act):
        mrn, state = consignment.mrn, consignment.state
        text = f"{mrn} is {state.replace('_', ' ')}: {act.KIND} cannot follow."
        raise NotAllowedError(text, mrn=mrn, state=state, act=act.KIND)


def append_about(
    journal: Journal,
    now: tuple[Consignment, int],
    act: Act,
    occurred: datetime,
    author: str,
    *,
    once: str = "",
    attachments: tuple[str, ...] = (),
) -> int:
    """Append an act on the condition that the consignment is as it was, and that ``once`` is new."""
    consignment, last = now
    key = Key(MRN_KEY + consignment.mrn)
    keys = [key, Key(once)] if once else [key]
    conditions: list[Condition] = [KeyLastAt(key, last)]
    if once:
        conditions.append(KeyIsNew(Key(once)))
    made = draft(act, occurred, author_key(author), keys, attachments)
    answer = journal.append([Append((made,), tuple(conditions))])[0]
    if isinstance(answer, Conflict) and isinstance(answer.condition, KeyIsNew):
        what = answer.condition.key.text.replace(":", " ", 1)
        text = f"{consignment.mrn}: the {what} is recorded already, at position {answer.position}."
        raise OvertakenError(text, mrn=consignment.mrn, position=answer.position)
    return position_of(answer)
