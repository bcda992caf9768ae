"""Entry summary declarations over HTTP: lodged, amended; how they stand, and what the carrier is told.

A message is judged before it is taken in: what its schema or its rules find wrong is answered at once, all of
it, and nothing is entered, so its reference stays free for the message put right.
"""

from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from tidegate.acts import Advance, AdvanceDecided, AlterationRequested, EntryMatched, GoodsReference
from tidegate.declarations.ens import EntryMessage, check_entry
from tidegate.entry import (
    Announcement,
    EntryAnswer,
    EntryReceipt,
    EntryRefusedError,
    acts_about_entry,
    answers_of,
    entry_now,
    receive_entry,
)
from tidegate.journal import JournalBusyError, JournalError, JournalFullError
from tidegate_web.access import audit
from tidegate_web.access.guard import Client, may_see, requires
from tidegate_web.answers import refusal
from tidegate_web.api.documenting import documented
from tidegate_web.api.reading import check_media
from tidegate_web.api.writing import written
from tidegate_web.node import node, now
from tidegate_web.taking import Refused

router = Router()

_MEDIA = ("application/xml",)


class EntryTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message: the number it concerns and how that stands; `repeated` adds nothing."""

    mrn: str
    position: int
    state: str
    repeated: bool = False


class EntryDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What customs decided before arrival, and when."""

    decision: Advance
    occurred: datetime
    position: int


class EntryMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A later declaration of the same goods, what joins them, and its number where the asker may see it."""

    by: GoodsReference
    occurred: datetime
    declaration: str | None


class EntryStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How an entry summary declaration stands, as of a position of the journal."""

    mrn: str
    lrn: str
    person: str
    state: str
    mode: str
    conveyance: str
    office: str
    expected: datetime
    lodged: datetime
    due: datetime | None
    late: bool
    items: int
    versions: int
    diverted: int
    arrived: datetime | None
    decisions: tuple[EntryDecision, ...]
    matches: tuple[EntryMatch, ...]
    position: int


class EntryAnswers(msgspec.Struct, frozen=True):
    """What the carrier is told about an entry summary declaration, in order."""

    mrn: str
    answers: tuple[EntryAnswer, ...]


@router.post(
    "",
    summary="Lodge or amend an entry summary declaration",
    openapi_extra=documented(EntryTaken, 202, 409, bodies=_MEDIA),
)
@requires("declarations:write")
def lodge(request: HttpRequest) -> HttpResponse:
    """Take in a CC315A or CC313A, in an envelope or without. The same octets again enter nothing more."""
    check_media(request, _MEDIA)
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    checked = check_entry(request.body, node().limits)
    found = (*checked.message.faults, *checked.findings)
    if found:
        text = f"Nothing was taken in. Things to put right: {len(found)}."
        return refusal(request, 422, "findings", text, findings=found)
    try:
        taken = _take(checked.message, request.body, client)
    except (JournalBusyError, JournalFullError) as error:
        raise Refused(503, error.code, "The journal cannot take it in now.", retry_after=10) from None
    except JournalError as error:
        raise Refused(500, error.code, "The journal could not take it in; repeat it.") from None
    answer = written(taken, 202)
    answer["Location"] = f"/api/v1/entries/{taken.mrn}"
    return answer


@router.get(
    "/{mrn}", summary="How an entry summary declaration stands", openapi_extra=documented(EntryStanding)
)
@requires("declarations:read")
def standing(request: HttpRequest, mrn: str) -> HttpResponse:
    """Tell how it stands, what was decided before arrival, and which declarations it met."""
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    held, last = _own(request, client, mrn)
    decisions, matches = [], []
    for entry, act in acts_about_entry(node().journal, mrn):
        if isinstance(act, AdvanceDecided):
            made = EntryDecision(decision=act.decision, occurred=entry.occurred, position=entry.position)
            decisions.append(made)
        elif isinstance(act, EntryMatched):
            number = act.declaration if may_see(client, act.declaration) else None
            matches.append(EntryMatch(by=act.by, occurred=entry.occurred, declaration=number))
    same = {one.name for one in msgspec.structs.fields(EntryStanding)} - {"decisions", "matches", "position"}
    parts = {name: getattr(held, name) for name in same}
    stands = EntryStanding(**parts, decisions=tuple(decisions), matches=tuple(matches), position=last)
    return written(stands)


@router.get(
    "/{mrn}/answers",
    summary="What was told about an entry summary declaration",
    openapi_extra=documented(EntryAnswers),
)
@requires("declarations:read")
def answers(request: HttpRequest, mrn: str) -> HttpResponse:
    """Return every answer about it: accepted, rejected, amended, and what is asked for before arrival."""
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    _own(request, client, mrn)
    return written(EntryAnswers(mrn, tuple(answers_of(node().journal, mrn))))


def _take(message: EntryMessage, body: bytes, client: Client) -> EntryTaken:
    """Take in a sound message for a client, once.

    Raises:
        Refused: it is not the client's to send, or its reference was used for another.
    """
    entry, held = message.declaration, node()
    assert entry is not None
    person = (entry.lodging_person.id if entry.lodging_person is not None else None) or ""
    if person not in client.numbers:
        text = f"You may not lodge for {person or 'nobody'}: name yourself, or somebody who authorised you."
        raise Refused(403, "not_represented", text)
    if entry.kind == "CC313A":
        mrn = (entry.header.id if entry.header is not None else None) or ""
        if _whose(mrn) not in client.numbers:
            raise Refused(404, "unknown_entry", _UNKNOWN)
        before = _asked_before(mrn, body)
        if before is not None:
            return EntryTaken(mrn=mrn, position=before, state=_state(mrn), repeated=True)
    receipt = receive_entry(
        held.journal, message, body, now(), country=held.administration.country, key=held.key
    )
    if receipt.mrn is not None:
        return EntryTaken(mrn=receipt.mrn, position=receipt.position, state=_state(receipt.mrn))
    return _again(receipt, body)


def _again(receipt: EntryReceipt, body: bytes) -> EntryTaken:
    """Return the answer to a lodgement that got no number of its own.

    Raises:
        Refused: its reference was used for another message, or it can have no number at all.
    """
    finding = receipt.findings[0]
    mrn = finding.values.get("mrn")
    if mrn is None:
        raise Refused(422, "findings", "Things to put right: 1.", receipt.findings)
    position = receipt.position
    if not _holds(position, body):
        raise Refused(409, "lodged_before", finding.text, receipt.findings)
    return EntryTaken(mrn=mrn, position=position, state=_state(mrn), repeated=True)


def _asked_before(mrn: str, body: bytes) -> int | None:
    """Return the position at which the same octets asked to amend an entry, or None."""
    (digest,) = node().journal.attach([body])
    for entry, act in acts_about_entry(node().journal, mrn):
        if isinstance(act, AlterationRequested) and digest in entry.attachments:
            return entry.position
    return None


def _holds(position: int, body: bytes) -> bool:
    (digest,) = node().journal.attach([body])
    return digest in node().journal.read(position, 1)[0].attachments


def _state(mrn: str) -> str:
    return entry_now(node().journal, mrn)[0].state


_UNKNOWN = "No entry summary declaration of yours, or of those you act for, has this MRN."


def _whose(mrn: str) -> str:
    """Return under whose number an entry was lodged; nothing where there is none."""
    try:
        return entry_now(node().journal, mrn)[0].person
    except EntryRefusedError:
        return ""


def _own(request: HttpRequest, client: Client, mrn: str) -> tuple[Announcement, int]:
    """Return an entry that is the client's to see, and its last act; whether another's exists is not told.

    Raises:
        Refused: there is none.
    """
    try:
        held, last = entry_now(node().journal, mrn)
    except EntryRefusedError:
        held, last = None, -1
    if held is None or held.person not in client.numbers:
        audit.note(request, 404, "unknown_entry", client.id)
        raise Refused(404, "unknown_entry", _UNKNOWN)
    return held, last
