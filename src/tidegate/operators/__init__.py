"""Operators: who is registered here, which devices are theirs, and who may act for whom."""

from tidegate.operators.acting import (
    grant_authorisation,
    leaves_now,
    operator_key,
    operator_now,
    register_device,
    register_operator,
    registration_key,
    reinstate_operator,
    retire_device,
    suspend_operator,
    withdraw_authorisation,
)
from tidegate.operators.model import Authorisation, Device, Operator
from tidegate.operators.queries import (
    acts_for,
    authorisation,
    device,
    devices_of,
    granted_by,
    granted_to,
    in_force,
    operator,
    operators,
)
from tidegate.operators.reader import OperatorsReader
from tidegate.operators.refusals import (
    AlreadySoError,
    BadOperatorError,
    NotRepresentedError,
    OperatorOvertakenError,
    OperatorRefusedError,
    UnknownOperatorError,
)
from tidegate.operators.representing import Stated, check_representation, stated_in

__all__ = [
    "AlreadySoError",
    "Authorisation",
    "BadOperatorError",
    "Device",
    "NotRepresentedError",
    "Operator",
    "OperatorOvertakenError",
    "OperatorRefusedError",
    "OperatorsReader",
    "Stated",
    "UnknownOperatorError",
    "acts_for",
    "authorisation",
    "check_representation",
    "device",
    "devices_of",
    "grant_authorisation",
    "granted_by",
    "granted_to",
    "in_force",
    "leaves_now",
    "operator",
    "operator_key",
    "operator_now",
    "operators",
    "register_device",
    "register_operator",
    "registration_key",
    "reinstate_operator",
    "retire_device",
    "stated_in",
    "suspend_operator",
    "withdraw_authorisation",
]
