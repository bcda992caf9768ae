"""Clearance: what happens next to a consignment, decided, recorded and explained."""

from tidegate.clearance.acting import (
    acts_about,
    answer_inventory,
    arrive,
    consignment_now,
    record_control,
    record_payment,
)
from tidegate.clearance.clock import (
    due,
    strike,
)
from tidegate.clearance.correcting import (
    amend_cleared,
    invalidate_cleared,
)
from tidegate.clearance.decision import (
    Decision,
    Terms,
    decide,
)
from tidegate.clearance.desk import (
    DeskReader,
    Found,
    OperatorPast,
    Taking,
    announced_by,
    found_by,
    operator_past,
    taken_by,
    takings,
)
from tidegate.clearance.life import (
    TRANSITIONS,
    Consignment,
    advance,
    possible,
)
from tidegate.clearance.lodging import (
    Lodging,
    Receipt,
    lodge,
    receive,
    references_of,
    ucrs_of,
)
from tidegate.clearance.moving import (
    Moved,
    Told,
    arrive_as_told,
    consignments_of,
    depart,
    move,
)
from tidegate.clearance.officer import (
    allocate_quota,
    answer_query,
    order_control,
    record_documents,
    refer,
    request_documents,
)
from tidegate.clearance.overriding import override_assessment
from tidegate.clearance.practice import (
    Practice,
    TradeTest,
    direction_of,
    place_of,
)
from tidegate.clearance.queries import (
    Tally,
    consignment,
    tallies,
)
from tidegate.clearance.reader import (
    MRN_KEY,
    ClearanceReader,
)
from tidegate.clearance.refusals import (
    NotAllowedError,
    NotYoursError,
    OvertakenError,
    RefusedActError,
    TooLateError,
    UnknownConsignmentError,
    UnknownMovementError,
    WrongPlaceError,
)
from tidegate.clearance.requesting import (
    decide_review,
    deliver_documents,
    request_amendment,
    request_invalidation,
    request_review,
)
from tidegate.clearance.responder import (
    ClearanceResponder,
)
from tidegate.clearance.taking import (
    Standing,
    give_back,
    take_up,
    work_now,
)
from tidegate.clearance.taxes import (
    tax_lines,
    tax_lines_at,
)
from tidegate.clearance.work import (
    STANDARDS,
    Holding,
    Task,
    holder_of,
    holdings,
    queue,
    queue_counts,
    queue_offices,
    queue_overdue,
    task_of,
)

__all__ = [
    "MRN_KEY",
    "STANDARDS",
    "TRANSITIONS",
    "ClearanceReader",
    "ClearanceResponder",
    "Consignment",
    "Decision",
    "DeskReader",
    "Found",
    "Holding",
    "Lodging",
    "Moved",
    "NotAllowedError",
    "NotYoursError",
    "OperatorPast",
    "OvertakenError",
    "Practice",
    "Receipt",
    "RefusedActError",
    "Standing",
    "Taking",
    "Tally",
    "Task",
    "Terms",
    "Told",
    "TooLateError",
    "TradeTest",
    "UnknownConsignmentError",
    "UnknownMovementError",
    "WrongPlaceError",
    "acts_about",
    "advance",
    "allocate_quota",
    "amend_cleared",
    "announced_by",
    "answer_inventory",
    "answer_query",
    "arrive",
    "arrive_as_told",
    "consignment",
    "consignment_now",
    "consignments_of",
    "decide",
    "decide_review",
    "deliver_documents",
    "depart",
    "direction_of",
    "due",
    "found_by",
    "give_back",
    "holder_of",
    "holdings",
    "invalidate_cleared",
    "lodge",
    "move",
    "operator_past",
    "order_control",
    "override_assessment",
    "place_of",
    "possible",
    "queue",
    "queue_counts",
    "queue_offices",
    "queue_overdue",
    "receive",
    "record_control",
    "record_documents",
    "record_payment",
    "refer",
    "references_of",
    "request_amendment",
    "request_documents",
    "request_invalidation",
    "request_review",
    "strike",
    "take_up",
    "taken_by",
    "takings",
    "tallies",
    "task_of",
    "tax_lines",
    "tax_lines_at",
    "ucrs_of",
    "work_now",
]
