"""Acts about changing, ending and reviewing what was declared."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from tidegate.acts.act import Act
from tidegate.acts.declarations import KnownBy
from tidegate.declarations.findings import Finding

Request = Literal["amendment", "invalidation"]
ReviewOutcome = Literal["upheld", "changed"]


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of a WCO pointer: the section, its place in a row, and the tag of the element at the end."""

    section: str
    sequence: int | None = None
    tag: str = ""


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change that was made, where, and the code of its reason."""

    pointer: tuple[Step, ...]
    reason: str = ""


class AmendmentRequested(Act, frozen=True, kw_only=True):
    """A declarant asked to have a declaration changed; the request as it came is attached.

    ``late`` is a request after clearance, which an officer looked at and put forward.
    """

    KIND: ClassVar[str] = "amendment.requested"

    mrn: str
    lrn: str
    sender: str
    changes: int
    late: bool = False


class DeclarationAmended(Act, frozen=True, kw_only=True):
    """Customs granted an amendment: the declaration has a new version, which is attached.

    ``original`` is the digest of that attachment; ``further`` counts the changes beyond those listed.
    """

    KIND: ClassVar[str] = "declaration.amended"

    mrn: str
    version: int
    original: str
    items: int
    changes: tuple[Change, ...] = ()
    further: int = 0
    place: str = ""
    known_by: tuple[KnownBy, ...] = ()


class InvalidationRequested(Act, frozen=True, kw_only=True):
    """A declarant asked to have a declaration ended; ``late`` as of an amendment."""

    KIND: ClassVar[str] = "invalidation.requested"

    mrn: str
    lrn: str
    sender: str
    reason: str = ""
    words: str = ""
    late: bool = False


class DeclarationInvalidated(Act, frozen=True, kw_only=True):
    """Customs ended a declaration at its declarant's request: it has no effect any more."""

    KIND: ClassVar[str] = "declaration.invalidated"

    mrn: str


class RequestRefused(Act, frozen=True, kw_only=True):
    """Customs refused to change or end a declaration, and said why; it stands as it stood."""

    KIND: ClassVar[str] = "request.refused"

    mrn: str
    request: Request
    findings: tuple[Finding, ...]
    further: int = 0


class DeclarationExpired(Act, frozen=True, kw_only=True):
    """The goods of a declaration never arrived in the time given, and it lapsed."""

    KIND: ClassVar[str] = "declaration.expired"

    mrn: str


class DwellEnded(Act, frozen=True, kw_only=True):
    """The time passed in which a declarant may still put right what was stated before release."""

    KIND: ClassVar[str] = "dwell.ended"

    mrn: str


class DocumentsRequested(Act, frozen=True, kw_only=True):
    """Customs asked for the documents of a declaration; release waits for them where that is said."""

    KIND: ClassVar[str] = "documents.requested"

    mrn: str
    blocking: bool = True
    grounds: str = ""


class DeliveredFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that was handed in: its name, what its content is, and what it is said to be."""

    name: str
    media: str
    octets: int
    type: str = ""


class DocumentsDelivered(Act, frozen=True, kw_only=True):
    """The trader handed in documents that customs asked for; they are attached, and wait to be examined."""

    KIND: ClassVar[str] = "documents.delivered"

    mrn: str
    words: str = ""
    files: tuple[DeliveredFile, ...] = ()  # where they are described: one for each attachment, in order


class DocumentsSupplied(Act, frozen=True, kw_only=True):
    """The documents that customs asked for were supplied and examined."""

    KIND: ClassVar[str] = "documents.supplied"

    mrn: str
    words: str = ""


class QueryRaised(Act, frozen=True, kw_only=True):
    """Another authority has a question, or holds the goods, and release waits for its answer."""

    KIND: ClassVar[str] = "query.raised"

    mrn: str
    authority: str
    text: str = ""


class QueryAnswered(Act, frozen=True, kw_only=True):
    """The question of another authority was answered, and release waits for it no longer."""

    KIND: ClassVar[str] = "query.answered"

    mrn: str
    text: str = ""


class ReviewRequested(Act, frozen=True, kw_only=True):
    """An operator asked customs to review a decision, with the grounds."""

    KIND: ClassVar[str] = "review.requested"

    mrn: str
    position: int
    grounds: str


class ReviewDecided(Act, frozen=True, kw_only=True):
    """Customs reviewed a decision of its own and said what came of it."""

    KIND: ClassVar[str] = "review.decided"

    mrn: str
    position: int
    outcome: ReviewOutcome
    text: str
