"""What duty needs to know of goods items beside the goods-item frame: charges, statements, quotas, dates.

These columns stand beside those of ``frame.GOODS_ITEM_COLUMNS``, row by row. Features and profiles do not
look at them, so a frame from elsewhere may leave them out: what is absent was not stated.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from tidegate.declarations.frame import QUANTITY_SCALE, money, scaled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from tidegate.declarations.declaration import Declaration, GoodsShipment
    from tidegate.declarations.frame import Lodged
    from tidegate.declarations.goods import (
        AdditionalInformation,
        CustomsValuation,
        DutyTaxFee,
        GovernmentAgencyGoodsItem,
    )

CHARGE = pl.Struct({"code": pl.String(), "amount": pl.Int64(), "currency": pl.String()})
QUANTITY = pl.Struct({"unit": pl.String(), "quantity": pl.Int64()})

DUTY_COLUMNS: dict[str, pl.DataType] = {
    "accepted_on": pl.Date(),  # the day of acceptance, where the declarant states one
    "statements": pl.String(),  # codes of special mentions, joined by a space; EUPRF=300 where it has a code
    "authorisations": pl.String(),  # categories of authorisations held, joined by a space
    "fiscal_roles": pl.String(),  # roles of the parties for domestic tax, joined by a space
    "quota": pl.String(),  # order number of the quota asked for
    "declared_taxes": pl.String(),  # TYPE=METHOD of each tax stated, joined by a space; either may be blank
    "stated_value": pl.Int64(),  # the customs value stated, thousandths of a unit of its currency
    "stated_value_currency": pl.String(),
    "charges": pl.List(CHARGE),  # additions and deductions of the item; thousandths of a unit of a currency
    "shipment_charges": pl.List(CHARGE),  # those of the whole shipment
    "supplementary_unit": pl.String(),  # in which the supplementary quantity is stated, where one is
    "quantities": pl.List(QUANTITY),  # quantities by unit (UN/ECE Recommendation 20), millionths
}

_CODED = re.compile(r"[A-Z0-9]{1,4}")  # the text of a special mention, where it is a code


def duty_columns(lodged: Iterable[Lodged]) -> pl.DataFrame:
    """Return DUTY_COLUMNS of the goods items of declarations, row by row as ``goods_item_frame`` does."""
    rows = [row for one in lodged for row in _rows(one.declaration)]
    return pl.DataFrame(rows, schema=DUTY_COLUMNS, orient="row")


def _rows(declaration: Declaration) -> Iterator[tuple[object, ...]]:
    shipment = declaration.goods_shipment
    if shipment is None:
        return
    holders = declaration.authorisation_holder
    shared: dict[str, object] = {
        "accepted_on": _day(declaration),
        "authorisations": _joined(one.category_code for one in holders),
        "shipment_charges": _charges(shipment.customs_valuation),
    }
    for item in shipment.government_agency_goods_item:
        values = {**shared, **_item(item, declaration, shipment)}
        yield tuple(values[column] for column in DUTY_COLUMNS)


def _item(
    item: GovernmentAgencyGoodsItem, declaration: Declaration, shipment: GoodsShipment
) -> dict[str, object]:
    taxes = item.commodity.duty_tax_fee if item.commodity else ()
    stated = item.customs_value_amount
    parties = (*shipment.domestic_duty_tax_party, *item.domestic_duty_tax_party)
    mentions = (*declaration.additional_information, *item.additional_information)
    return {
        "statements": _joined(_mention(one) for one in mentions),
        "fiscal_roles": _joined(one.role_code for one in parties),
        "quota": next((one.quota_order_id for one in taxes if one.quota_order_id), None),
        "declared_taxes": _joined(
            f"{one.type_code or ''}={(one.payment.method_code if one.payment else None) or ''}"
            for one in taxes
        ),
        "stated_value": money(stated),
        "stated_value_currency": stated.currency_id if stated else None,
        "charges": _charges(item.customs_valuation),
        "supplementary_unit": _unit(item),
        "quantities": _quantities(taxes),
    }


def _unit(item: GovernmentAgencyGoodsItem) -> str | None:
    """Return the unit that the quantity in the tariff's own unit is stated in; it needs none."""
    measure = item.commodity.goods_measure if item.commodity else None
    quantity = measure.tariff_quantity if measure else None
    return quantity.unit_code if quantity is not None else None


def _quantities(taxes: Iterable[DutyTaxFee]) -> list[dict[str, object]] | None:
    """Return the quantities that taxes are stated on, each with the unit it is stated in."""
    stated = [one.specific_tax_base_quantity for one in taxes]
    return [
        {"unit": one.unit_code, "quantity": scaled(one, QUANTITY_SCALE)}
        for one in stated
        if one is not None and one.unit_code
    ] or None


def _charges(valuation: CustomsValuation | None) -> list[dict[str, object]] | None:
    if valuation is None or not valuation.charge_deduction:
        return None
    return [
        {
            "code": one.charges_type_code,
            "amount": money(one.other_charge_deduction_amount),
            "currency": one.other_charge_deduction_amount.currency_id
            if one.other_charge_deduction_amount
            else None,
        }
        for one in valuation.charge_deduction
    ]


def _mention(mention: AdditionalInformation) -> str | None:
    text = mention.statement_description
    if mention.statement_code and isinstance(text, str) and _CODED.fullmatch(text.strip()):
        return f"{mention.statement_code}={text.strip()}"
    return mention.statement_code


def _day(declaration: Declaration) -> date | None:
    """Return the day of acceptance that is stated, in the zone it is stated in."""
    stated = declaration.acceptance_date_time
    moment = stated.moment() if stated else None
    return moment.date() if moment else None


def _joined(words: Iterable[str | None]) -> str | None:
    return " ".join(word for word in words if word) or None
