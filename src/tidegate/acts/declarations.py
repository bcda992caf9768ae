"""Acts about declarations: what was stated, whether it was accepted, what it came to."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

import msgspec

from tidegate.acts.act import Act
from tidegate.declarations.findings import Finding

Direction = Literal["import", "export"]
KnownKind = Literal["operator", "entry", "document", "ucr", "container"]


class KnownBy(msgspec.Struct, frozen=True, array_like=True):
    """What a consignment is known by beside its own numbers: whom it names, and what its goods are under."""

    kind: KnownKind
    id: str


class DeclarationLodged(Act, frozen=True, kw_only=True):
    """A declarant stated something about goods, and customs gave it a movement reference number.

    ``place`` is where it says that the goods can be examined. ``known_by`` are the operators it names and the
    references of its goods, as many as fit.
    """

    KIND: ClassVar[str] = "declaration.lodged"

    mrn: str
    lrn: str
    declarant: str
    type: str
    items: int
    office: str = ""
    direction: Direction = "import"
    place: str = ""
    known_by: tuple[KnownBy, ...] = ()


class DeclarationRegistered(Act, frozen=True, kw_only=True):
    """Customs took a declaration of goods that have yet to arrive; it binds once they do."""

    KIND: ClassVar[str] = "declaration.registered"

    mrn: str


class DeclarationAccepted(Act, frozen=True, kw_only=True):
    """Customs accepted a declaration: from this moment it binds, and its rates are fixed.

    ``until`` is the end of the dwell time, where there is one: till then nothing is released, and the
    declarant may still put right what was stated.
    """

    KIND: ClassVar[str] = "declaration.accepted"

    mrn: str
    until: datetime | None = None


class DeclarationRejected(Act, frozen=True, kw_only=True):
    """Customs rejected a declaration, and said what was wrong with it."""

    KIND: ClassVar[str] = "declaration.rejected"

    mrn: str
    findings: tuple[Finding, ...]
    further: int = 0


class TaxLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One duty, tax or fee on one goods item: rate in per cent, money in the unit of the currency.

    ``rate`` is null where it is no single share of the base: ``rate_text`` has it as published. ``amount`` is
    what was assessed, after what a relief ``deducted``; of it ``payable`` is to be paid (null: all of it) and
    ``secured`` is held as security. ``regime`` is the duty regime it was charged under, ``chapter`` that of
    the Harmonized System which the goods were declared under.
    """

    item: int
    type: str
    base: Decimal
    rate: Decimal | None
    amount: Decimal
    currency: str
    derivation: str = ""
    regime: str = ""
    rate_text: str = ""
    deducted: Decimal = Decimal(0)
    payable: Decimal | None = None
    secured: Decimal = Decimal(0)
    chapter: str = ""


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why the risk of an item is thought to be what it is, in words with the values compared."""

    text: str
    weight: float
    item: int = 0
    profile: str = ""


class QuotaDraw(msgspec.Struct, frozen=True):
    """What an item, or a declaration, drew: ``quota`` is the order number and the first day it is open."""

    quota: str
    quantity: Decimal


class DeclarationAssessed(Act, frozen=True, kw_only=True):
    """Customs worked out what is owed and what may be wrong, and why it thinks so.

    Where the lines of tax are too many for a body, ``taxes`` is empty and all of them, ``taxes_attached`` in
    number, lie in the first attachment as a JSON array. ``further`` counts the findings left out and
    ``further_reasons`` the reasons. ``calculated`` is false where this kind of declaration leaves the debt to
    another one. ``quota`` says that a quota served in order is claimed, so that the debt stays provisional.
    ``account`` is the account that is to bear the debt, as the declarant names it; it bears what is due
    and what is ``secured``, held instead of payment. ``likelihood`` is what the ``model`` (the beginning of
    its digest) makes of the chance of an irregularity, ``strangeness`` how new what was declared is.
    """

    KIND: ClassVar[str] = "declaration.assessed"

    mrn: str
    due: Decimal
    currency: str
    deferred: bool = False
    taxes: tuple[TaxLine, ...] = ()
    taxes_attached: int = 0
    findings: tuple[Finding, ...] = ()
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()
    further: int = 0
    further_reasons: int = 0
    draws: tuple[QuotaDraw, ...] = ()
    calculated: bool = True
    quota: bool = False
    account: str = ""
    secured: Decimal = Decimal(0)
    likelihood: float | None = None
    strangeness: float | None = None
    model: str = ""


class AssessmentOverridden(Act, frozen=True, kw_only=True):
    """An officer put other lines of tax in the place of those that were worked out, and said why.

    ``review`` is the position of the review that came to it; only then it may follow release.
    """

    KIND: ClassVar[str] = "assessment.overridden"

    mrn: str
    taxes: tuple[TaxLine, ...]
    due: Decimal
    currency: str
    reason: str
    review: int = -1


class MessageReceived(Act, frozen=True, kw_only=True):
    """A message that lodges nothing new was received and kept, with what reading it showed."""

    KIND: ClassVar[str] = "message.received"

    message: str
    references: dict[str, str] = msgspec.field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    further: int = 0
