"""Whether who lodges a declaration may do so for those it is for.

Published meaning of the representative's status code (EU and UK data element 3/21, WCO Agent/FunctionCode):
2 is direct representation, in the principal's name; 3 is indirect, in the representative's own name
(Regulation (EU) No 952/2013, article 18).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.operators.refusals import NotRepresentedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from tidegate.acts import Direction, Representation
    from tidegate.declarations.declaration import Declaration
    from tidegate.declarations.parties import Party
    from tidegate.operators.model import Authorisation

    Leaves = Callable[[str, str], Iterable[Authorisation]]  # of a principal, to a representative

STATUS: dict[str, Representation] = {"2": "direct", "3": "indirect"}


class Stated(msgspec.Struct, frozen=True):
    """Who a declaration says takes part: by their numbers, empty where none is stated.

    ``declarant`` is under whose number it is lodged, ``owner`` is whose goods they are.
    """

    declarant: str = ""
    agent: str = ""
    status: str = ""
    owner: str = ""
    procedures: tuple[str, ...] = ()

    @property
    def principals(self) -> tuple[str, ...]:
        """Those whose leave is needed by whoever else acts: the declarant, and whose goods they are."""
        return tuple(dict.fromkeys(one for one in (self.declarant, self.owner) if one))


def stated_in(declaration: Declaration, direction: Direction) -> Stated:
    """Return who takes part; whose goods they are is the importer, or for exports the exporter."""
    shipment = declaration.goods_shipment
    importer = shipment.importer if shipment is not None else None
    procedures = {
        (procedure.current_code or "") + (procedure.previous_code or "")
        for item in (shipment.government_agency_goods_item if shipment is not None else ())
        for procedure in item.government_procedure[:1]
    }
    agent = declaration.agent
    return Stated(
        declarant=_number(declaration.declarant) or _number(agent) or _number(declaration.submitter),
        agent=_number(agent),
        status=(agent.function_code or "") if agent is not None else "",
        owner=_number(importer if direction == "import" else declaration.exporter),
        procedures=tuple(sorted(procedures - {""})),
    )


def check_representation(
    leaves: Leaves, lodger: str, stated: Stated, when: datetime, *, as_stated: bool
) -> None:
    """See that an operator may lodge a declaration; ``as_stated`` also that what it states is authorised.

    ``leaves`` tells what a principal ever granted a representative, from the tables or from the journal.
    An operator lodges for itself, or as a representative whom every principal has authorised for these
    procedures at that moment; or it transmits for one that is stated and has authorised it. As stated, the
    representative that the declaration names has leave of the very kind that its status code says.

    Raises:
        NotRepresentedError: it may not; the text says who lacks whose leave.
    """
    acting = lodger
    if lodger not in (stated.agent, *stated.principals):
        acting = stated.agent or stated.declarant or stated.owner or lodger
    if acting != lodger:
        _check_leave(leaves(acting, lodger), (acting, lodger), (when, stated.procedures, None))
    named = stated.agent if as_stated and stated.agent else acting
    for representative in dict.fromkeys((acting, named)):
        stating = as_stated and representative == stated.agent
        kind = STATUS.get(stated.status) if stating else None
        for principal in stated.principals:
            if principal != representative:
                pair = (principal, representative)
                _check_leave(leaves(*pair), pair, (when, stated.procedures, kind))


def _check_leave(
    leaves: Iterable[Authorisation],
    pair: tuple[str, str],
    needed: tuple[datetime, tuple[str, ...], Representation | None],
) -> None:
    when, procedures, kind = needed
    for leave in leaves:
        fits = kind is None or leave.representation == kind
        if fits and leave.in_force(when) and leave.covers(procedures):
            return
    raise _missing(*pair, kind or "")


def _missing(principal: str, representative: str, kind: str) -> NotRepresentedError:
    how = f"{kind} representation" if kind else "representation"
    text = (
        f"{representative} may not act for {principal}: no authorisation of {how} between them is in force "
        "for what is declared. The principal grants one, or lodges itself."
    )
    return NotRepresentedError(text, principal=principal, representative=representative)


def _number(party: Party | None) -> str:
    return (party.id or "") if party is not None else ""
