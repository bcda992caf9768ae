"""The other side of a living world: what a small partner node does by itself, so that there is an exchange.

It exports what is imported from it here, offers and signs agreements, asks and is asked, and suspends an
agreement now and then.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tidegate.exchange import (
    ExchangeError,
    Question,
    answer_enquiry,
    canonical,
    change,
    enquire,
    open_enquiries,
    propose,
    standing_of,
)
from tidegate.exchange.templates import template
from tidegate.journal import JournalError, tables
from tidegate.node.exchange import actor
from tidegate.node.living import AUTHOR
from tidegate.node.living_partners import LOOK_EVERY, sign_offered
from tidegate.node.playing import Stage, play_window
from tidegate.simulation import frames_of
from tidegate.simulation.counterparts import counterparts
from tidegate.simulation.messages import ucr_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tidegate.exchange.acting import Actor
    from tidegate.node.installation import Node
    from tidegate.simulation import World

UID = "urn:tidegate:agreement:"
OURS, THEIRS, RISK, OFFERED = f"{UID}exports-xa", f"{UID}exports-xb", f"{UID}risk-xb", f"{UID}risk-xa"
_HORIZON = timedelta(hours=1)
_ANSWERED_AFTER = timedelta(seconds=90)
_SUSPENDED_FOR = timedelta(minutes=2)
_MOST_OPEN = 2  # requests for assistance that wait
_WORDS = (
    (
        "The exporter's invoice for {ucr} does not agree with what you released. Please send us the value "
        "and the mass that were declared to you, and say who paid."
    ),
    "We control the buyer of {ucr}. Did your control find the goods as they were declared?",
)


class Mirrors:
    """Exports of the partner for what is imported next door from it, as time runs."""

    def __init__(
        self,
        node: Node,
        world: World,
        settle: Callable[[], object],
        *,
        here: str,
        there: str,
        rates: tuple[int, int],
    ) -> None:
        """Take the partner's node, the world, the two countries, and how much is declared a day next door.

        Of the two rates the first is that of what was declared before this began, the second of what comes.
        """
        self._stage = Stage(node, world, AUTHOR, settle=settle, others_act=True)
        self._world = world
        self._countries = (here, there)
        self._rates = rates
        self._until: datetime | None = None

    def begin(self, since: datetime, begun: datetime) -> None:
        """Plan the exports of what was declared next door before this began."""
        self._plan(since, begun, self._rates[0])
        self._until = begun

    def play(self, until: datetime) -> None:
        """Declare what is due, once the partner's exports are told of: what is declared before is not."""
        held = standing_of(self._stage.node.journal).agreements.get(THEIRS)
        if held is None or not held.signed:
            return
        if self._until is None or until >= self._until - timedelta(minutes=30):
            since = self._until or until
            self._plan(since, until + _HORIZON, self._rates[1])
            self._until = until + _HORIZON
        play_window(self._stage, until)
        self._stage.forget_settled()

    def _plan(self, since: datetime, until: datetime, declarations: int) -> None:
        here, there = self._countries
        for on in sorted({since.date(), until.date()}):
            for one in counterparts(self._world, on, declarations, here=here, there=there):
                if since < one.occurred + timedelta(minutes=30) <= until:
                    self._stage.waiting[one.reference] = one
                    self._stage.plan(one.occurred, "lodge", one.reference)


class Neighbour:
    """The people of the partner: what they offer, sign, ask, answer and suspend."""

    def __init__(
        self, node: Node, world: World, partner: str, begun: datetime, *, every: timedelta, a_day: int
    ) -> None:
        """Take the partner's node, the world, the name of the node next door, and how often it is asked.

        ``a_day`` is how much is declared there a day from ``begun`` on.
        """
        self._a_day = a_day
        self._node = node
        self._world = world
        self._partner = partner
        self._begun = begun
        self._every = every
        self._asked: datetime | None = None
        self._looked: datetime | None = None
        self._turn = 0
        self._suspended: datetime | None = None

    def play(self, until: datetime) -> None:
        """Do what is due; where agreements are being changed meanwhile, it is done in its time."""
        if self._looked is not None and until - self._looked < LOOK_EVERY:
            return
        self._looked = until
        who = actor(self._node, AUTHOR, until)
        deeds = [self._agree, self._answer, self._suspend]
        if self._asked is None or until - self._asked >= self._every:
            self._asked = until
            deeds.append(self._ask)
        for deed in deeds:
            try:
                deed(who)
            except (ExchangeError, JournalError):
                continue

    def _agree(self, who: Actor) -> None:
        standing = standing_of(self._node.journal)
        for document in offers(who.me, self._partner):
            if document["uid"] not in standing.agreements:
                propose(who, canonical(document))
                return
        sign_offered(who, standing)

    def _answer(self, who: Actor) -> None:
        """Answer requests for assistance that have waited a little."""
        self._node.join_exchange()
        with closing(tables(self._node.reader("exchange"), self._node.read_tables)) as connection:
            waiting = open_enquiries(connection)
        for one in waiting:
            (entry,) = self._node.journal.read(int(str(one["position"])), 1)
            if (
                one["service"] == "assist"
                and one["by"] != who.me
                and who.now - entry.recorded > _ANSWERED_AFTER
            ):
                text = "We have looked at the exporter's books: what was declared to us agrees with them."
                answer_enquiry(who, str(one["by"]), str(one["id"]), text)
                return

    def _suspend(self, who: Actor) -> None:
        """Suspend the agreement about risk for two minutes, every twenty minutes."""
        held = standing_of(self._node.journal).agreements.get(RISK)
        if held is None or not held.signed:
            return
        minute = int((who.now - self._begun).total_seconds() // 60) % 20
        if who.me in held.suspended_by:
            if self._suspended is None or who.now - self._suspended >= _SUSPENDED_FOR:
                change(who, RISK, "resume", "The review of what we share is done.")
                self._suspended = None
        elif minute == 6:  # noqa: PLR2004 - of every twenty, chosen
            change(who, RISK, "suspend", "We review what we share about controls.")
            self._suspended = who.now

    def _ask(self, who: Actor) -> None:
        """Ask in turn for a mirror, a status, assistance; and now and then for what no clause allows."""
        held = standing_of(self._node.journal).agreements.get(OURS)
        if held is None or held.in_force(who.now) is None:
            return
        self._turn += 1
        questions = list(self._questions(who.now))
        if not questions:
            return
        ucr, operator, imported = questions[0]
        if self._turn % 7 == 3:  # noqa: PLR2004 - chosen
            enquire(
                who, OURS, "status", Question(operator=operator), "statistics"
            )  # no purpose of the clause
        elif self._turn % 3 == 0:
            enquire(who, OURS, "status", Question(operator=operator), "security")
        elif self._turn % 3 == 1:
            enquire(who, OURS, "mirror", Question(ucr=ucr), "revenue-protection")
        elif self._open(who) < _MOST_OPEN:
            words = _WORDS[self._turn % len(_WORDS)].format(ucr=imported)
            question = Question(ucr=imported, text=words)
            enquire(who, THEIRS, "assist", question, "mutual-assistance")

    def _open(self, who: Actor) -> int:
        with closing(tables(self._node.reader("exchange"), self._node.read_tables)) as connection:
            return sum(
                one["by"] == who.me and one["service"] == "assist" for one in open_enquiries(connection)
            )

    def _questions(self, now: datetime) -> Iterator[tuple[str, str, str]]:
        """Yield the UCR of an export next door, the number of its exporter, and the UCR of an import.

        Both were declared there since this began, the latest first.
        """
        rows = frames_of(self._world, "XA", now.date(), self._a_day).goods_items.reverse()
        rows = rows.filter((rows["occurred"] > self._begun) & (rows["occurred"] < now) & (rows["item"] == 1))
        exports = rows.filter(rows["importer"].is_null())
        imports = rows.filter(rows["importer"].is_not_null() & (rows["country_of_export"] == "XB"))
        for out, back in zip(exports.iter_rows(named=True), imports.iter_rows(named=True), strict=False):
            yield ucr_of(out), out["exporter"], ucr_of(back)


def offers(me: str, partner: str) -> Iterator[dict[str, object]]:
    """Yield the agreements that a partner offers: about its exports, its controls, and those next door."""
    yield exports_agreement(THEIRS, me, partner)
    yield template("risk", me, partner, uid=RISK, title="What controls of XB found, for the targeting of XA")
    title = "What controls of XA found, for the targeting of XB"
    yield template("risk", partner, me, uid=OFFERED, title=title)


def exports_agreement(uid: str, first: str, second: str) -> dict[str, object]:
    """Return the agreement by which the first tells of its exports and answers, and is assisted in turn."""
    document = template("neighbour", first, second, uid=uid)
    country = uid.rpartition("-")[2].upper()
    document["title"] = f"Exports of {country}, told to whoever imports them, and questions about them"
    told = [one for one in document["permission"] if one["uid"] != "imports-released"]
    for one in told:
        if one["uid"] == "exports-released":
            one["fields"] = {**one["fields"], "ucr": {"as": "plain"}}
    return {**document, "permission": told}
