"""Every rule, in the order of its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.ens.rules.goods import ITEM_RULES
from tidegate.declarations.ens.rules.numbers import NUMBER_RULES
from tidegate.declarations.ens.rules.parties import PARTY_RULES
from tidegate.declarations.ens.rules.sender import SENDER_RULES
from tidegate.declarations.ens.rules.traders import TRADER_RULES
from tidegate.declarations.ens.rules.transport import TRANSPORT_RULES

if TYPE_CHECKING:
    from tidegate.declarations.ens.rules.rule import EntryRule

ENTRY_RULES: tuple[EntryRule, ...] = tuple(
    sorted(
        (*SENDER_RULES, *ITEM_RULES, *PARTY_RULES, *NUMBER_RULES, *TRADER_RULES, *TRANSPORT_RULES),
        key=lambda rule: rule.number,
    )
)
