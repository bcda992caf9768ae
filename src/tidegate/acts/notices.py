"""Acts about notifications: what an operator was told."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

import msgspec

from tidegate.acts.act import Act
from tidegate.acts.amendments import Change
from tidegate.acts.declarations import TaxLine
from tidegate.declarations.findings import Finding


class Payable(msgspec.Struct, frozen=True, omit_defaults=True):
    """An amount that is called for, and the account that could not bear it."""

    amount: Decimal
    currency: str
    account: str = ""


class NoticeIssued(Act, frozen=True, kw_only=True):
    """Customs told an operator what became of a declaration.

    ``type`` is the three letters of the kind (ACC, TAX, CLE, ...) and ``function`` its WCO function code.
    ``about`` is the position of the act that it tells of. Lines of tax too many for a body are told by
    their number, ``taxes_elsewhere``, and lie with the assessment at the position ``assessed``.
    """

    KIND: ClassVar[str] = "notice.issued"

    type: str
    function: str
    operator: str
    mrn: str
    lrn: str
    version: int
    reference: str
    about: int
    status: str = ""
    statement: str = ""
    statement_type: str = ""
    words: str = ""
    limit: datetime | None = None
    effective: datetime | None = None
    taxes: tuple[TaxLine, ...] = ()
    taxes_elsewhere: int = 0
    assessed: int = -1
    payable: Payable | None = None
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    further: int = 0
