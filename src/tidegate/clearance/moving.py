"""What movements do: consignments arrive, leave, and are put under masters that arrive and leave for them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import ConsignmentAssociated, DeclarationLodged, GoodsExited, MasterShut, decode
from tidegate.clearance.acting import (
    answer_inventory,
    append_about,
    arrive,
    check_allowed,
    consignment_now,
)
from tidegate.clearance.bounds import referable
from tidegate.clearance.drafting import author_key, draft, position_of
from tidegate.clearance.lodging import ucr_key
from tidegate.clearance.refusals import (
    NotAllowedError,
    RefusedActError,
    UnknownMovementError,
    WrongPlaceError,
)
from tidegate.journal import Append, Journal, KeyIsNew

if TYPE_CHECKING:
    from tidegate.clearance.life import Consignment
    from tidegate.declarations.wire.movements import Movement

_ARRIVALS, _DEPARTURE, _INVENTORY = {"EAL", "GAN"}, "EDL", "IVL"
# What the inventory of a port answers, as the samples of the United Kingdom's trade-test pack explain it.
_MATCHES = {"000": True, "001": False}
_MASTER = "M"
_DEEPEST = 3  # masters may stand under masters


class Told(msgspec.Struct, frozen=True):
    """Who tells of a movement, when, in which bytes; ``acknowledged`` where the message names its sender."""

    occurred: datetime
    author: str
    original: bytes = b""
    acknowledged: bool = False


class Moved(msgspec.Struct, frozen=True):
    """What a movement did: the positions of the acts about consignments, and why some were not moved."""

    positions: tuple[int, ...]
    refusals: tuple[RefusedActError, ...] = ()


def move(journal: Journal, movement: Movement, told: Told) -> Moved | None:
    """Do what a movement says to every consignment it means; None where it changes nothing here.

    Raises:
        UnknownMovementError: no declaration names the consignment.
        NotAllowedError: a master is shut, and more is to be put under it.
    """
    if movement.code == "EAC":
        return _associate(journal, movement, told)
    if movement.code == "CST":
        return _shut(journal, movement, told)
    answers = movement.code == _INVENTORY and movement.irc in _MATCHES
    if movement.code not in _ARRIVALS | {_DEPARTURE} and not answers:
        return None
    numbers = [movement.mrn] if movement.mrn else consignments_of(journal, movement.ucr or "")
    if not numbers:
        text = f"No declaration names the consignment {referable(movement.ucr or '')!r}. Check its reference."
        raise UnknownMovementError(text, ucr=referable(movement.ucr or ""))
    positions, refusals = [], []
    for mrn in numbers:
        try:
            positions.append(_moved(journal, mrn, movement, told))
        except RefusedActError as refusal:
            refusals.append(refusal)
    return Moved(tuple(positions), tuple(refusals))


def arrive_as_told(journal: Journal, mrn: str, told: Told, *, place: str = "", reference: str = "") -> int:
    """Record that the goods are where they were declared, as a message tells; returns the position.

    Raises:
        WrongPlaceError: it tells of another place. A place may have its country and kind before its name.
    """
    _check_place(consignment_now(journal, mrn)[0], place)
    return arrive(
        journal,
        mrn,
        told.occurred,
        told.author,
        place=place,
        original=told.original,
        reference=reference,
        acknowledged=told.acknowledged,
    )


def depart(journal: Journal, mrn: str, told: Told, *, place: str = "", reference: str = "") -> int:
    """Record that exported goods left; returns the position."""
    now = consignment_now(journal, mrn)
    act = GoodsExited(
        mrn=mrn, place=referable(place), told_by=referable(told.author), reference=referable(reference)
    )
    check_allowed(now[0], act)
    attached = tuple(journal.attach([told.original])) if told.original else ()
    return append_about(journal, now, act, told.occurred, told.author, attachments=attached)


def consignments_of(journal: Journal, ucr: str, depth: int = _DEEPEST) -> list[str]:
    """Return the numbers of the declarations of a consignment, and of those under it where it is a master."""
    found: dict[str, None] = {}
    for entry in journal.about(ucr_key(referable(ucr))):
        if entry.body is None:
            continue
        act = decode(entry.kind, entry.version, entry.body)
        if isinstance(act, DeclarationLodged):
            found[act.mrn] = None
        elif isinstance(act, ConsignmentAssociated) and act.master == referable(ucr) and depth:
            found.update(dict.fromkeys(consignments_of(journal, act.ucr, depth - 1)))
    return list(found)


def _moved(journal: Journal, mrn: str, movement: Movement, told: Told) -> int:
    place, reference = movement.goods_location or "", movement.movement_reference or ""
    if movement.code == _INVENTORY:
        return answer_inventory(
            journal,
            mrn,
            told.occurred,
            told.author,
            matched=_MATCHES[movement.irc or ""],
            reference=movement.master_ucr or "",
            about=movement.entry_version or "",
            original=told.original,
        )
    if movement.code == _DEPARTURE:
        return depart(journal, mrn, told, place=place, reference=reference)
    return arrive_as_told(journal, mrn, told, place=place, reference=reference)


def _check_place(consignment: Consignment, place: str) -> None:
    """See that goods are where they were declared; a place may be told with its country before it."""
    declared = consignment.place
    if place and declared and not referable(place).endswith(declared):
        text = (
            f"{consignment.mrn} is declared for {declared}; the goods cannot arrive at {referable(place)}. "
            "Amend the declaration, or tell of the place that it states."
        )
        raise WrongPlaceError(text, mrn=consignment.mrn, place=declared)


def _associate(journal: Journal, movement: Movement, told: Told) -> Moved:
    """Put a consignment under a master that is open; the act is found under both."""
    ucr, master = referable(movement.ucr or ""), referable(movement.master_ucr or "")
    if not ucr or not master:
        raise UnknownMovementError("An association names the consignment and the master it goes under.")
    if _is_shut(journal, master):
        raise NotAllowedError(f"The master {master!r} is shut; nothing more goes under it.", master=master)
    act = ConsignmentAssociated(ucr=ucr, master=master)
    keys = [ucr_key(ucr), ucr_key(master)]
    made = draft(act, told.occurred, author_key(told.author), keys, _attached(journal, told))
    return Moved((position_of(journal.append([Append((made,))])[0]),))


def _shut(journal: Journal, movement: Movement, told: Told) -> Moved:
    """Shut a master, once."""
    master = referable(movement.master_ucr or movement.ucr or "")
    if not master:
        raise UnknownMovementError("A message that shuts a master names it.")
    once = ucr_key(f"shut:{master}")
    made = draft(
        MasterShut(master=master),
        told.occurred,
        author_key(told.author),
        [ucr_key(master), once],
        _attached(journal, told),
    )
    return Moved((position_of(journal.append([Append((made,), (KeyIsNew(once),))])[0]),))


def _is_shut(journal: Journal, master: str) -> bool:
    return journal.last(ucr_key(f"shut:{master}")) is not None


def _attached(journal: Journal, told: Told) -> tuple[str, ...]:
    return tuple(journal.attach([told.original])) if told.original else ()
