"""Notices: what people must hear about their declarations, issued as acts and kept for each operator."""

from tidegate.notices.bulletins import (
    Bulletin,
    bulletin_named,
    bulletins,
    publish_bulletin,
    withdraw_bulletin,
)
from tidegate.notices.codes import FUNCTIONS
from tidegate.notices.queries import (
    Notice,
    Page,
    all_notices,
    last_notices_of,
    notices_about_declaration,
    notices_of,
)
from tidegate.notices.questions import (
    Question,
    QuestionsReader,
    Waiting,
    answer_question,
    question,
    receive_question,
    waiting_questions,
)
from tidegate.notices.reader import OPERATOR_KEY, NoticesReader
from tidegate.notices.refusals import (
    BadWordsError,
    NoticeRefusedError,
    OvertakenNoticeError,
    UnknownBulletinError,
    UnknownQuestionError,
)
from tidegate.notices.rendering import response_of, xml_of
from tidegate.notices.responder import NoticesResponder

__all__ = [
    "FUNCTIONS",
    "OPERATOR_KEY",
    "BadWordsError",
    "Bulletin",
    "Notice",
    "NoticeRefusedError",
    "NoticesReader",
    "NoticesResponder",
    "OvertakenNoticeError",
    "Page",
    "Question",
    "QuestionsReader",
    "UnknownBulletinError",
    "UnknownQuestionError",
    "Waiting",
    "all_notices",
    "answer_question",
    "bulletin_named",
    "bulletins",
    "last_notices_of",
    "notices_about_declaration",
    "notices_of",
    "publish_bulletin",
    "question",
    "receive_question",
    "response_of",
    "waiting_questions",
    "withdraw_bulletin",
    "xml_of",
]
