"""The words of partners' pages: what happened between nodes, why it was refused, clauses in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.exchange.model import Constraint, Duty, Permission, Prohibition, Transform

HAPPENED = {
    "sent": gettext_lazy("Sent"),
    "receipt": gettext_lazy("Receipt verified"),
    "received": gettext_lazy("Received"),
    "refused_here": gettext_lazy("Refused by us"),
    "refused_there": gettext_lazy("Refused by the partner"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "asked_here": gettext_lazy("Asked by us"),
    "asked_there": gettext_lazy("Asked by the partner"),
    "answered_here": gettext_lazy("Answered by us"),
    "answered_there": gettext_lazy("Answered by the partner"),
    "agreed": gettext_lazy("About agreements"),
    "parcel_refused": gettext_lazy("Parcel refused whole"),
}
STATES = {
    "signed": (gettext_lazy("in force"), "green"),
    "proposed": (gettext_lazy("proposed"), "blue"),
    "suspended": (gettext_lazy("suspended"), "yellow"),
    "ended": (gettext_lazy("ended"), ""),
}
REASONS = {
    "out_of_scope": gettext_lazy("no clause allows it"),
    "wrong_purpose": gettext_lazy("for a purpose that the clause does not name"),
    "not_in_that_state": gettext_lazy("the agreement is not in force"),
    "suspended": gettext_lazy("the agreement is suspended"),
    "bad_agreement": gettext_lazy("the agreement cannot be read"),
    "expired": gettext_lazy("its time is over"),
    "unknown_enquiry": gettext_lazy("nobody asked for it"),
    "bad_signature": gettext_lazy("the signature does not hold"),
    "skewed": gettext_lazy("the clocks are too far apart"),
    "replayed": gettext_lazy("it had come before"),
    "forked": gettext_lazy("the partner's journal contradicts itself"),
}
ACTS = {
    "declaration.lodged": gettext_lazy("declarations lodged"),
    "declaration.accepted": gettext_lazy("declarations accepted"),
    "declaration.rejected": gettext_lazy("declarations rejected"),
    "declaration.assessed": gettext_lazy("duties assessed"),
    "declaration.invalidated": gettext_lazy("declarations invalidated"),
    "channel.assigned": gettext_lazy("channels assigned"),
    "control.recorded": gettext_lazy("results of controls"),
    "goods.arrived": gettext_lazy("goods that arrived"),
    "goods.released": gettext_lazy("goods released"),
    "goods.exited": gettext_lazy("goods that left"),
}
SERVICES = {
    "verify": gettext_lazy("Answers which declaration has a number"),
    "mirror": gettext_lazy("Answers what was declared at export under a consignment reference"),
    "status": gettext_lazy("Answers whether an operator is registered or suspended"),
    "assist": gettext_lazy("Answers requests for assistance, in words"),
    "distribute": gettext_lazy("Lets what was received be handed on"),
}


_OPERATORS = {
    "eq": "=",
    "neq": "≠",
    "lt": "<",
    "lteq": "≤",
    "gt": ">",
    "gteq": "≥",
    "isAnyOf": gettext_lazy("is one of"),
    "isNoneOf": gettext_lazy("is none of"),
    "startsWith": gettext_lazy("begins with"),
}


def reason_words(reason: str) -> str:
    """Return why something was refused, in words; a reason that has none stands as it is."""
    return str(REASONS.get(reason, reason.replace("_", " ")))


def clause_words(clause: Permission) -> str:
    """Return what a clause lets out, in a sentence without its end."""
    if clause.action != "disclose":
        return str(SERVICES[clause.action])
    acts = ACTS.get(clause.target, clause.target)
    if clause.aggregate is not None:
        return _("Tells totals of %(acts)s") % {"acts": acts}
    return _("Tells of %(acts)s") % {"acts": acts}


def field_words(name: str, how: Transform) -> str:
    """Return how a field leaves."""
    said: dict[str, Any] = {
        "field": name.replace("_", " "),
        "n": how.length,
        "step": how.step,
        "span": how.span,
    }
    if how.way == "pseudonym":
        return _("%(field)s under a pseudonym") % said
    if how.length is not None:
        return _("%(field)s, first %(n)s characters") % said
    if how.step is not None:
        return _("%(field)s, rounded to %(step)s") % said
    if how.span is not None:
        return _("%(field)s, the %(span)s alone") % said
    return str(said["field"])


def duty_words(duty: Duty) -> str:
    """Return what a clause obliges to."""
    said = {"within": span_words(duty.within)}
    if duty.action == "delete":
        return _("erased after %(within)s") % said
    return _("answered within %(within)s") % said


def span_words(within: str) -> str:
    """Return a duration of an agreement (whole days or hours) in words."""
    count = within.strip("PTDH")
    return _("%(n)s days") % {"n": count} if within.endswith("D") else _("%(n)s hours") % {"n": count}


def prohibition_words(one: Prohibition) -> str:
    """Return what is forbidden."""
    if one.action == "distribute":
        return _("What was received is not handed on")
    if one.fields:
        return _("Without %(fields)s") % {"fields": ", ".join(name.replace("_", " ") for name in one.fields)}
    return _("Whole rows are kept back")


def conditions(parts: Sequence[Constraint]) -> str:
    """Return constraints, all of which must hold, in a line."""
    return "; ".join(_condition(one) for one in parts)


def _condition(one: Constraint) -> str:
    for joined, inner in ((_("or"), one.any_of), (_("and"), one.all_of)):
        if inner:
            return f" {joined} ".join(_condition(part) for part in inner)
    right = one.right_operand
    words = right if isinstance(right, str) else ", ".join(right or ())
    return f"{one.left_operand.replace('_', ' ')} {_OPERATORS.get(one.operator or '', one.operator)} {words}"
