"""Where the lines of tax of an assessment lie: in the act's body, or attached where they are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import DeclarationAssessed, TaxLine, decode

if TYPE_CHECKING:
    from tidegate.journal import Entry, Journal

TAX_OCTETS = 24 * 1024  # of JSON in a body; some hundred lines

_ENCODER = msgspec.json.Encoder(decimal_format="string")
_DECODER = msgspec.json.Decoder(tuple[TaxLine, ...])


def in_body(lines: tuple[TaxLine, ...]) -> bool:
    """Tell whether the lines go into the body; all of them do, or none."""
    return len(encoded(lines)) <= TAX_OCTETS


def encoded(lines: tuple[TaxLine, ...]) -> bytes:
    """Return the lines as they are attached."""
    return _ENCODER.encode(lines)


def tax_lines(journal: Journal, entry: Entry, act: DeclarationAssessed) -> tuple[TaxLine, ...]:
    """Return all lines of tax of an assessment, wherever they lie."""
    return _DECODER.decode(journal.attachment(entry.attachments[0])) if act.taxes_attached else act.taxes


def tax_lines_at(journal: Journal, position: int) -> tuple[TaxLine, ...]:
    """Return all lines of tax of the assessment at a position; none where it was erased."""
    entry = journal.read(position, 1)[0]
    act = None if entry.body is None else decode(entry.kind, entry.version, entry.body)
    return tax_lines(journal, entry, act) if isinstance(act, DeclarationAssessed) else ()
