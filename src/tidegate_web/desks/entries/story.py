"""An entry summary declaration as a story: who, which goods, by which way, what was decided, what it met."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext as _

from tidegate.acts import (
    AdvanceDecided,
    AlterationRefused,
    AlterationRequested,
    EntryAmended,
    EntryLodged,
    EntryMatched,
    EntryRejected,
)
from tidegate.declarations.ens import EntrySummaryDeclaration, Trader, read_entry
from tidegate.entry import Announcement, Picture, acts_about_entry, entry_now, picture
from tidegate.journal import AttachmentErasedError, TablesMissingError, TablesOutdatedError, tables
from tidegate_web.desks.entries.saying import DECISIONS, KINDS, STATES, words_of
from tidegate_web.node import node

if TYPE_CHECKING:
    from tidegate.acts import Act
    from tidegate.journal import Entry


class Event(msgspec.Struct, frozen=True):
    """One act in the timeline."""

    position: int
    occurred: datetime
    kind: str
    author: str
    words: str


class EntryStory(msgspec.Struct, frozen=True):
    """All that the page of an entry summary declaration shows."""

    entry: Announcement
    seen: int
    state: tuple[Any, str]
    decision: tuple[Any, str] | None
    score: float
    reasons: list[Any]
    findings: list[Any]
    stated: EntrySummaryDeclaration | None
    parties: list[tuple[str, Trader]]
    items: list[dict[str, Any]]
    way: list[str]
    met: list[EntryMatched]
    picture: Picture | None
    events: list[Event]


def story_of(mrn: str) -> EntryStory:
    """Return the story of an entry summary declaration as it is now.

    Raises:
        EntryRefusedError: nothing was lodged under this number.
    """
    held, last = entry_now(node().journal, mrn)
    acts = [(one, act) for one, act in acts_about_entry(node().journal, mrn) if one.position <= last]
    decided, findings = None, []
    for _entry, act in acts:
        if isinstance(act, AdvanceDecided):
            decided = act
        elif isinstance(act, EntryRejected | AlterationRefused):
            findings = list(act.findings)
        elif isinstance(act, EntryAmended):
            findings = []
    stated = _stated(acts)
    return EntryStory(
        entry=held,
        seen=last,
        state=STATES[held.state],
        decision=DECISIONS[decided.decision] if decided is not None else None,
        score=decided.score if decided is not None else 0.0,
        reasons=sorted(decided.reasons, key=lambda one: -one.weight) if decided is not None else [],
        findings=findings,
        stated=stated,
        parties=_parties(stated),
        items=_items(stated),
        way=[one.routing_country_code or "" for one in stated.itinerary] if stated is not None else [],
        met=[act for _entry, act in acts if isinstance(act, EntryMatched)],
        picture=_picture(held.conveyance),
        events=[_event(one, act) for one, act in acts],
    )


def _stated(acts: list[tuple[Entry, Act | None]]) -> EntrySummaryDeclaration | None:
    """Return what is stated now: the lodgement, or the last amendment that was taken; None where erased."""
    requests = {one.position: one for one, act in acts if isinstance(act, AlterationRequested)}
    stands: Entry | None = None
    for one, act in acts:
        if isinstance(act, EntryLodged):
            stands = one
        elif isinstance(act, EntryAmended):
            stands = requests.get(act.request)
    if stands is None or not stands.attachments:
        return None
    try:
        return read_entry(node().journal.attachment(stands.attachments[0]), node().limits).declaration
    except AttachmentErasedError:
        return None


def _parties(stated: EntrySummaryDeclaration | None) -> list[tuple[str, Trader]]:
    if stated is None:
        return []
    named = [
        (_("Person lodging"), stated.lodging_person),
        (_("Representative"), stated.representative),
        (_("Carrier"), stated.carrier),
        (_("Consignor"), stated.consignor),
        (_("Consignee"), stated.consignee),
        (_("To be notified"), stated.notify_party),
    ]
    return [(role, party) for role, party in named if party is not None]


def _items(stated: EntrySummaryDeclaration | None) -> list[dict[str, Any]]:
    if stated is None:
        return []
    return [
        {
            "number": item.sequence or number,
            "code": (item.commodity.classification_id or "") if item.commodity is not None else "",
            "description": item.description or "",
            "mass": item.mass,
            "packages": ", ".join(
                f"{one.quantity or ''} {one.type_code or ''}".strip() for one in item.packaging
            ),
            "documents": [
                f"{one.type_code or ''} {one.id or ''}".strip() for one in item.additional_document
            ],
            "containers": [one.id for one in item.transport_equipment if one.id],
        }
        for number, item in enumerate(stated.goods_item, 1)
    ]


def _picture(conveyance: str) -> Picture | None:
    try:
        connection = tables(node().reader("entry"), node().read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return None
    with closing(connection):
        return picture(connection, conveyance)


def _event(entry: Entry, act: Act | None) -> Event:
    return Event(
        position=entry.position,
        occurred=entry.occurred,
        kind=str(KINDS.get(entry.kind, entry.kind)),
        author=entry.author,
        words=words_of(act),
    )
