"""Clearance: what happens next to a consignment, decided, recorded and explained."""

from tidegate.clearance.acting import (
    Lodging,
    NotAllowedError,
    OvertakenError,
    Receipt,
    RefusedActError,
    UnknownConsignmentError,
    arrive,
    consignment_now,
    lodge,
    receive,
    record_control,
    record_payment,
    references_of,
)
from tidegate.clearance.decision import Decision, Terms, decide
from tidegate.clearance.life import TRANSITIONS, Consignment, advance
from tidegate.clearance.queries import Tally, consignment, tallies
from tidegate.clearance.reader import MRN_KEY, ClearanceReader
from tidegate.clearance.responder import ClearanceResponder

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
]
