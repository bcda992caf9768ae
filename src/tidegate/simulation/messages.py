"""Rows as messages: any declaration of the frames as the WCO XML its declarant would have sent.

What a frame does not hold (names, addresses, document numbers, container numbers) follows from identifiers,
so that a message is the same whenever it is written. Reading it again gives the rows back.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stdnum import iso6346

from tidegate.declarations.declaration import (
    Consignment,
    Declaration,
    GoodsLocation,
    GoodsShipment,
    MetaData,
    Office,
    TradeTerms,
    TransportMeans,
)  # fmt: skip
from tidegate.declarations.frame import GOODS_ITEM_COLUMNS, MASS_SCALE, MONEY_SCALE, QUANTITY_SCALE
from tidegate.declarations.goods import (
    UCR,
    AdditionalDocument,
    Classification,
    Commodity,
    CustomsValuation,
    Destination,
    DutyTaxFee,
    ExportCountry,
    GoodsMeasure,
    GovernmentAgencyGoodsItem,
    GovernmentProcedure,
    InvoiceLine,
    Origin,
    Packaging,
    Payment,
    TransportEquipment,
)  # fmt: skip
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.parties import Address, AuthorisationHolder, Party
from tidegate.declarations.stated import Amount, Measure
from tidegate.simulation.draws import stream
from tidegate.simulation.goods import CATALOGUE
from tidegate.simulation.names import address_of, company_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    Row = Mapping[str, Any]

_UNIT = {one.code: one.unit for one in CATALOGUE if one.unit}
_PLACE = {"1": "PRT", "4": "AIR", "3": "LND", "5": "PST"}


def declaration_of(rows: Sequence[Row], lrn: str) -> Declaration:
    """Return the declaration that rows of GOODS_ITEM_COLUMNS stand for: all the items of one, in order."""
    first = rows[0]
    reference = first["declaration"]
    mode, country = first["transport_mode"], first["office"][:2]
    representative = first["representative"]
    deferring = first["payment_method"] == "E"
    holder = first["importer"] or first["exporter"]
    return Declaration(
        function_code="9",
        functional_reference_id=lrn,
        type_code=first["declaration_type"],
        goods_item_quantity=Measure(Decimal(len(rows))),
        declaration_office_id=first["office"],
        total_gross_mass_measure=_mass(sum(row["gross_mass"] for row in rows)),
        total_package_quantity=Measure(Decimal(sum(row["packages"] for row in rows))),
        additional_document=(
            (AdditionalDocument(category_code="1", id=holder[-7:], type_code="DAN"),) if deferring else ()
        ),
        agent=(
            Party(id=representative, function_code="3" if first["declarant"] == representative else "2")
            if representative
            else None
        ),
        authorisation_holder=(AuthorisationHolder(id=holder, category_code="DPO"),) if deferring else (),
        border_transport_means=TransportMeans(
            registration_nationality_code=first["country_of_export"], mode_code=mode
        ),
        consignment=Consignment(carrier=Party(id=first["carrier"])),
        declarant=Party(id=first["declarant"]),
        exporter=_named(first["exporter"]),
        goods_shipment=_shipment(rows, reference, mode, country),
        presentation_office=Office(id=first["office"]),
    )


def message_of(rows: Sequence[Row], lrn: str, country: str = "XA") -> bytes:
    """Return the WCO XML, UTF-8, of one declaration's rows, addressed to a country."""
    meta_data = MetaData(
        wco_data_model_version_code="3.6",
        wco_type_name="DEC",
        responsible_country_code=country,
        responsible_agency_name="Customs",
        agency_assigned_customization_version_code="v2.1",
        declaration=declaration_of(rows, lrn),
    )
    return write_message(Message("declaration", meta_data=meta_data))


def rows_by_declaration(goods_items: pl.DataFrame) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the reference and the rows of each declaration, in the order the frame has them.

    The items of a declaration must stand together, as ``frames_of`` and ``simulate_span`` leave them.
    """
    held: list[dict[str, Any]] = []
    for row in goods_items.select(GOODS_ITEM_COLUMNS.keys()).iter_rows(named=True):
        if held and row["declaration"] != held[0]["declaration"]:
            yield held[0]["declaration"], held
            held = []
        held.append(row)
    if held:
        yield held[0]["declaration"], held


def _shipment(rows: Sequence[Row], reference: str, mode: str, country: str) -> GoodsShipment:
    first = rows[0]
    importing = first["importer"] is not None
    containers = range(1, (first["containers"] or 0) + 1)
    freight = first["freight_amount"]
    return GoodsShipment(
        transaction_nature_code="1",
        consignee=None if importing else Party(name="Consignee abroad", address=_abroad(first)),
        consignment=Consignment(
            container_code="1" if containers else "0",
            arrival_transport_means=TransportMeans(
                id=_digits(7, "means", reference),
                identification_type_code={"1": "10", "4": "40"}.get(mode, "30"),
            ),
            goods_location=GoodsLocation(
                name=f"{country}{_PLACE[mode]}001",
                type_code="A",
                address=Address(type_code="U", country_code=country),
            ),
            transport_equipment=tuple(
                TransportEquipment(sequence_numeric=Decimal(place), id=_container(reference, place))
                for place in containers
            ),
        ),
        customs_valuation=(
            CustomsValuation(freight_charge_amount=_money(freight, first["freight_currency"]))
            if freight
            else None
        ),
        destination=Destination(country_code=first["country_of_destination"]),
        export_country=ExportCountry(id=first["country_of_export"]),
        government_agency_goods_item=tuple(_item(row, reference) for row in rows),
        importer=Party(id=first["importer"]) if importing else None,
        seller=Party(id=first["seller"]) if first["seller"] else None,
        trade_terms=TradeTerms(condition_code=first["incoterm"], location_id=country + "PRT"),
        ucr=UCR(trader_assigned_reference_id=ucr_of(first)),
    )


def _item(row: Row, reference: str) -> GovernmentAgencyGoodsItem:
    preferential = row["preferential_origin"]
    origin = [Origin(country_code=row["origin"], type_code="1")]
    if preferential:
        origin.append(Origin(country_code=preferential, type_code="2"))
    place = Decimal(row["item"])
    further = [GovernmentProcedure(current_code=code) for code in (row["additional_procedure"] or "").split()]
    main = GovernmentProcedure(current_code=row["procedure"][:2], previous_code=row["procedure"][2:])
    return GovernmentAgencyGoodsItem(
        sequence_numeric=place,
        statistical_value_amount=_money(row["statistical_amount"], row["statistical_currency"]),
        additional_document=tuple(
            AdditionalDocument(category_code=code[0], id=f"{_digits(8, code, reference)}", type_code=code[1:])
            for code in (row["documents"] or "").split()
        ),
        commodity=_commodity(row),
        customs_valuation=CustomsValuation(method_code=row["valuation_method"]),
        government_procedure=(main, *further),
        origin=tuple(origin),
        packaging=(
            Packaging(
                sequence_numeric=Decimal(1),
                marks_numbers_id=f"{reference}/{row['item']}",
                quantity_quantity=Measure(Decimal(row["packages"])),
                type_code="CT",
            ),
        ),
    )


def _commodity(row: Row) -> Commodity:
    code, quantity = row["commodity"], row["supplementary_quantity"]
    codes = [Classification(id=code[:8], identification_type_code="TSP")]
    if code[8:]:
        codes.append(Classification(id=code[8:], identification_type_code="TRC"))
    method = row["payment_method"]
    payment = Payment(method_code=method) if method else None
    taxes = (
        (
            DutyTaxFee(duty_regime_code=row["preference"], type_code="A00", payment=payment),
            DutyTaxFee(type_code="B00", payment=payment),
        )
        if row["preference"]
        else ()
    )
    unit = _UNIT.get(code, "NAR")
    return Commodity(
        description=row["description"],
        classification=tuple(codes),
        duty_tax_fee=taxes,
        goods_measure=GoodsMeasure(
            gross_mass_measure=_mass(row["gross_mass"]),
            net_net_weight_measure=_mass(row["net_mass"]),
            tariff_quantity=Measure(_exact(quantity, QUANTITY_SCALE), unit) if quantity is not None else None,
        ),
        invoice_line=InvoiceLine(item_charge_amount=_money(row["item_amount"], row["currency"])),
    )


def ucr_of(row: Row) -> str:
    """Return the consignment's reference as declarants make it: year, operator, hyphen, their own number."""
    trader = row["importer"] or row["exporter"]
    return f"{row['occurred'].year % 10}{trader}-{_digits(9, 'order', row['declaration'])}"


def _named(operator: str) -> Party:
    """Return a party by its number where it is registered here, else by name and address too."""
    return Party(name=company_name(operator), id=operator, address=address_of(operator))


def _abroad(row: Row) -> Address:
    return address_of(row["country_of_destination"] + _digits(9, "consignee", row["declaration"]))


def _money(thousandths: int, currency: str) -> Amount:
    return Amount(_exact(thousandths, MONEY_SCALE), currency)


def _mass(milligrams: int) -> Measure:
    return Measure(_exact(milligrams, MASS_SCALE), "KGM")


def _exact(number: int, scale: int) -> Decimal:
    value = (Decimal(number) / scale).normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def _digits(count: int, *words: object) -> str:
    return str(stream(*words) % 10**count).zfill(count)


def _container(reference: str, place: int) -> str:
    """Return a container number of ISO 6346 with a good check digit."""
    bare = ("MSTU", "CTGU", "OCNU")[stream("owner", reference) % 3] + _digits(
        6, "container", reference, place
    )
    return bare + str(iso6346.calc_check_digit(bare))
