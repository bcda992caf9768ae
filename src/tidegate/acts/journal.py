"""Acts of the journal about itself: how the memory was tended."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from tidegate.acts.act import Act


class ResponderStarted(Act, frozen=True, kw_only=True):
    """A new version of a responder took over from this position on."""

    KIND: ClassVar[str] = "responder.started"

    name: str
    version: int
    start: int = msgspec.field(name="from")
