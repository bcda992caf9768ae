"""Findings: what a declarant got wrong, as data with its place; never raised."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "information"]


class Finding(msgspec.Struct, frozen=True):
    """One thing wrong with what was stated.

    ``code`` is a published one only where a source shows it, else ours, prefixed ``TG``. ``location`` is the
    path of names from the declaration (``GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode``),
    or ``line L, column C`` where the message could not be read. ``text`` says what is wrong and what would be
    right. ``values`` holds what was compared. An ``error`` stops acceptance; the others do not.
    """

    code: str
    location: str
    text: str
    severity: Severity = "error"
    values: dict[str, str] = {}

    @property
    def stops(self) -> bool:
        """Whether the declaration cannot be accepted while this stands."""
        return self.severity == "error"
