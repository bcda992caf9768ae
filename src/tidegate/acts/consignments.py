"""Acts about low-value consignments in batches: many rows of the reduced data set under one act.

A row of a batch is named POSITION#ROW, by the position of the act that lodged it and its place in the batch,
counted from 0. Its number in the upload, counted from 1, is in the row itself.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

import msgspec

from tidegate.acts.act import Act
from tidegate.acts.goods import Outcome

Waiting = Literal["", "payment", "control"]


class ConsignmentsLodged(Act, frozen=True, kw_only=True):
    """A declarant stated rows of the reduced data set: one part of an upload, its rows in the batch.

    ``first`` is the number of the first row in the upload; ``digest`` the SHA-256 of the rows as they were
    read, by which the same part is known again; ``last`` says that the upload ends with this part.
    """

    KIND: ClassVar[str] = "consignments.lodged"

    upload: str
    declarant: str
    first: int
    rows: int
    digest: str
    office: str
    payment_method: str = ""
    last: bool = False


class TaxTotal(msgspec.Struct, frozen=True):
    """What one tax comes to over the rows of a batch: assessed, and payable."""

    type: str
    amount: Decimal
    payable: Decimal


class ConsignmentsDecided(Act, frozen=True, kw_only=True):
    """Customs decided on each row of a batch: whether it is accepted, what it owes, which channel it takes.

    ``lodged`` is the position of the act that lodged the rows. The decisions are the rows of the batch, in
    the same order: findings, value, taxes, score, reasons, channel, and what release waits for. ``due`` is
    what is payable in all; ``due_now`` what has to be paid before release.
    """

    KIND: ClassVar[str] = "consignments.decided"

    upload: str
    lodged: int
    rows: int
    accepted: int
    rejected: int
    channels: dict[str, int]
    taxes: tuple[TaxTotal, ...]
    due: Decimal
    due_now: Decimal
    currency: str
    findings: dict[str, int] = msgspec.field(default_factory=dict)


class ConsignmentsReleased(Act, frozen=True, kw_only=True):
    """Customs released rows of a batch: all that waited for the same thing, or those named by their place.

    ``waited_for`` is empty where the rows waited for nothing, and were released as they were decided on.
    """

    KIND: ClassVar[str] = "consignments.released"

    upload: str
    lodged: int
    waited_for: Waiting
    rows: int
    places: tuple[int, ...] = ()


class ConsignmentsPaid(Act, frozen=True, kw_only=True):
    """What an upload owes before release was paid, in one sum."""

    KIND: ClassVar[str] = "consignments.paid"

    upload: str
    reference: str
    amount: Decimal
    currency: str


class ConsignmentControlled(Act, frozen=True, kw_only=True):
    """An officer examined the goods of one row of a batch, or its documents, and recorded what was found."""

    KIND: ClassVar[str] = "consignment.controlled"

    upload: str
    lodged: int
    place: int
    outcome: Outcome
    found: str
