"""Acts about the tariff: which schedules a node works by."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from tidegate.acts.act import Act


class RateColumn(msgspec.Struct, frozen=True):
    """How the texts of a rate column were read: strings = read + reference + unread."""

    column: str
    strings: int
    read: int
    reference: int
    unread: int


class TariffLoaded(Act, frozen=True, kw_only=True):
    """An edition of a schedule of codes and rates was loaded, and is what the node works by from then on."""

    KIND: ClassVar[str] = "tariff.loaded"

    schedule: str
    edition: str = ""
    currency: str = ""
    start: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    rows: int
    codes: int
    columns: tuple[RateColumn, ...] = ()
    source: str
    codes_table: str
    rates_table: str
