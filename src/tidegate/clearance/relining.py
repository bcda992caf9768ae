"""The lines of tax that stand for a consignment, and the same lines with amounts that an officer puts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import AssessmentOverridden, DeclarationAssessed, TaxLine
from tidegate.clearance.acting import acts_about
from tidegate.clearance.taxes import tax_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tidegate.journal import Journal


def lines_now(journal: Journal, mrn: str) -> tuple[TaxLine, ...]:
    """Return the lines that stand: those of the last assessment, or those put in their place since."""
    standing: tuple[TaxLine, ...] = ()
    for entry, act in acts_about(journal, mrn):
        if isinstance(act, DeclarationAssessed):
            standing = tax_lines(journal, entry, act)
        elif isinstance(act, AssessmentOverridden):
            standing = act.taxes
    return standing


def with_amounts(
    lines: Sequence[TaxLine], amounts: Mapping[tuple[int, str], Decimal], currency: str, reason: str
) -> tuple[TaxLine, ...]:
    """Return lines with these amounts, by item and type of tax, in the place of what was worked out.

    Of several lines for one item and tax the first takes the amount, and the others go. All of an amount is
    payable. A tax that has no line yet gets one, behind those of its item.
    """
    found: list[TaxLine] = []
    left = dict(amounts)
    for line in lines:
        key = (line.item, line.type)
        if key not in amounts:
            found.append(line)
        elif key in left:
            found.append(_put(line, left.pop(key), reason))
    for (item, tax), amount in left.items():
        new = TaxLine(item=item, type=tax, base=Decimal(0), rate=None, amount=amount, currency=currency)
        found.append(_put(new, amount, reason))
    return tuple(sorted(found, key=lambda line: line.item))


def _put(line: TaxLine, amount: Decimal, reason: str) -> TaxLine:
    return msgspec.structs.replace(
        line,
        amount=amount,
        rate=None,
        rate_text="",
        deducted=Decimal(0),
        payable=None,
        secured=Decimal(0),
        derivation=f"put by an officer: {reason.strip()}",
    )
