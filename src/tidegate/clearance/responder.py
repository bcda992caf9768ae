"""What customs answers: to a declaration a decision, to what release waits for a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import (
    AccountOpened,
    Act,
    AmendmentRequested,
    ChannelAssigned,
    DeclarationAmended,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationLodged,
    DeclarationRejected,
    Erased,
    GoodsArrived,
    GoodsReleased,
    InvalidationRequested,
    InventoryAnswered,
    QuotaAllocated,
    decode,
)
from tidegate.clearance.answering import Answering
from tidegate.clearance.drawing import DRAWS, Draws
from tidegate.clearance.judging import Judge, Judged, Version
from tidegate.clearance.life import Consignment, advance, allowed
from tidegate.clearance.loads import LOADS, load_days, store_loads
from tidegate.clearance.past import Remembering
from tidegate.clearance.practice import Practice
from tidegate.clearance.reader import CONSIGNMENT_KINDS, MRN_KEY, act_of, mrn_of
from tidegate.clearance.settling import settled
from tidegate.clearance.shelf import CONSIGNMENTS, Shelf
from tidegate.clearance.targeting import TARGETING_TABLES, Targeting
from tidegate.clearance.taxes import encoded
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.journal import Append, Cause, Draft, Entry, Journal, Key, KeyIsNew
from tidegate.risk.history import packed
from tidegate.risk.standing import TARGETING_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.clearance.decision import Terms
    from tidegate.risk import Loads

_Heard = tuple[Entry, str, Act]

_ACCOUNTS = "CREATE TABLE accounts (account TEXT PRIMARY KEY) WITHOUT ROWID;"


class ClearanceResponder:
    """Decides on what was lodged, and releases when nothing is outstanding.

    It knows what it knows as of its own position: each act is folded, then answered, then its answers are
    folded, before the next act is looked at. So the answers do not depend on how acts come in batches.
    """

    name = "clearance"
    version = 4
    kinds = CONSIGNMENT_KINDS | {AccountOpened.KIND, Erased.KIND} | TARGETING_KINDS
    schema = CONSIGNMENTS + LOADS + _ACCOUNTS + DRAWS + TARGETING_TABLES

    def __init__(self, terms: Terms, key: bytes, journal: Journal, practice: Practice | None = None) -> None:
        """Take the terms, the node's key and the practice; of the journal, only its attachments are used."""
        self._journal = journal
        self._judge = Judge(terms, practice or Practice(), journal)
        self._targeting = Targeting(terms, journal)
        self._answering = Answering(self._judge, key, journal)
        self._author = Key(f"responder:{self.name}")

    def absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold entries without answering them, when a new version takes over."""
        for run in self._targeting.runs(entries, tables):
            self._absorb(run, tables)

    def _absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        shelf, loads = Shelf(tables), load_days(tables, {entry.occurred.date() for entry in entries})
        draws, past = Draws(tables), Remembering(tables)
        shelf.fetch(mrn for entry in entries if (mrn := mrn_of(entry)) is not None)
        for entry, mrn, act in _acts(entries, tables):
            known = shelf.get(mrn)
            consignment = advance(known, act, -1, entry.occurred, entry.attachments)
            shelf.put(consignment)
            if allowed(known, act):
                draws.fold(mrn, act)
                self._absorb_past(entry, mrn, act, known.state if known else "", past)
            if consignment and isinstance(act, ChannelAssigned) and act.channel in ("red", "yellow"):
                loads.add(act.office, consignment.lodged.date(), act.channel)
        shelf.forget(_erased(entries))
        draws.forget(_erased(entries))
        past.store(_erased(entries))
        shelf.store()
        store_loads(loads, tables)

    def _absorb_past(self, entry: Entry, mrn: str, act: Act, before: str, past: Remembering) -> None:
        """Remember what was lodged and not rejected at once, as answering it does."""
        past.fold(mrn, act)
        if isinstance(act, DeclarationLodged) and entry.attachments:
            declaration, _ = self._judge.declaration(entry.attachments[0])
            if declaration is not None:
                frame = goods_item_frame([Lodged(mrn, entry.occurred, declaration)])
                past.lodged(mrn, packed(frame).get(mrn, b""))
        elif isinstance(act, DeclarationRejected) and before == "received":
            past.rejected(mrn)

    def respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> Sequence[Append]:
        """Answer a batch of entries, and fold both them and the answers.

        The batch is cut where a day begins or another model, profile or policy stands, so that all of a run
        is aimed at alike.
        """
        answers: list[Append] = []
        for run in self._targeting.runs(entries, tables):
            self._judge.terms = self._targeting.terms(tables)
            self._judge.sights = self._targeting.sights(tables)
            answers += self._respond(run, tables)
        return answers

    def _respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> list[Append]:
        accounts = _known_accounts(tables)
        opened = [(entry.position, act.account) for entry, act in _opened(entries)]
        heard = _acts(entries, tables)
        shelf, draws, past = Shelf(tables), Draws(tables), Remembering(tables)
        shelf.fetch(mrn for _, mrn, _ in heard)
        judged = self._judge_ahead(heard, shelf)
        days = {entry.occurred.date() for entry, _, _ in heard}
        loads = load_days(tables, days | {c.lodged.date() for _, mrn, _ in heard if (c := shelf.get(mrn))})
        answers, erased = [], _erased(entries)
        for entry, mrn, act in heard:
            if entry.position > erased.get(mrn, entry.position):
                continue
            known = shelf.get(mrn)
            if known is not None and not allowed(known, act):
                continue
            consignment = advance(known, act, -1, entry.occurred, entry.attachments)
            if consignment is None:
                continue
            while opened and opened[0][0] < entry.position:
                accounts.add(opened.pop(0)[1])
            draws.fold(mrn, act)
            acts = self._answers(entry, act, consignment, judged, loads=loads, draws=draws)
            for answered in acts:
                draws.fold(mrn, answered)
                consignment = advance(consignment, answered, -1, entry.occurred) or consignment
            changed = settled(act, consignment, frozenset(accounts))
            for answered in changed:
                consignment = advance(consignment, answered, -1, entry.occurred) or consignment
            acts += changed
            onwards = self._answering.towards_release(consignment, frozenset(accounts))
            for answered in onwards:
                consignment = advance(consignment, answered, -1, entry.occurred) or consignment
            shelf.put(consignment)
            past.answered(mrn, act, acts, judged.get(entry.position))
            if acts or onwards:
                answers.append(self._append(entry, mrn, acts + onwards, judged))
        shelf.forget(erased)
        draws.forget(erased)
        past.store(erased)
        shelf.store()
        store_loads(loads, tables)
        return answers

    def _answers(
        self,
        entry: Entry,
        act: Act,
        consignment: Consignment,
        judged: dict[int, Judged],
        *,
        loads: Loads,
        draws: Draws,
    ) -> list[Act]:
        """Return the answers to one act, which is folded already."""
        match act:
            case DeclarationLodged():
                final = judged[entry.position] = self._in_turn(consignment, entry, judged, draws)
                return self._answering.to_lodging(consignment, final, loads)
            case GoodsArrived() | InventoryAnswered() if _may_be_accepted(consignment):
                final = judged[entry.position] = self._in_turn(consignment, entry, judged, draws)
                return self._answering.accept(consignment, final, loads, entry.occurred)
            case AmendmentRequested():
                request, _ = self._judge.declaration(entry.attachments[0])
                acts, of_it = self._answering.to_amendment(
                    consignment, request, entry, loads, draws.without(consignment.mrn)
                )
                if of_it is not None:
                    judged[entry.position] = of_it
                return acts
            case InvalidationRequested():
                return self._answering.to_invalidation(consignment)
            case QuotaAllocated():
                return [DeclarationCleared(mrn=consignment.mrn)]
        return []

    def _judge_ahead(self, heard: list[_Heard], shelf: Shelf) -> dict[int, Judged]:
        """Judge in one go what the batch will need: what was lodged, and what arrives as it was lodged.

        What is amended in the batch before it arrives is judged when its turn comes.
        """
        lodged = {
            mrn: (entry.position, Version(mrn, entry.occurred, entry.attachments[0]))
            for entry, mrn, act in heard
            if isinstance(act, DeclarationLodged)
        }
        amended = {mrn for _, mrn, act in heard if isinstance(act, AmendmentRequested)}
        arriving: dict[str, tuple[int, Version]] = {}
        for entry, mrn, act in heard:
            known = shelf.get(mrn)
            if not isinstance(act, GoodsArrived) or mrn in amended or mrn in arriving or known is None:
                continue
            if known.state == "registered":
                arriving[mrn] = (entry.position, Version(mrn, entry.occurred, known.original))
        found: dict[int, Judged] = {}
        for group in (lodged, arriving):
            decided = self._judge.versions([version for _, version in group.values()]) if group else {}
            found |= {position: decided[mrn] for mrn, (position, _) in group.items()}
        return found

    def _in_turn(
        self, consignment: Consignment, entry: Entry, judged: dict[int, Judged], draws: Draws
    ) -> Judged:
        """Return what was judged ahead; a claim of a quota is judged when its turn comes, alone."""
        ahead = judged.get(entry.position)
        if ahead is not None and not ahead.claims:
            return ahead
        mrn = consignment.mrn
        version = Version(mrn, entry.occurred, consignment.original)
        return self._judge.versions([version], draws.without(mrn))[mrn]

    def _append(self, entry: Entry, mrn: str, acts: list[Act], judged: dict[int, Judged]) -> Append:
        """Return the answers to one entry as a group; a release stands under a condition of its own."""
        drafts, conditions = [], []
        for n, answered in enumerate(acts):
            keys = [Key(MRN_KEY + mrn)]
            if isinstance(answered, GoodsReleased):
                keys.append(Key(f"release:{mrn}"))
                conditions.append(KeyIsNew(keys[-1]))
            drafts.append(
                Draft(
                    kind=answered.KIND,
                    version=answered.VERSION,
                    occurred=entry.occurred,
                    author=self._author,
                    keys=tuple(keys),
                    body=answered.encode(),
                    cause=Cause(self.name, entry.position, mrn, n),
                    attachments=self._attached(answered, judged.get(entry.position)),
                )
            )
        return Append(tuple(drafts), tuple(conditions))

    def _attached(self, act: Act, judged: Judged | None) -> tuple[str, ...]:
        if isinstance(act, DeclarationAssessed) and act.taxes_attached and judged:
            return tuple(self._journal.attach([encoded(judged.decision.taxes)]))
        return (act.original,) if isinstance(act, DeclarationAmended) else ()


def _may_be_accepted(consignment: Consignment) -> bool:
    """Tell whether what was lodged before arrival has arrived, and the port's inventory does not object."""
    arrived = consignment.state == "registered" and consignment.arrived is not None
    return arrived and not consignment.mismatched


def _acts(entries: Sequence[Entry], tables: apsw.Connection) -> list[_Heard]:
    """Return the acts about consignments in entries, having noted the accounts that were opened."""
    for _, act in _opened(entries):
        tables.execute("INSERT OR IGNORE INTO accounts VALUES (?)", (act.account,))
    heard: list[_Heard] = []
    for entry in entries:
        mrn, told = mrn_of(entry), act_of(entry)
        if mrn is not None and told is not None and entry.kind != Erased.KIND:
            heard.append((entry, mrn, told))
    return heard


def _erased(entries: Sequence[Entry]) -> dict[str, int]:
    """Return the consignments that were erased, each with the position of the act that says so."""
    return {
        key.removeprefix(MRN_KEY): entry.position
        for entry in entries
        if entry.kind == Erased.KIND
        for key in entry.keys
        if key.startswith(MRN_KEY)
    }


def _opened(entries: Sequence[Entry]) -> list[tuple[Entry, AccountOpened]]:
    found = []
    for entry in entries:
        if entry.kind == AccountOpened.KIND and entry.body is not None:
            act = decode(entry.kind, entry.version, entry.body)
            assert isinstance(act, AccountOpened)
            found.append((entry, act))
    return found


def _known_accounts(tables: apsw.Connection) -> set[str]:
    return {account for (account,) in tables.execute("SELECT account FROM accounts")}
