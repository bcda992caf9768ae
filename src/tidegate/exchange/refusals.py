"""What the room refuses: errors with a code and fields."""

from __future__ import annotations

from typing import ClassVar


class ExchangeError(Exception):
    """Something between nodes that is not allowed or cannot be understood: a code, a text, and fields."""

    code: ClassVar[str] = "exchange_error"

    def __init__(self, text: str, **fields: object) -> None:
        super().__init__(text)
        self.fields = fields


class BadAgreementError(ExchangeError):
    """A document that is no agreement of the profile, or contradicts itself."""

    code = "bad_agreement"


class BadIdentityError(ExchangeError):
    """A document by which a node introduces itself that cannot be read or that its key has not signed."""

    code = "bad_identity"


class UnknownPartnerError(ExchangeError):
    """A partner that was never introduced, is not trusted, or is trusted no longer; fields: partner."""

    code = "unknown_partner"


class FingerprintDiffersError(ExchangeError):
    """The fingerprint given is not that of the key; fields: partner, fingerprint."""

    code = "fingerprint_differs"


class UnknownAgreementError(ExchangeError):
    """There is no agreement of this name; fields: agreement."""

    code = "unknown_agreement"


class NotInThatStateError(ExchangeError):
    """What was asked cannot be done to the agreement as it stands; fields: agreement, state."""

    code = "not_in_that_state"


class OvertakenError(ExchangeError):
    """Somebody else acted first; fields: position."""

    code = "overtaken"


class MessageRefusedError(ExchangeError):
    """A message from a partner that is not taken; ``reason`` is a word of the profile.

    ``clause`` is the clause that would have to allow it, where one is named. ``again`` says that the same
    message may be taken later.
    """

    code = "message_refused"

    def __init__(self, reason: str, text: str, *, clause: str = "", again: bool = False) -> None:
        super().__init__(text, reason=reason, clause=clause)
        self.reason = reason
        self.text = text
        self.clause = clause
        self.again = again
