"""What a consignment is known by beside its own numbers, to be found by: operators and references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import KnownBy
from tidegate.clearance.bounds import LONGEST_REFERENCE
from tidegate.declarations.ens.sharing import goods_of_declaration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.declarations.declaration import Declaration
    from tidegate.declarations.parties import Party

MOST_KNOWN = 40  # in the body of an act


def known_by(declaration: Declaration) -> tuple[KnownBy, ...]:
    """Return the operators that a declaration names and its goods' references, as many as an act holds."""
    found = [KnownBy("operator", party.id) for party in parties_of(declaration) if party.id]
    found += [KnownBy(kind, named) for kind, named in goods_of_declaration(declaration)]
    fit = (one for one in dict.fromkeys(found) if len(one.id) <= LONGEST_REFERENCE and one.id.isprintable())
    return tuple(fit)[:MOST_KNOWN]


def parties_of(declaration: Declaration) -> Iterator[Party]:
    """Yield the parties that a declaration names for all its goods."""
    shipment = declaration.goods_shipment
    carried = (declaration.consignment, shipment.consignment if shipment is not None else None)
    named = [declaration.declarant, declaration.agent, declaration.exporter]
    if shipment is not None:
        named += [shipment.importer, shipment.consignee, shipment.consignor, shipment.seller, shipment.buyer]
    named += [one.carrier for one in carried if one is not None]
    yield from (party for party in named if party is not None)
