"""Acts towards the public: what customs makes known, and what people ask and complain about."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from tidegate.acts.act import Act

Matter = Literal["question", "complaint"]


class BulletinPublished(Act, frozen=True, kw_only=True):
    """Customs made something known to everybody: a change, a closure, a reminder.

    ``bulletin`` is its name in addresses; published again under it, the words take the place of the earlier.
    """

    KIND: ClassVar[str] = "bulletin.published"

    bulletin: str
    title: str
    words: str
    until: date | None = None


class BulletinWithdrawn(Act, frozen=True, kw_only=True):
    """Customs withdrew something that it had made known, and says why."""

    KIND: ClassVar[str] = "bulletin.withdrawn"

    bulletin: str
    reason: str


class QuestionReceived(Act, frozen=True, kw_only=True):
    """Somebody asked customs something, or complained, and was given a reference.

    What they wrote, and how they may be reached, stand in this body alone, which can be erased.
    """

    KIND: ClassVar[str] = "question.received"

    reference: str
    matter: Matter
    words: str
    about: str = ""
    contact: str = ""


class QuestionAnswered(Act, frozen=True, kw_only=True):
    """Customs answered a question or a complaint; who has the reference can read it."""

    KIND: ClassVar[str] = "question.answered"

    reference: str
    words: str
