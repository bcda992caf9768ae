"""What can be done about a consignment now, by whom: by the core's table of states, and in which words.

What cannot be done is left out; where an officer would look for it, it stands there with why it cannot.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.clearance import possible
from tidegate_web.desks.officer.story import Story
from tidegate_web.node import node
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.clearance import Consignment
    from tidegate_web.people.models import Person

# What ends each wait, in the words of who reads the page.
LIFTS = {
    "arrival": gettext_lazy("The goods have to arrive: the carrier tells of it, or an officer records it."),
    "inventory": gettext_lazy("The port's inventory has to match what was declared."),
    "control": gettext_lazy("A control has to be recorded."),
    "officer": gettext_lazy(
        "A control found something else than was declared: an officer decides, by recording a control anew, "
        "ordering another, or having the declaration amended."
    ),
    "documents": gettext_lazy("Documents were asked for: they have to be handed in and examined."),
    "query": gettext_lazy("Another authority has asked something: its question has to be answered."),
    "request": gettext_lazy("The trader has asked for a change: customs is answering it."),
    "dwell": gettext_lazy("The time in which the trader may still change something has to end."),
    "payment": gettext_lazy("What is due before release has to be paid."),
}


class Deed(msgspec.Struct, frozen=True):
    """One thing to do: its form, how it is called, the key that leads to it; or why it cannot be done."""

    name: str
    title: str
    button: str
    key: str = ""
    style: str = ""
    first: bool = False
    why_not: str = ""
    form: Any = None

    @property
    def address(self) -> str:
        """The name of the address to which its form is sent."""
        return f"officer:{self.name}"


class _Kind(msgspec.Struct, frozen=True):
    name: str
    action: str
    title: Any
    button: Any
    key: str
    style: str
    open_to: Callable[[Story, frozenset[str]], bool]


def _control(story: Story, events: frozenset[str]) -> bool:
    return "control.recorded conform" in events and not _absent(story.consignment)


def _absent(one: Consignment) -> bool:
    """Tell whether goods are to be examined that are not there."""
    return one.channel == "red" and "arrival" in one.outstanding


def _ask(story: Story, events: frozenset[str]) -> bool:
    return "documents.requested" in events and bool(story.consignment.outstanding)


def channels_of(one: Consignment) -> tuple[str, ...]:
    """Return the controls that can be ordered now."""
    events = possible(one)
    return tuple(name for name in ("yellow", "red") if f"control.ordered {name}" in events)


def _order(story: Story, _events: frozenset[str]) -> bool:
    one = story.consignment
    already = one.state == "under_control" and one.channel == "red"
    return bool(one.outstanding) and bool(channels_of(one)) and not already


# What is at hand stands open on the page; what may be done beside is folded.
_AT_HAND = (
    _Kind("control", "record a control", gettext_lazy("Record a control"), gettext_lazy("Record"),
          "c", "", _control),
    _Kind("examined", "ask for documents", gettext_lazy("Examine the documents"),
          gettext_lazy("They are examined"), "e", "",
          lambda story, _events: story.consignment.documents and story.consignment.delivered),
    _Kind("answer", "answer a query", gettext_lazy("Answer the question"), gettext_lazy("Record the answer"),
          "a", "", lambda story, events: story.consignment.query and "query.answered" in events),
    _Kind("arrival", "record an arrival", gettext_lazy("Record the arrival"),
          gettext_lazy("The goods are here"), "h", "second",
          lambda story, events: "arrival" in story.consignment.outstanding and "goods.arrived" in events),
    _Kind("inventory", "record an arrival", gettext_lazy("The inventory does not match"),
          gettext_lazy("It matches now"), "i", "second",
          lambda story, events: story.consignment.mismatched and "inventory.answered" in events),
    _Kind("review", "decide a review", gettext_lazy("Decide the review"), gettext_lazy("Decide"),
          "w", "", lambda story, _events: story.asked is not None),
    _Kind("follow", "override an assessment", gettext_lazy("Put the changed decision into effect"),
          gettext_lazy("Put these amounts"), "f", "",
          lambda story, events: story.changed is not None and bool(story.taxes)
          and "assessment.overridden reviewed" in events),
)  # fmt: skip
_BESIDE = (
    _Kind("payment", "record a payment", gettext_lazy("Record a payment"), gettext_lazy("It was paid"),
          "p", "second",
          lambda story, events: "payment" in story.consignment.outstanding and "payment.recorded" in events),
    _Kind("documents", "ask for documents", gettext_lazy("Ask for documents"), gettext_lazy("Ask the trader"),
          "d", "second", _ask),
    _Kind("order", "record a control", gettext_lazy("Order a control"), gettext_lazy("Order"),
          "o", "second", _order),
    _Kind("referral", "refer a consignment", gettext_lazy("Refer"), gettext_lazy("Refer"),
          "r", "second",
          lambda story, events: "consignment.referred" in events and bool(story.consignment.outstanding)),
    _Kind("override", "override an assessment", gettext_lazy("Override the assessment"),
          gettext_lazy("Put these amounts"), "v", "grave",
          lambda story, events: "assessment.overridden" in events and bool(story.taxes)
          and bool(story.consignment.outstanding)),
    _Kind("ending", "correct what is cleared", gettext_lazy("End the cleared declaration"),
          gettext_lazy("Put forward"), "x", "grave",
          lambda story, events: "invalidation.requested late" in events
          and _in_time(story.consignment, node().practice.invalidatable_days, story.now)),
)  # fmt: skip


def deeds_of(story: Story, person: Person, form_of: Callable[[str], Any]) -> list[Deed]:
    """Return what a person can do about a consignment now, what is at hand first, each with its form."""
    events = possible(story.consignment)
    found = []
    for kind in (*_AT_HAND, *_BESIDE):
        if not may(person, kind.action):
            continue
        open_ = kind.open_to(story, events)
        why_not = "" if open_ else _why_not(kind.name, story, events)
        if open_ or why_not:
            told = (str(kind.title), str(kind.button), kind.key, kind.style, kind in _AT_HAND)
            found.append(Deed(kind.name, *told, why_not, form_of(kind.name) if open_ else None))
    return found


def correction(story: Story, person: Person) -> Deed | None:
    """Return the way to change a cleared declaration, or why it is shut; None where nobody looks for it."""
    one, days = story.consignment, node().practice.amendable_days
    if "amendment.requested late" not in possible(one) or not may(person, "correct what is cleared"):
        return None
    if not days:
        return None
    why_not = "" if _in_time(one, days, story.now) else _too_late(one, days)
    return Deed("correction", _("Change the cleared declaration"), _("Write over what is wrong"), "m",
                why_not=why_not)  # fmt: skip


def waits_of(one: Consignment) -> list[tuple[str, str]]:
    """Return what release waits for, each with what ends the wait."""
    return [(name, str(LIFTS[name])) for name in one.outstanding]


def _why_not(name: str, story: Story, events: frozenset[str]) -> str:
    one = story.consignment
    if name == "control" and "control.recorded conform" in events and _absent(one):
        return _("The goods have not arrived, so they cannot be examined. Record their arrival first.")
    if name == "examined" and one.documents:
        return _("The trader was asked for documents, and has handed in none yet.")
    if name == "ending" and "invalidation.requested late" in events and node().practice.invalidatable_days:
        return _too_late(one, node().practice.invalidatable_days)
    return ""


def _until(one: Consignment, days: int) -> datetime:
    return (one.accepted or one.lodged) + timedelta(days=days)


def _in_time(one: Consignment, days: int, now: datetime) -> bool:
    return bool(days) and now <= _until(one, days)


def _too_late(one: Consignment, days: int) -> str:
    until = f"{_until(one, days):%Y-%m-%d %H:%M}"
    return _("It could be put forward until %(until)s; that has passed.") % {"until": until}
