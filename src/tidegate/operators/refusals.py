"""Refused acts: errors with a code and fields for programs, and a text for people."""

from __future__ import annotations


class OperatorRefusedError(Exception):
    """Something about an operator that may not be done; ``fields`` for programs, the text for people."""

    code = "operator_refused"

    def __init__(self, text: str, **fields: str | int) -> None:
        super().__init__(text)
        self.fields = fields


class BadOperatorError(OperatorRefusedError):
    """A number, role, name or date that has not the form it needs."""

    code = "bad_operator"


class UnknownOperatorError(OperatorRefusedError):
    """No operator, device or authorisation has this number here."""

    code = "unknown_operator"


class AlreadySoError(OperatorRefusedError):
    """What is asked for is so already: registered, suspended, granted, withdrawn."""

    code = "already_so"


class OperatorOvertakenError(OperatorRefusedError):
    """Somebody else acted on the same operator in the meantime."""

    code = "conflict"


class NotRepresentedError(OperatorRefusedError):
    """Who lodges, or who is stated as the representative, may not act for whom the declaration is."""

    code = "not_represented"
