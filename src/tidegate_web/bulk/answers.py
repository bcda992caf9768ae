"""What the API takes and answers about uploads. Money is a string of digits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from tidegate.declarations.reduced_reading import Format


class UploadWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An upload to begin: its format, and by code how what it owes is paid (E defers it)."""

    format: Format
    payment_method: str = ""


class UploadComplete(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That all octets were sent, and how many they are."""

    octets: int


class TaxSum(msgspec.Struct, frozen=True):
    """What one tax comes to over all rows: assessed, and payable."""

    type: str
    amount: Decimal
    payable: Decimal


class UploadShown(msgspec.Struct, frozen=True, kw_only=True):
    """How far an upload is. `state` is receiving, waiting, lodged, decided or failed (`text` says why).

    `offset` is how many octets came in. `rows` are lodged so far, `decided` of them decided on; `findings`
    counts them by code. `due_now` is to be paid before rows are released that wait for it.
    """

    upload: str
    state: str
    offset: int
    text: str = ""
    begun: datetime | None = None
    rows: int = 0
    decided: int = 0
    accepted: int = 0
    rejected: int = 0
    released: int = 0
    paid: bool = False
    findings: dict[str, int] = msgspec.field(default_factory=dict)
    taxes: tuple[TaxSum, ...] = ()
    due: Decimal = Decimal(0)
    due_now: Decimal = Decimal(0)
    currency: str = ""


class Uploads(msgspec.Struct, frozen=True):
    """An operator's uploads: those coming in, then the others, the newest first."""

    uploads: tuple[UploadShown, ...]


class RowFinding(msgspec.Struct, frozen=True):
    """One thing wrong with a row: its code, at which column, how severe, and what would be right."""

    code: str
    column: str
    severity: str
    text: str


class RowFindings(msgspec.Struct, frozen=True):
    """A row with findings, by its number and reference."""

    row: int
    lrn: str | None
    accepted: bool
    findings: tuple[RowFinding, ...]


class FindingsPage(msgspec.Struct, frozen=True):
    """Rows with findings; `after` is what to ask with for the next page, null on the last."""

    rows: tuple[RowFindings, ...]
    after: int | None
