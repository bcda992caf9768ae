"""What carriers and officers do before and at arrival: checked, then appended under a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from tidegate.acts import (
    AlterationRequested,
    ConveyanceAnnounced,
    ConveyanceArrived,
    EntryControlled,
    EntryDiverted,
    EntryLodged,
    MessageReceived,
)
from tidegate.declarations.ens.sharing import conveyance_of, moment_of
from tidegate.declarations.findings import Finding
from tidegate.declarations.references import issue_mrn
from tidegate.entry.model import Announcement, fold
from tidegate.entry.register import acts_about_entry
from tidegate.entry.wording import conveyance_key, entry_key, findings_within
from tidegate.journal import Append, Appended, Conflict, Draft, Journal, Key, KeyIsNew, KeyLastAt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tidegate.acts import Act, Call, Outcome
    from tidegate.declarations.ens.reading import EntryMessage
    from tidegate.declarations.ens.words import EntrySummaryDeclaration
    from tidegate.journal import Condition

_MOST_DISCHARGED = 1_000  # in the body of an act; more lie in its attachment
_ENCODER = msgspec.json.Encoder()


class EntryRefusedError(Exception):
    """An act before or at arrival that may not be done; ``code`` and ``fields`` for programs."""

    code = "entry_refused"

    def __init__(
        self, code: Literal["unknown", "not_allowed", "conflict"], text: str, **fields: str | int
    ) -> None:
        super().__init__(text)
        self.code = code
        self.fields = fields


class EntryReceipt(msgspec.Struct, frozen=True):
    """What is said at once to a message: its number and position, or what is wrong with it.

    A message that keeps to its schema has a number and is answered by rejection or acceptance; one that does
    not is kept and has findings.
    """

    mrn: str | None
    position: int
    findings: tuple[Finding, ...] = ()


def receive_entry(
    journal: Journal, message: EntryMessage, original: bytes, occurred: datetime, *, country: str, key: bytes
) -> EntryReceipt:
    """Take a message in: a lodgement gets its number, an amendment is asked for, anything else is kept.

    The number is made with ``key``, the node's secret, from who lodges and its reference: the same lodged
    twice has the same number, and is refused with a finding that names it.
    """
    entry = message.declaration
    stated = _stated(entry) if entry is not None and message.valid else None
    if entry is None or stated is None:
        findings = message.faults or (_no_moment(entry),)
        return _kept(journal, findings, original, occurred)
    attached = tuple(journal.attach([original]))
    if entry.kind == "CC313A":
        mrn = entry.header.id if entry.header is not None and entry.header.id is not None else ""
        asked = AlterationRequested(mrn=mrn, **stated)
        position = _append(
            journal, asked, occurred, _author(asked.person), (entry_key(mrn),), attached=attached
        )
        return EntryReceipt(mrn, position)
    return _lodge(journal, entry, stated, occurred, attached, country=country, key=key)


def divert(
    journal: Journal, mrn: str, occurred: datetime, author: str, *, office: str, expected: datetime
) -> int:
    """Note that goods come to another office; returns the position.

    Raises:
        EntryRefusedError: there is no such entry, it is not on its way, or somebody acted meanwhile.
    """
    held, last = entry_now(journal, mrn)
    if not held.ahead:
        raise EntryRefusedError(
            "not_allowed", f"{mrn} is {held.state}: it cannot be diverted any more.", mrn=mrn
        )
    act = EntryDiverted(mrn=mrn, office=office, expected=expected, told_by=author)
    key = entry_key(mrn)
    return _append(journal, act, occurred, author, (key,), conditions=(KeyLastAt(key, last),))


def record_entry_control(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    outcome: Outcome,
    found: str,
    seen: int | None = None,
) -> int:
    """Record what an officer's control for safety and security found; returns the position.

    ``seen`` is the last act's position as the officer saw it; where another followed, nothing is recorded.

    Raises:
        EntryRefusedError: there is no such entry, its goods are not there, or somebody acted meanwhile.
    """
    held, last = entry_now(journal, mrn)
    if seen is not None and seen != last:
        raise _overtaken(last)
    if held.state != "arrived":
        raise EntryRefusedError(
            "not_allowed", f"{mrn} is {held.state}: nothing of it is here to control.", mrn=mrn
        )
    key = entry_key(mrn)
    act = EntryControlled(mrn=mrn, outcome=outcome, found=found)
    return _append(journal, act, occurred, author, (key,), conditions=(KeyLastAt(key, last),))


def announce_conveyance(
    journal: Journal,
    conveyance: str,
    occurred: datetime,
    author: str,
    *,
    itinerary: Sequence[Call],
    crew: int = 0,
    passengers: int = 0,
) -> int:
    """Note a journey, anew or as it has changed; returns the position."""
    act = ConveyanceAnnounced(
        conveyance=conveyance,
        mode=conveyance.partition(":")[0],
        operator=author,
        itinerary=tuple(itinerary),
        crew=crew,
        passengers=passengers,
    )
    return _append(journal, act, occurred, author, (conveyance_key(conveyance),))


def arrive_conveyance(
    journal: Journal,
    conveyance: str,
    occurred: datetime,
    author: str,
    *,
    office: str,
    discharged: Sequence[str],
    crew: int = 0,
    passengers: int = 0,
) -> int:
    """Note that a conveyance arrived at an office, and what it discharges there; returns the position.

    Raises:
        EntryRefusedError: it has arrived there before.
    """
    many = len(discharged) > _MOST_DISCHARGED
    attached = tuple(journal.attach([_ENCODER.encode(list(discharged))])) if many else ()
    act = ConveyanceArrived(
        conveyance=conveyance,
        office=office,
        discharged=() if many else tuple(discharged),
        crew=crew,
        passengers=passengers,
    )
    once = Key(f"arrival:{office}:{conveyance}")
    keys = (conveyance_key(conveyance), once)
    return _append(journal, act, occurred, author, keys, conditions=(KeyIsNew(once),), attached=attached)


def entry_now(journal: Journal, mrn: str) -> tuple[Announcement, int]:
    """Return an entry as its acts say now, and the position of the last of them.

    Raises:
        EntryRefusedError: nothing was lodged under this number.
    """
    held, last = None, -1
    for one, act in acts_about_entry(journal, mrn):
        held = held if act is None else fold(held, act, one.occurred)
        last = one.position
    if held is None:
        raise EntryRefusedError(
            "unknown", f"No entry summary declaration has the number {mrn!r} here.", mrn=mrn
        )
    return held, last


def _lodge(
    journal: Journal,
    entry: EntrySummaryDeclaration,
    stated: dict[str, Any],
    occurred: datetime,
    attached: tuple[str, ...],
    *,
    country: str,
    key: bytes,
) -> EntryReceipt:
    person = str(stated["person"])
    lrn = (entry.header.functional_reference_id if entry.header else None) or ""
    mrn = issue_mrn(country, occurred.year, f"entry:{person}", lrn, key)
    act = EntryLodged(mrn=mrn, lrn=lrn, **stated)
    once = Key(f"entry-lrn:{len(person)}:{person}:{lrn}", personal=True)
    draft = _draft(act, occurred, _author(person), (entry_key(mrn), once), attached)
    answer = journal.append([Append((draft,), (KeyIsNew(once), KeyIsNew(entry_key(mrn))))])[0]
    if isinstance(answer, Appended):
        return EntryReceipt(mrn, answer.positions[0])
    text = f"The reference {lrn!r} was used before, for {mrn}. Give every entry summary declaration its own."
    finding = Finding("TG-LRN-TWICE", "/ie:CC315A[1]/HEAHEA[1]/RefNumHEA4[1]", text, values={"mrn": mrn})
    return EntryReceipt(None, answer.position, (finding,))


def _stated(entry: EntrySummaryDeclaration) -> dict[str, Any] | None:
    """Return what acts say of a message; None where it names a day that does not exist."""
    office = entry.first_entry_office
    expected = moment_of(office.arrival_date_time) if office is not None else None
    if office is None or expected is None or entry.lodging_person is None or entry.header is None:
        return None
    return {
        "person": entry.lodging_person.id or "",
        "mode": (entry.header.transport_mode_code or "").lstrip("0"),
        "conveyance": conveyance_of(entry),
        "office": office.id or "",
        "expected": expected,
        "items": len(entry.goods_item),
    }


def _no_moment(entry: EntrySummaryDeclaration | None) -> Finding:
    kind = entry.kind if entry is not None else "CC315A"
    place = f"/ie:{kind}[1]/CUSOFFFENT730[1]/ExpDatOfArrFIRENT733[1]"
    return Finding("TG-ENS-MOMENT", place, "There is no such day in the calendar. Give the day of arrival.")


def _kept(journal: Journal, findings: Sequence[Finding], original: bytes, occurred: datetime) -> EntryReceipt:
    """Keep a message that nothing can be made of, with what is wrong with it."""
    kept, further = findings_within(findings)
    attached = tuple(journal.attach([original])) if original else ()
    act = MessageReceived(message="entry", findings=kept, further=further)
    position = _append(journal, act, occurred, "operator:unknown", (Key("messages"),), attached=attached)
    return EntryReceipt(None, position, tuple(findings))


def _author(person: str) -> str:
    return f"operator:{person or 'unknown'}"


def _append(
    journal: Journal,
    act: Act,
    occurred: datetime,
    author: str,
    keys: tuple[Key, ...],
    *,
    conditions: tuple[Condition, ...] = (),
    attached: tuple[str, ...] = (),
) -> int:
    answer = journal.append([Append((_draft(act, occurred, author, keys, attached),), conditions)])[0]
    if isinstance(answer, Conflict):
        raise _overtaken(answer.position)
    return answer.positions[0]


def _overtaken(position: int) -> EntryRefusedError:
    text = f"Somebody else acted first, at position {position}. Look again and decide anew."
    return EntryRefusedError("conflict", text, position=position)


def _draft(
    act: Act, occurred: datetime, author: str, keys: tuple[Key, ...], attached: tuple[str, ...]
) -> Draft:
    return Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred,
        author=Key(author, personal=True),
        keys=keys,
        body=act.encode(),
        attachments=attached,
    )
