"""Taking a message in for a client, whichever endpoint it came to: read, allowed, done; or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.clearance import (
    NotAllowedError,
    NotYoursError,
    OvertakenError,
    RefusedActError,
    UnknownConsignmentError,
    UnknownMovementError,
    references_of,
)
from tidegate.declarations.messages import Message, read_message
from tidegate.journal import JournalBusyError, JournalError, JournalFullError
from tidegate.node import BusyError, Received
from tidegate.operators import NotRepresentedError
from tidegate_web.access.guard import check_lodging, may_change
from tidegate_web.metrics import LODGED
from tidegate_web.node import intake, node, now

if TYPE_CHECKING:
    from tidegate.declarations.findings import Finding
    from tidegate_web.access.guard import Client

STATUSES: dict[type[RefusedActError], int] = {
    UnknownConsignmentError: 404,
    UnknownMovementError: 404,
    NotYoursError: 403,
    NotAllowedError: 409,
    OvertakenError: 409,
}
_FINDINGS_TOLD = 50


class Refused(Exception):  # noqa: N818 - an answer that says no; each endpoint tells it in its own form
    """A message that was not taken in: the status of the answer, a code, a text and the findings."""

    def __init__(
        self,
        status: int,
        code: str,
        text: str,
        findings: tuple[Finding, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.findings = findings[:_FINDINGS_TOLD]
        self.retry_after = retry_after


class Taken(msgspec.Struct, frozen=True):
    """A message that was taken in: what it was, and what became of it."""

    message: Message
    received: Received


def read(body: bytes, kinds: tuple[str, ...]) -> Message:
    """Return a body as a message of one of these kinds.

    Raises:
        Refused: it is empty, cannot be read, or is another kind of message.
    """
    if not body:
        raise Refused(400, "empty", "The body is empty: send a message in it.")
    message = read_message(body, node().limits)
    if message.kind == "unreadable":
        raise Refused(400, "unreadable", "The message cannot be read.", message.findings)
    if message.kind not in kinds:
        text = f"This is {_article(message.kind)}; what is taken in here is {_article(kinds[0])}."
        raise Refused(400, "other_kind", text, message.findings)
    return message


def take(message: Message, body: bytes, client: Client, *, once: str = "") -> Taken:
    """Do what a message asks for a client; it is durable when this returns.

    Raises:
        Refused: it may not be done, or not now; nothing was.
    """
    check_allowed(message, client)
    try:
        received = intake().take(message, body, now(), sender=client.operator, once=once)
    except BusyError as error:
        raise Refused(503, error.code, str(error), retry_after=error.retry_after) from None
    except RefusedActError as error:
        status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 422)
        raise Refused(status, error.code, str(error)) from None
    except (JournalBusyError, JournalFullError) as error:
        raise Refused(503, error.code, "The journal cannot take it in now.", retry_after=10) from None
    except JournalError as error:
        raise Refused(500, error.code, "The journal could not take it in; repeat it.") from None
    if received.findings:
        raise Refused(409, "lodged_before", received.findings[0].text, received.findings)
    if message.kind == "declaration" and not received.repeated:
        LODGED.inc()
    return Taken(message, received)


def check_allowed(message: Message, client: Client) -> None:
    """See that a message is its sender's to send.

    Raises:
        Refused: it is for an operator for whom the client may not act, or about another's declaration.
    """
    if message.kind == "declaration":
        if message.declaration is not None:
            try:
                check_lodging(client, message.declaration, now())
            except NotRepresentedError as error:
                raise Refused(403, error.code, str(error)) from None
        return
    mrn = references_of(message).get("mrn")
    if mrn and not may_change(client, mrn):
        text = "No declaration of yours, or of those you act for, has this MRN."
        raise Refused(404, "unknown_consignment", text)


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind if kind != 'other' else 'unknown message'}"
