"""What is refused of bulletins and questions: a code and the field for programs, a text for people."""

from __future__ import annotations


class NoticeRefusedError(Exception):
    """Something that cannot be made known, asked or answered; ``field`` is what needs mending."""

    code = "notice_refused"

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class BadWordsError(NoticeRefusedError):
    """A name or words that have not the form they need."""

    code = "bad_words"


class UnknownBulletinError(NoticeRefusedError):
    """There is no bulletin of this name."""

    code = "unknown_bulletin"


class UnknownQuestionError(NoticeRefusedError):
    """No question has this reference."""

    code = "unknown_question"


class OvertakenNoticeError(NoticeRefusedError):
    """Somebody else acted first."""

    code = "conflict"
