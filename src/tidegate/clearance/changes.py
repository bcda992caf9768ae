"""The changes that a request for amendment names, as acts tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import Change, Step

if TYPE_CHECKING:
    from tidegate.declarations.declaration import Declaration
    from tidegate.declarations.goods import Pointer

_LONGEST_ROW = 99_999  # n..5, the format of a sequence number


def changes_of(request: Declaration) -> tuple[Change, ...]:
    """Return where a request changes a declaration, and why."""
    return tuple(
        Change(tuple(_step(step) for step in one.pointer), (one.change_reason_code or "")[:3])
        for one in request.amendment
    )


def _step(step: Pointer) -> Step:
    number = step.sequence_numeric
    sequence = int(number) if number is not None and 0 <= number <= _LONGEST_ROW else None
    return Step((step.document_section_code or "")[:3], sequence, (step.tag_id or "")[:4])
