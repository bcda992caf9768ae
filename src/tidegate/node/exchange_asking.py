"""How a node asks a partner for an audit, over HTTP."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from tidegate.exchange.auditing import AUDIT, AuditAnswer, AuditRequest
from tidegate.exchange.delivering import UnreachableError
from tidegate.node.exchange_running import Post, Runner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from tidegate.exchange.standing import Partner
    from tidegate.node.installation import Node

_ANSWER_SECONDS = 120.0  # the partner verifies its whole journal first


@contextmanager
def asking(
    node: Node, partner: Partner, clock: Callable[[], datetime]
) -> Iterator[Callable[[AuditRequest], AuditAnswer]]:
    """Yield what puts an audit's questions to a partner."""
    post = Post(answer_seconds=_ANSWER_SECONDS)
    delivery = Runner(node, clock).delivery(post)

    def ask(asked: AuditRequest) -> AuditAnswer:
        response = delivery.post(partner, AUDIT, msgspec.json.encode(asked))
        try:
            return msgspec.json.decode(response.body, type=AuditAnswer)
        except msgspec.DecodeError as error:
            raise UnreachableError(f"{partner.name} answers what is no audit: {error}.") from None

    try:
        yield ask
    finally:
        post.close()
