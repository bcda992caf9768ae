"""Notices: what people must hear about their declarations, issued as acts and kept for each operator."""

from tidegate.notices.codes import FUNCTIONS
from tidegate.notices.queries import (
    Notice,
    Page,
    all_notices,
    last_notices_of,
    notices_about_declaration,
    notices_of,
)
from tidegate.notices.reader import OPERATOR_KEY, NoticesReader
from tidegate.notices.rendering import response_of, xml_of
from tidegate.notices.responder import NoticesResponder

__all__ = [
    "FUNCTIONS",
    "OPERATOR_KEY",
    "Notice",
    "NoticesReader",
    "NoticesResponder",
    "Page",
    "all_notices",
    "last_notices_of",
    "notices_about_declaration",
    "notices_of",
    "response_of",
    "xml_of",
]
