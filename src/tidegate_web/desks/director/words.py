"""What stages, holders, waits and strata are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STAGE_WORDS = {
    "release": _("Presentation to release: the whole"),
    "before": _("Lodgement to presentation (before the goods are there)"),
    "acceptance": _("Presentation to acceptance"),
    "decision": _("Acceptance to channel"),
    "control": _("Control ordered to its result"),
    "payment": _("Channel to payment"),
    "letting go": _("Last thing waited for to release"),
    "clearance": _("Release to clearance"),
    "answer": _("What the node itself took to decide"),
}
HOLDER_WORDS = {
    "customs": _("Customs"),
    "trader": _("Trader"),
    "carrier": _("Carrier or port"),
    "agency": _("Another authority"),
    "dwell": _("Nobody: time to put right what was stated"),
}
WAIT_WORDS = {
    "": _("customs' next step"),
    "officer": _("an officer's decision"),
    "control": _("a control"),
    "arrival": _("the goods to arrive"),
    "inventory": _("the port's inventory to match"),
    "documents": _("documents from the trader"),
    "query": _("another authority's answer"),
    "request": _("customs to answer a request"),
    "dwell": _("the dwell time to end"),
    "payment": _("payment"),
}
STRATUM_WORDS = {
    "random": _("Drawn at random"),
    "exploring": _("Exploring what is new"),
    "targeted": _("Targeted by the model"),
    "profile": _("Chosen by a profile"),
    "none": _("Not chosen"),
}
HAPPENED_WORDS = {
    "lodged": _("Lodged"),
    "accepted": _("Accepted"),
    "rejected": _("Rejected"),
    "released": _("Released"),
    "cleared": _("Cleared"),
    "green": _("Green"),
    "blue": _("Blue"),
    "yellow": _("Yellow"),
    "red": _("Red"),
    "conform": _("Controls: as declared"),
    "irregular": _("Controls: not as declared"),
    "invalidated": _("Invalidated"),
    "expired": _("Expired"),
}
BY_WORDS = {
    "office": _("Office"),
    "channel": _("Channel"),
    "direction": _("Direction"),
    "type": _("Type of declaration"),
    "hour": _("Hour of lodgement (UTC)"),
}
