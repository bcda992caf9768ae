"""How numbers are written, and what they add up to."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from tidegate.declarations.ens.rules.rule import Check, EntryCase, EntryRule
from tidegate.declarations.stated import exact_decimal

if TYPE_CHECKING:
    from tidegate.declarations.ens.rules.rule import Around, Broken
    from tidegate.declarations.ens.words import (
        EntryHeader,
        EntryPackaging,
        EntrySummaryDeclaration,
    )
    from tidegate.declarations.stated import Stated

_MOST_ITEMS = 999
_MOST_SEALS = 9999
_MOST_DIGITS = 11
_MOST_DECIMALS = 3
_ROUNDING = Decimal(2) ** -52  # of one sum in double precision, which the published rule is worked out in

_ITEM = "GOOITEGDS[1]"
_NUMBER = f"{_ITEM}/IteNumGDS7"
_MASS = f"{_ITEM}/GroMasGDS46"
_TOTAL = "HEAHEA/TotGroMasHEA307"
_ITEMS = "HEAHEA/TotNumOfIteHEA305"
_TOTAL_PACKAGES = "HEAHEA/TotNumOfPacHEA306"
_PACKAGES = f"{_ITEM}/PACGS2[1]/NumOfPacGS24"
_PIECES = f"{_ITEM}/PACGS2[1]/NumOfPieGS25"
_HEADER_PLACE = ("HEAHEA[1]",)
_WHOLE = ("",)


def _padded(field: str) -> Broken:
    """Return the check that a whole number has no zeros before it."""

    def broken(value: Stated, around: Around) -> bool:
        del around
        stated = getattr(value, field)
        return stated is not None and len(stated) > 1 and stated[0] == "0"

    return broken


def _mass(field: str, wrong: re.Pattern[str]) -> Broken:
    """Return the check that the spelling of a mass does not hold what is wrong."""

    def broken(value: Stated, around: Around) -> bool:
        del around
        stated = getattr(value, field)
        return stated is not None and wrong.search(stated) is not None

    return broken


_SIGNED = re.compile(r"\A[+-]")
_ZERO_BEFORE = re.compile(r"\A[+-]?0\d", re.ASCII)
_TOO_LONG = re.compile(rf"\A[+-]?\.?\d(?:\.?\d){{{_MOST_DIGITS},}}", re.ASCII)
_TOO_FINE = re.compile(rf"\.\d{{{_MOST_DECIMALS + 1},}}", re.ASCII)
_BARE_POINT = re.compile(r"(?:\A[+-]?|\D)\.|\.\Z", re.ASCII)


def _out_of_sequence(declaration: EntrySummaryDeclaration, around: Around) -> bool:
    del around
    return any(_count(item.sequence) != place for place, item in enumerate(declaration.goods_item, start=1))


def _miscounted(header: EntryHeader, around: Around) -> bool:
    stated = header.goods_item_quantity
    return stated is not None and _count(stated) != len(around.declaration.goods_item)


def _too_many_items(declaration: EntrySummaryDeclaration, around: Around) -> bool:
    del around
    return len(declaration.goods_item) > _MOST_ITEMS


def _too_many_seals(declaration: EntrySummaryDeclaration, around: Around) -> bool:
    del around
    return len(declaration.seal) > _MOST_SEALS


def _too_light(header: EntryHeader, around: Around) -> bool:
    """Tell whether the total mass is below the sum of the items.

    What the published rule cannot work out it does not judge: a mass written with a plus sign, and a
    difference within the rounding of adding so many numbers of such a size in double precision.
    """
    total = _unsigned(header.total_gross_mass)
    masses = [item.gross_mass for item in around.declaration.goods_item if item.gross_mass is not None]
    known = [mass for mass in map(_unsigned, masses) if mass is not None]
    if total is None or len(known) < len(masses):
        return False
    added = sum(known, Decimal(0))
    return added - total > abs(added) * _ROUNDING * len(known)


def _count(stated: str | None) -> int | None:
    return int(stated) if stated is not None and stated.isdecimal() else None


def _unsigned(stated: str | None) -> Decimal | None:
    if stated is None or stated.startswith("+"):
        return None
    return exact_decimal(stated)


def _packages_unmatched(packaging: EntryPackaging, around: Around) -> bool:
    """Tell whether no packages are counted here and none elsewhere under the same marks."""
    if _count(packaging.quantity) != 0:
        return False
    marks = packaging.marks_numbers_id
    return marks is None or not any(
        other.marks_numbers_id == marks and (_count(other.quantity) or 0) > 0
        for item in around.declaration.goods_item
        for other in item.packaging
    )


def _mass_rule(number: str, text: str, wrong: re.Pattern[str], bad: tuple[str, ...], good: str) -> EntryRule:
    """Return a rule on the spelling of both masses."""
    cases = []
    for place, said in ((_TOTAL, "the total"), (_MASS, "the item")):
        at = place.replace("HEAHEA/", "HEAHEA[1]/") + "[1]"
        cases += [EntryCase(f"{said}: {stated}", {place: stated}, (at,)) for stated in bad]
        cases.append(EntryCase(f"{said}: {good}", {place: good}))
    checks = (
        Check("header", _mass("total_gross_mass", wrong), "/TotGroMasHEA307[1]"),
        Check("goods_item", _mass("gross_mass", wrong), "/GroMasGDS46[1]"),
    )
    return EntryRule(number, text, "format n..11,3", checks, tuple(cases))


def _padding_rule(number: str, what: str, check: Check, place: str, at: str) -> EntryRule:
    tag = place.rpartition("/")[2]
    return EntryRule(
        number,
        f"Write {what} ({tag}) without zeros before it.",
        "format of the element",
        (check,),
        (
            EntryCase("01", {place: "01"}, (at,)),
            EntryCase("00000", {place: "00000"}, (at,)),
            EntryCase("10", {place: "10"}),
            EntryCase("0", {place: "0"}),
        ),
    )


_PACKAGING_PLACE = f"{_ITEM}/PACGS2[1]"
_SECOND = f"{_ITEM}/PACGS2[2]"

NUMBER_RULES: tuple[EntryRule, ...] = (
    EntryRule(
        "8102",
        "Number the items (IteNumGDS7) 1, 2, 3 and so on, in the order they stand in.",
        "rule R007",
        (Check("message", _out_of_sequence),),
        (
            EntryCase("an only item with number 2", {_NUMBER: "2"}, _WHOLE),
            EntryCase("the same number twice", {"GOOITEGDS[2]/IteNumGDS7": "1"}, _WHOLE),
            EntryCase("1 and 2", {"GOOITEGDS[2]/IteNumGDS7": "2"}),
            EntryCase("01", {_NUMBER: "01"}),
        ),
    ),
    EntryRule(
        "8153",
        "No packages are counted here, so there must be an item with the same marks and numbers "
        "(MarNumOfPacGSL21) and a number of packages above zero (NumOfPacGS24).",
        "technical rule TR0022",
        (Check("packaging", _packages_unmatched),),
        (
            EntryCase("nothing packed anywhere", {_PACKAGES: "0"}, (_PACKAGING_PLACE,)),
            EntryCase(
                "packed under other marks",
                {
                    _PACKAGES: "0",
                    f"{_ITEM}/PACGS2[1]/MarNumOfPacGSL21": "A",
                    f"{_SECOND}/NumOfPacGS24": "3",
                    f"{_SECOND}/MarNumOfPacGSL21": "B",
                },
                (_PACKAGING_PLACE,),
            ),
            EntryCase(
                "packed under the same marks",
                {
                    _PACKAGES: "0",
                    f"{_ITEM}/PACGS2[1]/MarNumOfPacGSL21": "A",
                    f"{_SECOND}/NumOfPacGS24": "3",
                    f"{_SECOND}/MarNumOfPacGSL21": "A",
                },
            ),
            EntryCase("three packages", {_PACKAGES: "3"}),
        ),
    ),
    EntryRule(
        "8206",
        "The total number of items (TotNumOfIteHEA305) is not the number of items stated. Correct the one or "
        "the other.",
        "technical rule TR0811",
        (Check("header", _miscounted),),
        (
            EntryCase("two for one", {_ITEMS: "2"}, _HEADER_PLACE),
            EntryCase("none for one", {_ITEMS: "0"}, _HEADER_PLACE),
            EntryCase("one", {_ITEMS: "01"}),
            EntryCase("not stated", {_ITEMS: None}),
        ),
    ),
    EntryRule(
        "8611",
        "There are more than 999 items. Split them over several declarations.",
        "multiplicity of the message",
        (Check("message", _too_many_items),),
        (
            EntryCase(
                "a thousand items",
                {"GOOITEGDS[1..1000]": ""},
                _WHOLE,
            ),
            EntryCase(
                "999 items",
                {"GOOITEGDS[1..999]": ""},
            ),
        ),
    ),
    EntryRule(
        "8617",
        "There are more than 9,999 seals. Name those on the means of transport and containers.",
        "multiplicity of the message",
        (Check("message", _too_many_seals),),
        (
            EntryCase(
                "ten thousand seals",
                {"SEAID529[1..10000]": ""},
                _WHOLE,
            ),
            EntryCase("9,999 seals", {"SEAID529[1..9999]": ""}),
        ),
    ),
    _padding_rule(
        "8671",
        "the total number of items",
        Check("header", _padded("goods_item_quantity")),
        _ITEMS,
        _HEADER_PLACE[0],
    ),
    _padding_rule(
        "8672",
        "the total number of packages",
        Check("header", _padded("total_package_quantity")),
        _TOTAL_PACKAGES,
        _HEADER_PLACE[0],
    ),
    EntryRule(
        "8673",
        "Write the total gross mass (TotGroMasHEA307) without a sign: digits and a point.",
        "format n..11,3",
        (Check("header", _mass("total_gross_mass", _SIGNED)),),
        (
            EntryCase("+820.5", {_TOTAL: "+820.5"}, _HEADER_PLACE),
            EntryCase("-0", {_TOTAL: "-0"}, _HEADER_PLACE),
            EntryCase("820.5", {_TOTAL: "820.5"}),
        ),
    ),
    _mass_rule("8674", "Write the mass without zeros before it.", _ZERO_BEFORE, ("01", "+00.1"), "0.1"),
    _mass_rule(
        "8675",
        "Write the mass with 11 digits at most, those after the point counted.",
        _TOO_LONG,
        ("123456789.000", "-123456789.010"),
        "12345678901",
    ),
    _mass_rule(
        "8676", "Write the mass with three decimals at most.", _TOO_FINE, ("1.0000", "-1.0000"), "1.000"
    ),
    _mass_rule(
        "8677",
        "Write a digit before the point and one after it, or no point.",
        _BARE_POINT,
        (".1", "0."),
        "1.0",
    ),
    _padding_rule(
        "8678",
        "the number of this item",
        Check("goods_item", _padded("sequence"), "/IteNumGDS7[1]"),
        _NUMBER,
        f"{_NUMBER}[1]",
    ),
    EntryRule(
        "8679",
        "Write the gross mass of this item (GroMasGDS46) without a sign: digits and a point.",
        "format n..11,3",
        (Check("goods_item", _mass("gross_mass", _SIGNED), "/GroMasGDS46[1]"),),
        (
            EntryCase("+820.5", {_MASS: "+820.5"}, (f"{_MASS}[1]",)),
            EntryCase("-0", {_MASS: "-0"}, (f"{_MASS}[1]",)),
            EntryCase("820.5", {_MASS: "820.5"}),
        ),
    ),
    _padding_rule(
        "8680",
        "the number of packages",
        Check("packaging", _padded("quantity"), "/NumOfPacGS24[1]"),
        _PACKAGES,
        f"{_PACKAGES}[1]",
    ),
    _padding_rule(
        "8681",
        "the number of pieces",
        Check("packaging", _padded("pieces"), "/NumOfPieGS25[1]"),
        _PIECES,
        f"{_PIECES}[1]",
    ),
    EntryRule(
        "8686",
        "The total gross mass (TotGroMasHEA307) is below the sum of the items' masses (GroMasGDS46). It must "
        "be that sum or more.",
        "technical rule TR0812",
        (Check("header", _too_light),),
        (
            EntryCase("6.999 for 7", {_TOTAL: "6.999", _MASS: "7"}, _HEADER_PLACE),
            EntryCase("7 for 7", {_TOTAL: "7", _MASS: "7.000"}),
            EntryCase("no total", {_TOTAL: None, _MASS: "7"}),
        ),
    ),
)
