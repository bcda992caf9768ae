"""From whom the message comes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tidegate.declarations.ens.rules.rule import Check, EntryCase, EntryRule

if TYPE_CHECKING:
    from tidegate.declarations.ens.rules.rule import Around
    from tidegate.declarations.ens.words import EntrySummaryDeclaration

_BRANCH = re.compile(r"[A-Z]{2}[^\n]{1,15}/\d{10}", re.ASCII)
_AT = "MesSenMES3[1]"


def _unknown_sender(declaration: EntrySummaryDeclaration, around: Around) -> bool:
    del around
    return declaration.sender_id is not None and not _BRANCH.fullmatch(declaration.sender_id)


SENDER_RULES: tuple[EntryRule, ...] = (
    EntryRule(
        "4065",
        "Write the sender (MesSenMES3) as your number, a stroke, and your branch in ten digits: "
        "GB123456789000/1234567890.",
        "format of the sender",
        (Check("message", _unknown_sender, f"/{_AT}"),),
        (
            EntryCase("a small letter", {"MesSenMES3": "gB413/1234567890"}, (_AT,)),
            EntryCase("nine digits", {"MesSenMES3": "GB413/123456789"}, (_AT,)),
            EntryCase("no number", {"MesSenMES3": "GB/1234567890"}, (_AT,)),
            EntryCase("a number with a stroke in it", {"MesSenMES3": "GB123/12345/1234567890"}),
            EntryCase("another country", {"MesSenMES3": "FR413/1234567890"}),
        ),
    ),
)
