"""What is pushed: a notice as JSON or as WCO RES XML, under the name that it is also pulled by."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.notices import xml_of
from tidegate_web.api.answers import Told
from tidegate_web.api.notices import told
from tidegate_web.conversations import conversation_of, name_of
from tidegate_web.notifying import lines_of

if TYPE_CHECKING:
    from tidegate.node import Node
    from tidegate.notices import Notice

_ENCODER = msgspec.json.Encoder(decimal_format="string")


class Pushed(msgspec.Struct, frozen=True):
    """The body of a push in JSON; ``data`` is the notice as the API tells it."""

    id: str
    type: str
    timestamp: datetime
    data: Told


class Letter(msgspec.Struct, frozen=True):
    """A notice on its way: its position, its name, its body and what the body is."""

    position: int
    id: str
    body: bytes
    content_type: str
    conversation: str


def letter_of(node: Node, notice: Notice, form: str) -> Letter:
    """Return a notice as it is pushed; ``form`` is json or xml."""
    identity = str(name_of("notification", notice.position, node.key))
    conversation = str(name_of("conversation", conversation_of(node.journal, notice.act), node.key))
    if form == "xml":
        lines = lines_of(node, notice.act)
        body = xml_of(notice.act, notice.occurred, lines, country=node.administration.country)
        return Letter(notice.position, identity, body, "application/xml; charset=UTF-8", conversation)
    sent = Pushed(id=identity, type="notice", timestamp=notice.occurred, data=told(notice))
    return Letter(notice.position, identity, _ENCODER.encode(sent), "application/json", conversation)
