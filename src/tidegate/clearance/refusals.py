"""Refused acts: errors with a code and fields for programs, and a text for people."""

from __future__ import annotations


class RefusedActError(Exception):
    """An act that may not be done; ``code`` and ``fields`` for programs, the text for people."""

    code = "refused"

    def __init__(self, text: str, **fields: str | int) -> None:
        super().__init__(text)
        self.fields = fields


class UnknownConsignmentError(RefusedActError):
    """Nothing was lodged under this movement reference number."""

    code = "unknown_consignment"


class NotAllowedError(RefusedActError):
    """The state of the consignment does not allow this act."""

    code = "not_allowed"


class OvertakenError(RefusedActError):
    """Somebody else acted on the consignment in the meantime."""

    code = "conflict"


class NotYoursError(RefusedActError):
    """Who asks is not who declared."""

    code = "not_yours"


class WrongPlaceError(RefusedActError):
    """Goods were told to be at another place than their declaration states."""

    code = "wrong_place"


class TooLateError(RefusedActError):
    """The time in which a cleared declaration may be changed or ended has passed."""

    code = "too_late"


class UnknownMovementError(RefusedActError):
    """A movement tells of a consignment that no declaration names."""

    code = "unknown_movement"
