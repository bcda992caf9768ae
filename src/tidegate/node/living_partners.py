"""Partners beside a living world: officers here ask next door, and sign what is offered.

What is offered under a name in ``left`` stays for people to sign.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from tidegate.acts import ChannelAssigned, ControlOrdered, decode
from tidegate.clearance import RefusedActError, consignment_now
from tidegate.declarations.messages import read_message
from tidegate.exchange import ExchangeError, Question, enquire, sign, standing_of
from tidegate.journal import JournalError
from tidegate.node.exchange import actor

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.exchange import Standing
    from tidegate.exchange.acting import Actor
    from tidegate.node.installation import Node

LOOK_EVERY = timedelta(seconds=5)
_READ_AT_ONCE = 500
_KINDS = frozenset({ChannelAssigned.KIND, ControlOrdered.KIND})
_CONTROLLED = frozenset({"red", "yellow"})
_WAITING = 40  # consignments that may be asked about; older ones are let go


class Asking:
    """Signs agreements that a partner offers, and asks by UCR about controlled goods that came from it."""

    def __init__(
        self, node: Node, author: str, country: str, *, every: timedelta, left: frozenset[str]
    ) -> None:
        """Take the node, who acts, the partner's country, and how often it is asked."""
        self._node = node
        self._author = author
        self._country = country
        self._every = every
        self._left = left
        self._position = 0
        self._asked: datetime | None = None
        self._looked: datetime | None = None
        self._wanted: deque[str] = deque(maxlen=_WAITING)

    def play(self, until: datetime) -> None:
        """Sign what was offered, and ask one question where it is time for one."""
        if self._looked is not None and until - self._looked < LOOK_EVERY:
            return
        self._looked = until
        self._look()
        who = actor(self._node, self._author, until)
        standing = standing_of(self._node.journal)
        try:
            sign_offered(who, standing, self._left)
            if self._asked is None or until - self._asked >= self._every:
                self._asked = until
                self._ask(who, standing)
        except (ExchangeError, JournalError):
            return  # the agreements are being changed, or stand still: asked again in its time

    def _look(self) -> None:
        """Note the UCRs of what came from the partner and is controlled."""
        journal = self._node.journal
        while entries := journal.read(self._position, _READ_AT_ONCE, _KINDS):
            self._position = entries[-1].position + 1
            for entry in entries:
                act = None if entry.body is None else decode(entry.kind, entry.version, entry.body)
                if isinstance(act, ChannelAssigned | ControlOrdered) and act.channel in _CONTROLLED:
                    ucr = self._ucr(act.mrn)
                    if ucr:
                        self._wanted.append(ucr)

    def _ucr(self, mrn: str) -> str:
        """Return the UCR of an import that was sent from the partner's country, or nothing."""
        try:
            consignment, _ = consignment_now(self._node.journal, mrn)
        except RefusedActError:
            return ""
        if consignment.direction != "import" or not consignment.original:
            return ""
        original = self._node.journal.attachment(consignment.original)
        declaration = read_message(original, self._node.limits).declaration
        shipment = declaration.goods_shipment if declaration is not None else None
        if shipment is None or shipment.ucr is None or shipment.export_country is None:
            return ""
        return (
            shipment.ucr.trader_assigned_reference_id or ""
            if shipment.export_country.id == self._country
            else ""
        )

    def _ask(self, who: Actor, standing: Standing) -> None:
        if not self._wanted:
            return
        for _, agreement in standing.in_force(who.now):
            for clause in agreement.permission:
                if clause.action == "mirror" and clause.assignee == who.me:
                    ucr = self._wanted.pop()
                    enquire(who, agreement.uid, clause.uid, Question(ucr=ucr), clause.purpose[0])
                    return


def sign_offered(who: Actor, standing: Standing, left: frozenset[str] = frozenset()) -> None:
    """Sign every version that a trusted partner has offered, but of the agreements that are left to people.

    Raises:
        ExchangeError: somebody acted meanwhile.
    """
    for uid, held in standing.agreements.items():
        version = held.versions[max(held.versions)]
        offered = not held.ended and version.agreement.version > held.signed and version.by != who.me
        if offered and uid not in left:
            sign(who, uid)
