"""Who: each trader is known by a number of this country, or by number, name and address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.declarations.ens.layout import Leaf, part
from tidegate.declarations.ens.rules.rule import HOME, Check, EntryCase, EntryRule, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.declarations.ens.rules.rule import Around, Broken
    from tidegate.declarations.ens.words import Trader

_FIELDS = (
    ("name", "name"),
    ("line", "street and number"),
    ("postcode_id", "postcode"),
    ("city_name", "city"),
    ("country_code", "country"),
)


class _Place(msgspec.Struct, frozen=True):
    """A trader's place: its name in a sentence, and the first numbers of its three rows of rules."""

    scope: Scope
    said: str
    way: str  # the tags down to it
    missing: int | None  # a field is missing and no number is given
    foreign: int | None  # a field is missing beside a number of another country
    repeated: int  # a field is given beside a number


_PLACES = (
    _Place("consignor", "the consignor", "TRACONCO1", 8120, 8220, 8626),
    _Place("consignee", "the consignee", "TRACONCE1", 8125, 8225, 8631),
    _Place("notify_party", "the notify party", "NOTPAR670", 8130, 8230, 8636),
    _Place("item_consignor", "the consignor of this item", "GOOITEGDS[1]/TRACONCO2", 8137, 8237, 8641),
    _Place("item_consignee", "the consignee of this item", "GOOITEGDS[1]/TRACONCE2", 8142, 8242, 8646),
    _Place("item_notify_party", "the notify party of this item", "GOOITEGDS[1]/PRTNOT640", 8154, 8254, 8651),
    _Place("representative", "the representative", "TRAREP", None, None, 8656),
    _Place("lodging_person", "the person lodging", "PERLODSUMDEC", None, None, 8661),
    _Place("carrier", "the carrier at entry", "TRACARENT601", 8159, 8259, 8666),
)


def _missing(field: str) -> Broken:
    def broken(trader: Trader, around: Around) -> bool:
        del around
        return trader.id is None and getattr(trader, field) is None

    return broken


def _missing_abroad(field: str) -> Broken:
    def broken(trader: Trader, around: Around) -> bool:
        del around
        return trader.id is not None and not trader.id.startswith(HOME) and getattr(trader, field) is None

    return broken


def _repeated(field: str) -> Broken:
    def broken(trader: Trader, around: Around) -> bool:
        del around
        return trader.id is not None and trader.id.startswith(HOME) and getattr(trader, field) is not None

    return broken


def _repeated_anyhow(field: str) -> Broken:
    def broken(trader: Trader, around: Around) -> bool:
        del around
        return trader.id is not None and getattr(trader, field) is not None

    return broken


def _leaf_tags(place: _Place) -> dict[str, str]:
    """Return the tags of a trader's fields, read off the layout."""
    steps = [step.partition("[")[0] for step in place.way.split("/")]
    group: Any = part("CC315A", *steps)
    return {leaf.attribute: leaf.tag for leaf in group.parts if isinstance(leaf, Leaf)}


def _trader(way: str, tags: dict[str, str], number: str | None, *given: str) -> dict[str, str | None]:
    """Return the edits that put a trader here with this number and these fields, and nothing else."""
    texts = {"country_code": "FR", "postcode_id": "76600"}
    fields: dict[str, str | None] = {f"{way}/{tags[one]}": texts.get(one, "Le Havre") for one in given}
    return {way: "", **fields, **({f"{way}/{tags['id']}": number} if number is not None else {})}


def _rules(place: _Place) -> Iterator[EntryRule]:
    tags = _leaf_tags(place)
    number, every = tags["id"], tuple(field for field, _ in _FIELDS)
    address = "name, street, postcode, city and country"
    for row, (field, said) in enumerate(_FIELDS):
        tag = tags[field]
        others = tuple(one for one in every if one != field)
        at = (f"{_numbered(place.way)}",)
        if place.missing is not None and place.foreign is not None:
            yield EntryRule(
                str(place.missing + row),
                f"Give the {said} of {place.said} ({tag}). Without a number ({number}) we need {address}.",
                "condition C501",
                (Check(place.scope, _missing(field)),),
                (
                    EntryCase(f"everything but the {said}", _trader(place.way, tags, None, *others), at),
                    EntryCase("name and address", _trader(place.way, tags, None, *every)),
                    EntryCase("a number alone", _trader(place.way, tags, "GB123456789000")),
                ),
            )
            yield EntryRule(
                str(place.foreign + row),
                f"Give the {said} of {place.said} ({tag}). Beside a number of another country ({number}) we "
                f"need {address}; only numbers that begin with {HOME} can stand alone.",
                "condition C501",
                (Check(place.scope, _missing_abroad(field)),),
                (
                    EntryCase(
                        f"a foreign number and everything but the {said}",
                        _trader(place.way, tags, "FR12345678900", *others),
                        at,
                    ),
                    EntryCase(
                        "a foreign number, name and address",
                        _trader(place.way, tags, "FR12345678900", *every),
                    ),
                    EntryCase("a number of this country alone", _trader(place.way, tags, "GB123456789000")),
                ),
            )
        always = place.missing is None
        yield EntryRule(
            str(place.repeated + row),
            f"Leave out the {said} of {place.said} ({tag}). The number ({number}) tells us who it is.",
            "condition C501",
            (Check(place.scope, (_repeated_anyhow if always else _repeated)(field), f"/{tag}[1]"),),
            (
                EntryCase(
                    f"a number and the {said}",
                    _trader(place.way, tags, "GB123456789000", field),
                    (f"{at[0]}/{tag}[1]",),
                ),
                EntryCase("a number alone", _trader(place.way, tags, "GB123456789000")),
            ),
        )


def _numbered(way: str) -> str:
    return "/".join(step if step.endswith("]") else f"{step}[1]" for step in way.split("/"))


TRADER_RULES: tuple[EntryRule, ...] = tuple(rule for place in _PLACES for rule in _rules(place))
