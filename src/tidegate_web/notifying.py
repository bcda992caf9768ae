"""What a notice says beside its own act: lines of tax that are too many for it lie with the assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import DeclarationAssessed, decode
from tidegate.clearance import tax_lines

if TYPE_CHECKING:
    from tidegate.acts import NoticeIssued, TaxLine
    from tidegate.node import Node


def lines_of(node: Node, notice: NoticeIssued) -> tuple[TaxLine, ...] | None:
    """Return the lines of tax of a notice where they lie elsewhere; None where they are its own."""
    if not notice.taxes_elsewhere:
        return None
    entry = node.journal.read(notice.assessed, 1)[0]
    if entry.body is None:
        return ()
    act = decode(entry.kind, entry.version, entry.body)
    assert isinstance(act, DeclarationAssessed)
    return tax_lines(node.journal, entry, act)
