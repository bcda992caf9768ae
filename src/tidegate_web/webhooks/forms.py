"""What the API of webhooks is told and answers: its objects, for its OpenAPI document."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from tidegate_web.webhooks.subscriptions import Dead, Form, Webhook

Position = Annotated[int, Meta(ge=0, le=2**53)]


class Webhooks(msgspec.Struct, frozen=True):
    """The webhooks of an operator, and how they fare."""

    webhooks: tuple[Webhook, ...]


class WebhookWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where notices are to be pushed to; `cursor` is the position to begin at, without one the present."""

    url: Annotated[str, Meta(min_length=1, max_length=2000)]
    form: Form = "json"
    cursor: Position | None = None


class WebhookMade(msgspec.Struct, frozen=True):
    """A webhook that was made, and the secret that its pushes are signed with, told this once."""

    webhook: Webhook
    secret: str


class Secret(msgspec.Struct, frozen=True):
    """A new secret, told this once."""

    secret: str


class DeadLetters(msgspec.Struct, frozen=True):
    """Notices that the receiver would not take, in their order; ask on after the last position."""

    letters: tuple[Dead, ...]


class Again(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which dead letters are to be sent again; all of them where none is named."""

    positions: Annotated[tuple[Position, ...], Meta(max_length=1000)] = ()


class AgainSaid(msgspec.Struct, frozen=True):
    """How many dead letters are on their way again."""

    letters: int
