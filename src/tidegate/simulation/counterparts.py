"""The other side of imports: the export declared next door for each, with what is true of the goods.

Where an importer states less than there is, its counterpart tells: both name one consignment reference.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tidegate.declarations.goods import UCR
from tidegate.declarations.messages import Message, write_message
from tidegate.simulation.draws import stream
from tidegate.simulation.frames import frames_of
from tidegate.simulation.lodgements import Lodgement, Truth
from tidegate.simulation.messages import declaration_of, rows_by_declaration, ucr_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from tidegate.simulation.world import World

_BEFORE = timedelta(minutes=30)  # of the import: chosen, so that whoever asks finds it
_MODES = ("1", "4", "3", "5")  # in the order of an administration's offices
_LAWFUL = Truth(scheme=None, irregular=False, flaw=None)


def counterparts(
    world: World, on: date, declarations: int, *, here: str = "XA", there: str = "XB"
) -> list[Lodgement]:
    """Return the exports of ``there`` to what is imported ``here`` from it on a day, in order of time."""
    frames = frames_of(world, here, on, declarations)
    from_there = frames.goods_items["country_of_export"].eq_missing(there)
    mine = from_there & frames.goods_items["importer"].is_not_null()
    truths = frames.truth.filter(mine).iter_rows(named=True)
    made = []
    for reference, rows in rows_by_declaration(frames.goods_items.filter(mine)):
        true = [next(truths) for _ in rows]
        made.append(_counterpart(world, reference, list(_turned(world, rows, true, there)), ucr_of(rows[0])))
    return made


def _turned(
    world: World, rows: Sequence[dict[str, Any]], true: Sequence[dict[str, Any]], there: str
) -> Iterator[dict[str, Any]]:
    """Yield rows of an import as those of its export, with what is true in the place of what is stated."""
    offices = dict(zip(_MODES, world.administration(there).offices, strict=True))
    exporter = f"{there}{stream('counterpart', rows[0]['seller'] or rows[0]['declaration']) % 10**9:09d}"
    for row, truth in zip(rows, true, strict=True):
        yield {
            **row,
            "declaration": f"{row['declaration']}-X",
            "declaration_type": "EXA",
            "occurred": row["occurred"] - _BEFORE,
            "office": offices.get(row["transport_mode"], offices["3"]),
            "declarant": exporter,
            "exporter": exporter,
            "importer": None,
            "representative": None,
            "procedure": "1000",
            "additional_procedure": None,
            "preference": None,
            "preferential_origin": None,
            "payment_method": None,
            "documents": None,
            "commodity": truth["true_commodity"],
            "item_amount": truth["true_amount"],
            "net_mass": truth["true_net_mass"],
            "gross_mass": max(row["gross_mass"], truth["true_net_mass"]),
            "supplementary_quantity": truth["true_quantity"],
        }


def _counterpart(world: World, reference: str, rows: list[dict[str, Any]], ucr: str) -> Lodgement:
    first = rows[0]
    declaration = declaration_of(rows, reference)
    assert declaration.goods_shipment is not None
    shipment = declaration.goods_shipment.altered(ucr=UCR(trader_assigned_reference_id=ucr))
    xml = write_message(Message("declaration", bare=declaration.altered(goods_shipment=shipment)))
    return Lodgement(
        occurred=first["occurred"],
        declarant=first["declarant"],
        xml=xml,
        lrn=reference,
        truth=_LAWFUL,
        reference=first["declaration"],
        administration=world.administration(first["office"][:2]).country,
        office=first["office"],
    )
