"""A consignment as a story: what was declared and found, what it owes, why it is looked at, what happened."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext as _

from tidegate.acts import (
    Act,
    AmendmentRequested,
    AssessmentOverridden,
    ChannelAssigned,
    ConsignmentReferred,
    ControlOrdered,
    ControlRecorded,
    DeclarationAssessed,
    DeclarationRejected,
    DocumentsRequested,
    GoodsArrived,
    QueryRaised,
    ReviewDecided,
    ReviewRequested,
)
from tidegate.clearance import Consignment, acts_about, consignment_now, holdings, task_of, tax_lines
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.messages import read_message
from tidegate.declarations.parties import Party
from tidegate.journal import AttachmentErasedError, Entry, tables
from tidegate_web.desks.officer.papers import Paper, papers_of
from tidegate_web.desks.saying import CHANNELS, outstanding_words, task_words
from tidegate_web.node import node

if TYPE_CHECKING:
    from collections.abc import Callable

    import apsw

    from tidegate.declarations.stated import Measure

_PAST = 8  # consignments of the declarant that are shown


class Event(msgspec.Struct, frozen=True):
    """One act in the timeline."""

    position: int
    occurred: datetime
    kind: str
    author: str
    words: str
    attached: range
    answer: bool


class Story(msgspec.Struct, frozen=True):
    """All that the page of a consignment shows."""

    consignment: Consignment
    seen: int
    headline: str
    task: str
    declaration: Declaration | None
    parties: list[tuple[str, Party]]
    items: list[dict[str, Any]]
    findings: list[Any]
    taxes: list[Any]
    reasons: list[Any]
    score: float
    grounds: str
    overridden: AssessmentOverridden | None
    events: list[Event]
    asked: int | None
    changed: int | None
    question: str
    referred: str
    past: list[Any]
    papers: list[Paper]
    now: datetime


def story_of(mrn: str) -> Story:
    """Return the story of a consignment as it is now.

    Raises:
        UnknownConsignmentError: nothing was lodged under this number.
    """
    journal = node().journal
    consignment, last = consignment_now(journal, mrn)
    acts = [(entry, act) for entry, act in acts_about(journal, mrn) if entry.position <= last]
    told = _told(acts)
    assessed, overridden = told.assessed, told.overridden
    declaration = _declared(consignment)
    taxes: list[Any] = []
    if overridden is not None:
        taxes = list(overridden.taxes)
    elif assessed is not None:
        taxes = list(tax_lines(journal, *assessed))
    return Story(
        consignment=consignment,
        seen=last,
        headline=outstanding_words(consignment),
        task=task_words(task_of(consignment)),
        declaration=declaration,
        parties=_parties(declaration),
        items=_items(declaration),
        findings=told.findings,
        taxes=taxes,
        reasons=sorted(assessed[1].reasons, key=lambda one: -one.weight) if assessed else [],
        score=consignment.score,
        grounds=told.grounds,
        overridden=overridden,
        asked=told.asked,
        changed=told.changed,
        question=told.question,
        referred=consignment.referred,
        events=[_event(entry, act) for entry, act in acts],
        past=[one for one in _past(consignment.declarant) if one.mrn != mrn][:_PAST],
        papers=papers_of(acts),
        now=moment_now(),
    )


class _Told(msgspec.Struct):
    """What the acts about a consignment say, each in the place of what was said before."""

    assessed: tuple[Entry, DeclarationAssessed] | None = None
    overridden: AssessmentOverridden | None = None
    findings: list[Any] = []
    grounds: str = ""
    asked: int | None = None
    changed: int | None = None
    question: str = ""


def _told(acts: list[tuple[Entry, Act | None]]) -> _Told:
    told = _Told()
    for entry, act in acts:
        match act:
            case DeclarationAssessed():
                told.assessed, told.overridden, told.findings = (entry, act), None, list(act.findings)
            case DeclarationRejected():
                told.findings = list(act.findings)
            case ChannelAssigned() | ControlOrdered():
                told.grounds = act.grounds
            case QueryRaised():
                told.question = f"{act.authority}: {act.text}"
            case ReviewRequested():
                told.asked = entry.position
            case ReviewDecided():
                told.asked = None
                told.changed = entry.position if act.outcome == "changed" else told.changed
            case AssessmentOverridden():
                told.overridden = act
                told.changed = None if act.review >= 0 else told.changed
    return told


def reading() -> apsw.Connection:
    """Return the tables of consignments; the caller closes them."""
    return tables(node().reader("clearance"), node().read_tables)


def _past(declarant: str) -> list[Any]:
    with closing(reading()) as connection:
        return list(holdings(connection, [declarant], limit=_PAST + 1))


def _declared(consignment: Consignment) -> Declaration | None:
    if not consignment.original:
        return None
    try:
        return read_message(node().journal.attachment(consignment.original), node().limits).declaration
    except AttachmentErasedError:
        return None


def _parties(declaration: Declaration | None) -> list[tuple[str, Party]]:
    if declaration is None:
        return []
    shipment = declaration.goods_shipment
    named = [
        (_("Declarant"), declaration.declarant),
        (_("Representative"), declaration.agent),
        (_("Exporter"), declaration.exporter),
        (_("Importer"), shipment.importer if shipment else None),
        (_("Seller"), shipment.seller if shipment else None),
        (_("Buyer"), shipment.buyer if shipment else None),
        (_("Consignor"), shipment.consignor if shipment else None),
        (_("Consignee"), shipment.consignee if shipment else None),
    ]
    return [(role, party) for role, party in named if party is not None]


def _items(declaration: Declaration | None) -> list[dict[str, Any]]:
    shipment = declaration.goods_shipment if declaration is not None else None
    if shipment is None:
        return []
    rows = []
    for number, item in enumerate(shipment.government_agency_goods_item, 1):
        commodity = item.commodity
        codes = (
            {c.identification_type_code: c.id or "" for c in commodity.classification} if commodity else {}
        )
        measure = commodity.goods_measure if commodity else None
        price = commodity.invoice_line.item_charge_amount if commodity and commodity.invoice_line else None
        rows.append(
            {
                "number": item.sequence_numeric or number,
                "code": codes.get("TSP", "") + codes.get("TRC", ""),
                "description": commodity.description if commodity else "",
                "origin": ", ".join(one.country_code or "" for one in item.origin),
                "procedure": " ".join(
                    f"{one.current_code or ''}{one.previous_code or ''}" for one in item.government_procedure
                ),
                "mass": _mass(measure.gross_mass_measure if measure else None),
                "price": price,
                "documents": [
                    f"{one.category_code or ''}{one.type_code or ''} {one.id or ''}".strip()
                    for one in item.additional_document
                ],
            }
        )
    return rows


def _mass(mass: Measure | None) -> str:
    """Return a mass with its unit; kilograms where none is stated (WCO data element 126)."""
    return "" if mass is None else f"{mass.value} {(mass.unit_code or 'KGM').replace('KGM', 'kg')}"


def _event(entry: Entry, act: Act | None) -> Event:
    return Event(
        position=entry.position,
        occurred=entry.occurred,
        kind=entry.kind,
        author=entry.author,
        words=_words(act),
        attached=range(len(entry.attachments)),
        answer=entry.cause is not None,
    )


def _words(act: Act | None) -> str:
    """Return what an act says beside its kind, in a few words."""
    if act is None:
        return _("What it said was erased.")
    if type(act) in _SAID:
        return _SAID[type(act)](act).strip()
    said = [getattr(act, name, "") for name in ("reason", "words", "text", "amount", "currency", "account")]
    return " ".join(str(one) for one in said if one)


def _assessment(act: DeclarationAssessed) -> str:
    return _("%(owed)s due, score %(score).2f") % {"owed": f"{act.due} {act.currency}", "score": act.score}


def _control(act: ControlRecorded) -> str:
    outcome = _("As declared") if act.outcome == "conform" else _("Not as declared")
    return f"{outcome}. {act.found}"


_SAID: dict[type[Act], Callable[[Any], str]] = {
    DeclarationAssessed: _assessment,
    DeclarationRejected: lambda act: ", ".join(sorted({one.code for one in act.findings})),
    ChannelAssigned: lambda act: f"{CHANNELS[act.channel]}: {act.grounds}",
    ControlOrdered: lambda act: f"{CHANNELS[act.channel]}: {act.grounds}",
    ConsignmentReferred: lambda act: f"{act.to}: {act.words}",
    ControlRecorded: _control,
    ReviewRequested: lambda act: act.grounds,
    DocumentsRequested: lambda act: act.grounds,
    AssessmentOverridden: lambda act: f"{act.due} {act.currency}. {act.reason}",
    GoodsArrived: lambda act: act.place,
    AmendmentRequested: lambda act: _("%(n)d changes") % {"n": act.changes},
}


def moment_now() -> datetime:
    """Return the moment, for what is shown as so long ago."""
    return datetime.now(UTC)
