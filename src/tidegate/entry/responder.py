"""What customs answers before and at arrival: accepted, decided, amended, arrived, matched, released."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.acts import (
    Act,
    AdvanceDecided,
    AlterationRefused,
    AlterationRequested,
    ConveyanceAnnounced,
    ConveyanceArrived,
    DeclarationLodged,
    EntryAccepted,
    EntryAmended,
    EntryArrived,
    EntryControlled,
    EntryDiverted,
    EntryLodged,
    EntryMissed,
    EntryRejected,
    EntryReleased,
    GoodsUnannounced,
)
from tidegate.entry.examining import Examined, examine
from tidegate.entry.matching import MATCHING_TABLES, Matching, references_of
from tidegate.entry.register import TABLES, Register, act_in
from tidegate.entry.wording import entry_key, findings_within, refusal
from tidegate.journal import Append, Cause, Draft, Entry, Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.declarations.ens.words import EntrySummaryDeclaration
    from tidegate.declarations.findings import Finding
    from tidegate.entry.terms import EntryTerms
    from tidegate.journal import Journal

_DISCHARGED = msgspec.json.Decoder(tuple[str, ...])


class EntryResponder:
    """Answers what carriers say of goods on their way, and what their ships, aircraft and lorries bring."""

    name = "entry"
    version = 1
    kinds = frozenset(
        act.KIND
        for act in (
            EntryLodged,
            AlterationRequested,
            EntryDiverted,
            ConveyanceAnnounced,
            ConveyanceArrived,
            EntryControlled,
            DeclarationLodged,
        )
    )
    schema = TABLES + MATCHING_TABLES

    def __init__(self, terms: EntryTerms, journal: Journal) -> None:
        """Take what to decide by; of the journal, only its attachments are used."""
        self.terms = terms
        self._journal = journal

    def absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold entries, its own answers among them, without answering."""
        register = Register(tables)
        matching = Matching(register, tables, self._journal, self.terms.match_days)
        for entry in entries:
            act = act_in(entry)
            if isinstance(act, DeclarationLodged):
                _note_declaration(act, entry, matching)
            elif act is not None:
                register.note(act, entry.occurred)

    def respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> Sequence[Append]:
        """Answer a batch of entries, and fold both them and the answers."""
        register = Register(tables)
        matching = Matching(register, tables, self._journal, self.terms.match_days)
        heard = [(entry, act) for entry in entries if (act := act_in(entry)) is not None]
        examined = examine(
            [(one, act) for one, act in heard if isinstance(act, EntryLodged | AlterationRequested)],
            self._journal,
            self.terms.profiles,
        )
        answers = []
        for entry, act in heard:
            answering = _Answering(self, register, matching, entry)
            answering.answer(act, examined.get(entry.position))
            if answering.acts:
                answers.append(self._append(entry, answering.acts))
        return answers

    def discharged(self, act: ConveyanceArrived, entry: Entry) -> tuple[str, ...]:
        """Return what a conveyance discharged, from the act or from its attachment."""
        if entry.attachments:
            return _DISCHARGED.decode(self._journal.attachment(entry.attachments[0]))
        return act.discharged

    def _append(self, entry: Entry, acts: Sequence[Act]) -> Append:
        count: Counter[str] = Counter()
        drafts = []
        for act in acts:
            mrn, conveyance = getattr(act, "mrn", None), getattr(act, "conveyance", None)
            subject = mrn or conveyance or self.name
            drafts.append(
                Draft(
                    kind=act.KIND,
                    version=act.VERSION,
                    occurred=entry.occurred,
                    author=Key(f"responder:{self.name}"),
                    keys=(entry_key(mrn) if mrn else Key(f"conveyance:{conveyance}"),),
                    body=act.encode(),
                    cause=Cause(self.name, entry.position, subject, count[subject]),
                )
            )
            count[subject] += 1
        return Append(tuple(drafts))


class _Answering:
    """The answers to one act, each folded as soon as it is given."""

    def __init__(
        self, responder: EntryResponder, register: Register, matching: Matching, entry: Entry
    ) -> None:
        self.responder = responder
        self.terms = responder.terms
        self.register = register
        self.matching = matching
        self.entry = entry
        self.acts: list[Act] = []

    def answer(self, act: Act, examined: Examined | None) -> None:
        if isinstance(act, DeclarationLodged):
            _note_declaration(act, self.entry, self.matching)
            self._give(*self.matching.of_declaration(act.mrn))
            return
        self.register.note(act, self.entry.occurred)
        if isinstance(act, EntryLodged) and examined is not None:
            self._lodged(act, examined)
        elif isinstance(act, AlterationRequested) and examined is not None:
            self._alteration(act, examined)
        elif isinstance(act, ConveyanceArrived):
            self._arrival(act)
        elif isinstance(act, EntryControlled) and act.outcome == "conform":
            self._released(act.mrn, "the control found nothing against it")

    def _give(self, *acts: Act) -> None:
        for act in acts:
            self.register.note(act, self.entry.occurred)
            self.acts.append(act)

    def _lodged(self, act: EntryLodged, examined: Examined) -> None:
        if examined.entry is None or examined.findings:
            kept, further = findings_within(examined.findings)
            self._give(EntryRejected(mrn=act.mrn, findings=kept, further=further))
            return
        references, further = references_of(examined.entry)
        due = self._due(act, examined.entry)
        accepted = EntryAccepted(
            mrn=act.mrn,
            references=references,
            further=further,
            due=due,
            late=due is not None and self.entry.occurred > due,
        )
        self._give(accepted, self._decided(act.mrn, examined))
        self._match(act.mrn)

    def _due(self, act: EntryLodged, stated: EntrySummaryDeclaration) -> Any:
        journey = self.register.journey(act.conveyance)
        header = stated.header
        loaded_at = (header.loading_location_id if header else None) or next(
            (one.loading_location_id for one in stated.goods_item if one.loading_location_id), ""
        )
        return self.terms.deadlines.due(
            act.mode,
            act.expected,
            loaded_at=loaded_at or "",
            containers=any(item.transport_equipment for item in stated.goods_item),
            itinerary=journey.itinerary if journey is not None else (),
        )

    def _decided(self, mrn: str, examined: Examined) -> AdvanceDecided:
        assessed = examined.assessed
        return AdvanceDecided(
            mrn=mrn,
            decision=self.terms.decision(assessed.score if assessed else 0.0),
            score=assessed.score if assessed else 0.0,
            reasons=assessed.reasons if assessed else (),
            further_reasons=assessed.further if assessed else 0,
        )

    def _match(self, mrn: str) -> None:
        held = self.register.entry(mrn)
        if held is not None:
            self._give(*self.matching.of_entry(held))

    def _alteration(self, act: AlterationRequested, examined: Examined) -> None:
        held = self.register.entry(act.mrn)
        findings: tuple[Finding, ...] = examined.findings
        against = refusal(held, act)
        if against is not None:
            findings = (against, *findings)
        if findings or examined.entry is None:
            kept, further = findings_within(findings)
            self._give(
                AlterationRefused(mrn=act.mrn, request=self.entry.position, findings=kept, further=further)
            )
            return
        references, further = references_of(examined.entry)
        amended = EntryAmended(
            mrn=act.mrn,
            request=self.entry.position,
            conveyance=act.conveyance,
            mode=act.mode,
            office=act.office,
            expected=act.expected,
            items=act.items,
            references=references,
            further=further,
        )
        self._give(amended)
        decided = self._decided(act.mrn, examined)
        if held is not None and decided.decision != held.decision:
            self._give(decided)
        self._match(act.mrn)

    def _arrival(self, act: ConveyanceArrived) -> None:
        """Answer an arrival: what came as announced, what did not come, and what nobody announced."""
        discharged = dict.fromkeys(self.responder.discharged(act, self.entry))
        for held in self.register.on_board(act.conveyance):
            if held.office != act.office or not held.ahead:
                continue
            by = next((one.id for one in held.references if one.id in discharged), None)
            if by is None:
                self._give(EntryMissed(mrn=held.mrn, conveyance=act.conveyance, office=act.office))
                continue
            self._give(EntryArrived(mrn=held.mrn, conveyance=act.conveyance, office=act.office, by=by))
            if held.decision == "proceed":
                self._released(held.mrn, "everything was worked out before it arrived")
        announced = {
            one.id
            for held in self.register.on_board(act.conveyance)
            if held.stands
            for one in held.references
        }
        for reference in discharged:
            if reference not in announced:
                self._give(
                    GoodsUnannounced(conveyance=act.conveyance, office=act.office, reference=reference)
                )

    def _released(self, mrn: str, grounds: str) -> None:
        held = self.register.entry(mrn)
        if held is not None and held.state == "arrived":
            self._give(EntryReleased(mrn=mrn, grounds=grounds))


def _note_declaration(act: DeclarationLodged, entry: Entry, matching: Matching) -> None:
    if act.direction == "import" and entry.attachments:
        matching.note_declaration(act.mrn, entry.occurred, entry.attachments[0])
