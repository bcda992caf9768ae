"""Clearance: what happens next to a consignment, decided, recorded and explained."""

from tidegate.clearance.acting import acts_about, arrive, consignment_now, record_control, record_payment
from tidegate.clearance.decision import Decision, Terms, decide
from tidegate.clearance.life import TRANSITIONS, Consignment, advance
from tidegate.clearance.lodging import Lodging, Receipt, lodge, receive, references_of
from tidegate.clearance.queries import Tally, consignment, tallies
from tidegate.clearance.reader import MRN_KEY, ClearanceReader
from tidegate.clearance.refusals import (
    NotAllowedError,
    OvertakenError,
    RefusedActError,
    UnknownConsignmentError,
)
from tidegate.clearance.responder import ClearanceResponder
from tidegate.clearance.taxes import tax_lines

__all__ = [
    "MRN_KEY",
    "TRANSITIONS",
    "ClearanceReader",
    "ClearanceResponder",
    "Consignment",
    "Decision",
    "Lodging",
    "NotAllowedError",
    "OvertakenError",
    "Receipt",
    "RefusedActError",
    "Tally",
    "Terms",
    "UnknownConsignmentError",
    "acts_about",
    "advance",
    "arrive",
    "consignment",
    "consignment_now",
    "decide",
    "lodge",
    "receive",
    "record_control",
    "record_payment",
    "references_of",
    "tallies",
    "tax_lines",
]
