"""What the core's words are to people: what a consignment waits for, and what is to be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from tidegate.clearance import Consignment

TASKS = {
    "documents": gettext_lazy("Examine the documents"),
    "goods": gettext_lazy("Examine the goods"),
    "decision": gettext_lazy("Decide what follows"),
}
CHANNELS = {
    "red": gettext_lazy("Red"),
    "yellow": gettext_lazy("Yellow"),
    "green": gettext_lazy("Green"),
    "blue": gettext_lazy("Blue"),
}
MODES = {  # of transport: UN/CEFACT recommendation 19
    "1": gettext_lazy("Sea"),
    "2": gettext_lazy("Rail"),
    "3": gettext_lazy("Road"),
    "4": gettext_lazy("Air"),
    "5": gettext_lazy("Post"),
    "7": gettext_lazy("Pipeline or cable"),
    "8": gettext_lazy("Inland waterway"),
}
WAITS = {
    "arrival": gettext_lazy("the goods to arrive"),
    "control": gettext_lazy("a control"),
    "officer": gettext_lazy("an officer's decision"),
    "documents": gettext_lazy("documents from the trader"),
    "query": gettext_lazy("an answer from the trader"),
    "request": gettext_lazy("customs to answer a request"),
    "inventory": gettext_lazy("the port's inventory to match"),
    "dwell": gettext_lazy("the dwell time to end"),
    "payment": gettext_lazy("payment"),
}
STATES = {
    "received": gettext_lazy("received"),
    "registered": gettext_lazy("registered, before arrival"),
    "accepted": gettext_lazy("accepted"),
    "rejected": gettext_lazy("rejected"),
    "assessed": gettext_lazy("assessed"),
    "selected": gettext_lazy("waiting for release"),
    "under_control": gettext_lazy("under control"),
    "held": gettext_lazy("held"),
    "released": gettext_lazy("released"),
    "cleared": gettext_lazy("cleared"),
    "exited": gettext_lazy("exited"),
    "invalidated": gettext_lazy("invalidated"),
    "expired": gettext_lazy("expired"),
}
_COLOURS = {"released": "green", "cleared": "green", "exited": "green", "rejected": "red", "held": "red",
            "under_control": "yellow", "invalidated": "grey", "expired": "grey"}  # fmt: skip
KINDS = {
    "declaration.lodged": gettext_lazy("Declaration lodged"),
    "declaration.registered": gettext_lazy("Registered, until the goods arrive"),
    "declaration.accepted": gettext_lazy("Declaration accepted"),
    "declaration.rejected": gettext_lazy("Declaration rejected"),
    "declaration.assessed": gettext_lazy("Debt and risk worked out"),
    "declaration.amended": gettext_lazy("Declaration amended"),
    "declaration.invalidated": gettext_lazy("Declaration invalidated"),
    "declaration.cleared": gettext_lazy("Declaration cleared"),
    "declaration.expired": gettext_lazy("Declaration expired"),
    "channel.assigned": gettext_lazy("Channel assigned"),
    "goods.arrived": gettext_lazy("Goods arrived"),
    "goods.released": gettext_lazy("Goods released"),
    "goods.exited": gettext_lazy("Goods left the territory"),
    "control.ordered": gettext_lazy("Control ordered"),
    "consignment.referred": gettext_lazy("Referred"),
    "control.recorded": gettext_lazy("Control recorded"),
    "documents.requested": gettext_lazy("Documents asked for"),
    "documents.delivered": gettext_lazy("Documents delivered"),
    "documents.supplied": gettext_lazy("Documents supplied"),
    "payment.recorded": gettext_lazy("Payment received"),
    "payment.called": gettext_lazy("Account called on"),
    "account.drawn": gettext_lazy("Account drawn on"),
    "account.refused": gettext_lazy("Account could not bear it"),
    "amendment.requested": gettext_lazy("Amendment asked for"),
    "invalidation.requested": gettext_lazy("Invalidation asked for"),
    "request.refused": gettext_lazy("Request refused"),
    "review.requested": gettext_lazy("Review asked for"),
    "review.decided": gettext_lazy("Review decided"),
    "assessment.overridden": gettext_lazy("Assessment overridden"),
    "query.raised": gettext_lazy("Another authority asked something"),
    "query.answered": gettext_lazy("The question was answered"),
    "inventory.answered": gettext_lazy("The port's inventory answered"),
    "dwell.ended": gettext_lazy("The dwell time ended"),
    "quota.allocated": gettext_lazy("Quota allocated"),
    "repayment.granted": gettext_lazy("Repayment granted"),
    "notice.issued": gettext_lazy("Notice issued"),
    "work.taken": gettext_lazy("Taken up"),
    "work.returned": gettext_lazy("Given back"),
}


def task_words(task: str | None) -> str:
    """Return what is to be done, or nothing where nothing is."""
    return str(TASKS[task]) if task in TASKS else ""


def waits_words(names: tuple[str, ...]) -> str:
    """Return what is waited for, as a list in a sentence."""
    return ", ".join(str(WAITS.get(name, name)) for name in names)


def outstanding_words(consignment: Consignment) -> str:
    """Return in a sentence what a consignment waits for, or how it ended."""
    if consignment.outstanding:
        return _("Release waits for %(what)s.") % {"what": waits_words(consignment.outstanding)}
    if consignment.state == "rejected":
        return _("It was rejected; the declarant can lodge it anew.")
    if consignment.released is not None:
        when = f"{consignment.released:%Y-%m-%d %H:%M}"
        return _("The goods were released on %(when)s.") % {"when": when}
    return ""


def colour_of(state: str) -> str:
    """Return the colour of a state's tag."""
    return _COLOURS.get(state, "blue")


def conveyance_words(conveyance: str) -> str:
    """Return a conveyance, named by mode, identity and journey (`conveyance_of`), as people read it."""
    mode, _, named = conveyance.partition(":")
    parts = [str(MODES.get(mode, mode)), *named.split(":")]
    return " ".join(part for part in parts if part)
