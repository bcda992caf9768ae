"""The goods-item frame: declarations as columns, one row a goods item, for everything after the rules.

Features, duty and selection read these columns and nothing else, whether a frame holds one item or ten
million. Numbers are exact integers: money in thousandths of the stated currency's unit (WCO ``n..16,3``),
mass in milligrams and quantities in millionths (``n..16,6``). What was not stated is null.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.declaration import Declaration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tidegate.declarations.declaration import GoodsShipment
    from tidegate.declarations.goods import GovernmentAgencyGoodsItem
    from tidegate.declarations.parties import Party
    from tidegate.declarations.stated import Amount, Measure

MONEY_SCALE = 1_000
MASS_SCALE = 1_000_000
QUANTITY_SCALE = 1_000_000
_INT64 = 2**63 - 1

GOODS_ITEM_COLUMNS: dict[str, pl.DataType] = {
    "declaration": pl.String(),  # the MRN, or what stands for it
    "item": pl.Int32(),  # sequence number of the item, from 1
    "items": pl.Int32(),  # how many items the declaration has
    "occurred": pl.Datetime("us", "UTC"),  # when it was lodged: legal time
    "declaration_type": pl.String(),  # IMA, EXD, ...
    "office": pl.String(),  # office of presentation, else of declaration
    "declarant": pl.String(),
    "representative": pl.String(),
    "importer": pl.String(),
    "exporter": pl.String(),
    "seller": pl.String(),
    "carrier": pl.String(),
    "procedure": pl.String(),  # requested and previous procedure, 4000
    "additional_procedure": pl.String(),  # the further codes, joined by a space
    "commodity": pl.String(),  # all digits stated, 6 to 10
    "additional_code": pl.String(),  # additional and national codes, joined by a space
    "description": pl.String(),
    "origin": pl.String(),  # non-preferential origin
    "preferential_origin": pl.String(),
    "country_of_export": pl.String(),
    "country_of_destination": pl.String(),
    "transport_mode": pl.String(),
    "containers": pl.Int32(),  # containers named for the shipment
    "packages": pl.Int64(),
    "gross_mass": pl.Int64(),  # milligrams
    "net_mass": pl.Int64(),  # milligrams
    "supplementary_quantity": pl.Int64(),  # millionths of the tariff's unit
    "item_amount": pl.Int64(),  # thousandths of a unit of `currency`
    "statistical_amount": pl.Int64(),  # thousandths of a unit of `statistical_currency`
    "freight_amount": pl.Int64(),  # thousandths of a unit of `freight_currency`, of the whole shipment
    "currency": pl.String(),
    "statistical_currency": pl.String(),
    "freight_currency": pl.String(),
    "incoterm": pl.String(),
    "valuation_method": pl.String(),
    "preference": pl.String(),  # duty regime code, 100, 300, ...
    "payment_method": pl.String(),
    "documents": pl.String(),  # category and type codes of documents, joined by a space
}


class Lodged(msgspec.Struct, frozen=True):
    """A declaration with what customs knows of its receipt: its reference and its legal time."""

    reference: str
    occurred: datetime
    declaration: Declaration


def goods_item_frame(lodged: Iterable[Lodged]) -> pl.DataFrame:
    """Return the goods items of declarations as a frame with GOODS_ITEM_COLUMNS, in the order given."""
    rows = [row for one in lodged for row in _rows(one)]
    return pl.DataFrame(rows, schema=GOODS_ITEM_COLUMNS, orient="row")


def _rows(lodged: Lodged) -> Iterator[tuple[object, ...]]:
    declaration = lodged.declaration
    shipment = declaration.goods_shipment
    if shipment is None:
        return
    items = shipment.government_agency_goods_item
    shared = _shared(declaration, shipment)
    for place, item in enumerate(items, start=1):
        number = item.sequence_numeric
        whole = number is not None and number == number.to_integral_value() and 0 < number < 2**31
        values = {
            **shared,
            **_item(item, shared),
            "declaration": lodged.reference,
            "occurred": lodged.occurred,
            "item": int(number) if number is not None and whole else place,
            "items": len(items),
        }
        yield tuple(values[column] for column in GOODS_ITEM_COLUMNS)


def _shared(declaration: Declaration, shipment: GoodsShipment) -> dict[str, object]:
    """Return what all items of a declaration have in common; an item may say otherwise."""
    consignment = shipment.consignment
    office = declaration.presentation_office or declaration.supervising_office
    terms, valuation = shipment.trade_terms, shipment.customs_valuation
    means = declaration.border_transport_means
    freight = valuation.freight_charge_amount if valuation else None
    return {
        "declaration_type": declaration.type_code,
        "office": (office.id if office else None) or declaration.declaration_office_id,
        "declarant": _id(declaration.declarant),
        "representative": _id(declaration.agent),
        "importer": _id(shipment.importer),
        "exporter": _id(declaration.exporter),
        "seller": _id(shipment.seller),
        "carrier": _id(declaration.consignment.carrier) if declaration.consignment else None,
        "country_of_export": shipment.export_country.id if shipment.export_country else None,
        "country_of_destination": shipment.destination.country_code if shipment.destination else None,
        "transport_mode": means.mode_code if means else None,
        "containers": len(consignment.transport_equipment) if consignment else 0,
        "freight_amount": money(freight),
        "freight_currency": freight.currency_id if freight else None,
        "incoterm": terms.condition_code if terms else None,
    }


def _item(item: GovernmentAgencyGoodsItem, shared: dict[str, object]) -> dict[str, object]:
    commodity = item.commodity
    measure = commodity.goods_measure if commodity else None
    price = commodity.invoice_line.item_charge_amount if commodity and commodity.invoice_line else None
    statistical = item.statistical_value_amount
    valuation, taxes = item.customs_valuation, commodity.duty_tax_fee if commodity else ()
    procedures = item.government_procedure
    code, further = _classification(item)
    main = procedures[0] if procedures else None
    return {
        "seller": _id(item.seller) or shared["seller"],
        "procedure": f"{main.current_code or ''}{main.previous_code or ''}" if main else None,
        "additional_procedure": _joined(one.current_code for one in procedures[1:]),
        "commodity": code,
        "additional_code": further,
        "description": commodity.description if commodity else None,
        "origin": _origin(item, preferential=False),
        "preferential_origin": _origin(item, preferential=True),
        "country_of_export": (item.export_country.id if item.export_country else None)
        or shared["country_of_export"],
        "country_of_destination": (item.destination.country_code if item.destination else None)
        or shared["country_of_destination"],
        "packages": sum(int(scaled(one.quantity_quantity, 1) or 0) for one in item.packaging) or None,
        "gross_mass": scaled(measure.gross_mass_measure if measure else None, MASS_SCALE),
        "net_mass": scaled(measure.net_net_weight_measure if measure else None, MASS_SCALE),
        "supplementary_quantity": scaled(measure.tariff_quantity if measure else None, QUANTITY_SCALE),
        "item_amount": money(price),
        "currency": price.currency_id if price else None,
        "statistical_amount": money(statistical),
        "statistical_currency": statistical.currency_id if statistical else None,
        "valuation_method": valuation.method_code if valuation else None,
        "preference": next((one.duty_regime_code for one in taxes if one.duty_regime_code), None),
        "payment_method": next(
            (one.payment.method_code for one in taxes if one.payment and one.payment.method_code), None
        ),
        "documents": _joined(f"{d.category_code or ''}{d.type_code or ''}" for d in item.additional_document),
    }


def _classification(item: GovernmentAgencyGoodsItem) -> tuple[str | None, str | None]:
    """Return the commodity code (combined nomenclature and TARIC digits in a row) and the further codes."""
    digits, further = "", []
    for one in item.commodity.classification if item.commodity else ():
        if one.identification_type_code in ("TSP", "TRC", "HS", None):
            digits += one.id or ""
        elif one.id:
            further.append(one.id)
    return digits or None, _joined(further)


def _origin(item: GovernmentAgencyGoodsItem, *, preferential: bool) -> str | None:
    """Return the country whose origin type says so: 2 is preferential, 1 or none is not."""
    for one in item.origin:
        if (one.type_code == "2") == preferential and one.country_code:
            return one.country_code
    return None


def _id(party: Party | None) -> str | None:
    return party.id if party else None


def _joined(words: Iterable[str | None]) -> str | None:
    return " ".join(word for word in words if word) or None


def money(amount: Amount | None) -> int | None:
    """Return an amount in thousandths of its currency's unit; null where it is none or too large."""
    return _whole(amount.value, MONEY_SCALE) if amount else None


def scaled(measure: Measure | None, scale: int) -> int | None:
    """Return a measure in units of 1/scale; null where it is none or too large."""
    return _whole(measure.value, scale) if measure else None


def _whole(value: Decimal | None, scale: int) -> int | None:
    """Return a number in units of 1/scale, half to even where finer; null where it is none or too large."""
    if value is None:
        return None
    scaled = int((value * scale).to_integral_value(ROUND_HALF_EVEN))
    return scaled if -_INT64 <= scaled <= _INT64 else None
