"""Who asks: what the guard puts on a request."""

from __future__ import annotations

import msgspec

from tidegate_web.access import who


class Client(msgspec.Struct, frozen=True):
    """The credential's name (its prefix), the operator's number, what it may do, and for which device."""

    id: str
    operator: str
    scopes: frozenset[str]
    device: str = ""

    @property
    def numbers(self) -> frozenset[str]:
        """The operator's own number, and those of all whom it may act for now."""
        return who.principals(self.operator) | {self.operator}
