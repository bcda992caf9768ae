"""Acts about payments: what was received towards a debt."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from tidegate.acts.act import Act


class PaymentRecorded(Act, frozen=True, kw_only=True):
    """Money was received towards what a declaration owes."""

    KIND: ClassVar[str] = "payment.recorded"

    mrn: str
    reference: str
    amount: Decimal
    currency: str
    method: str = ""
