"""The reduced data set for low-value consignments (H7): its columns, and its rows as goods items.

A row is one consignment with one goods item, stated as text. The columns are named as those of the
goods-item frame are, where there is one, and each has its place in a full declaration.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.duty_frame import DUTY_COLUMNS
from tidegate.declarations.frame import GOODS_ITEM_COLUMNS, MASS_SCALE, MONEY_SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

REDUCED_TYPE = "H7"
FISCAL_ROLE = (
    "FR5"  # the seller registered for the import scheme (Implementing Regulation (EU) 2015/2447, annex B)
)

_SHIPMENT = "GoodsShipment"
_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"


class ReducedColumn(msgspec.Struct, frozen=True):
    """A column: its place in a full declaration, what it says, and whether every row needs it."""

    place: str
    meaning: str
    needed: bool = False


REDUCED_COLUMNS: dict[str, ReducedColumn] = {
    "lrn": ReducedColumn(
        "FunctionalReferenceID", "your own reference of the consignment, used once", needed=True
    ),
    "transport_document": ReducedColumn(
        f"{_ITEM}/AdditionalDocument[1]/ID",
        "the transport document: house waybill, parcel number (this or the UCR)",
    ),
    "ucr": ReducedColumn(
        f"{_SHIPMENT}/UCR/TraderAssignedReferenceID", "the UCR (this or the transport document)"
    ),
    "importer": ReducedColumn(f"{_SHIPMENT}/Importer/Name", "the consignee, by name or number", needed=True),
    "exporter": ReducedColumn("Exporter/Name", "who sends the goods"),
    "seller": ReducedColumn(f"{_SHIPMENT}/Seller/Name", "the seller or the platform"),
    "fiscal_reference": ReducedColumn(
        f"{_SHIPMENT}/DomesticDutyTaxParty[1]/ID",
        "the number in the import scheme (IOSS) of the seller or platform, with F48",
    ),
    "procedure": ReducedColumn(
        f"{_ITEM}/GovernmentProcedure[1]/CurrentCode", "both procedures, 4000", needed=True
    ),
    "additional_procedure": ReducedColumn(
        f"{_ITEM}/GovernmentProcedure[2]/CurrentCode",
        "the additional procedures, with a space between: C07, C08, F48, F49",
        needed=True,
    ),
    "commodity": ReducedColumn(
        f"{_ITEM}/Commodity/Classification[1]/ID", "the commodity code: 6, 8 or 10 digits", needed=True
    ),
    "description": ReducedColumn(f"{_ITEM}/Commodity/Description", "what the goods are", needed=True),
    "item_amount": ReducedColumn(
        f"{_ITEM}/Commodity/InvoiceLine/ItemChargeAmount", "the price, without carriage: 19.90", needed=True
    ),
    "currency": ReducedColumn(
        f"{_ITEM}/Commodity/InvoiceLine/ItemChargeAmount",
        "the currency of the price, by ISO 4217",
        needed=True,
    ),
    "gross_mass": ReducedColumn(
        f"{_ITEM}/Commodity/GoodsMeasure/GrossMassMeasure", "kilograms, with up to six decimals", needed=True
    ),
    "packages": ReducedColumn(f"{_ITEM}/Packaging[1]/QuantityQuantity", "the number of packages"),
    "origin": ReducedColumn(f"{_ITEM}/Origin[1]/CountryCode", "the country of origin, by ISO 3166-1"),
    "country_of_export": ReducedColumn(
        f"{_SHIPMENT}/ExportCountry/ID", "the country the goods were sent from, by ISO 3166-1", needed=True
    ),
}

# What is journalled of a row: its number in the upload from 1 on, what it states, and a row that was not read
# as it came, with what stood against reading it.
ROW_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    **{name: pl.String() for name in REDUCED_COLUMNS},
    "unread": pl.String(),
    "wrong": pl.String(),
}


class _Dated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"start": "from"}):
    start: date
    until: date | None = None
    source: str

    def in_force(self, on: date) -> bool:
        return self.start <= on and (self.until is None or on <= self.until)


class Ground(_Dated, frozen=True, kw_only=True, rename={"start": "from"}):
    """An additional procedure by which a consignment may be declared so, up to a value in whole currency."""

    code: str
    up_to: Decimal


class Scheme(_Dated, frozen=True, kw_only=True, rename={"start": "from"}):
    """An additional procedure about tax: it needs a platform's number, or lets taxes be paid later."""

    code: str
    needs_number: bool = False
    deferred: frozenset[str] = frozenset()


class Excluded(_Dated, frozen=True, kw_only=True, rename={"start": "from"}):
    """Goods, by the beginning of their code, that the reduced data set is not for."""

    commodity: str


class Platform(_Dated, frozen=True, kw_only=True, rename={"start": "from"}):
    """A seller or platform that is registered for the import scheme."""

    number: str


class LowValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an administration takes in the reduced data set."""

    procedures: frozenset[str]
    grounds: tuple[Ground, ...]
    schemes: tuple[Scheme, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    platforms: tuple[Platform, ...] = ()

    def on(self, day: date) -> LowValue:
        """Return what holds on a day."""
        return msgspec.structs.replace(
            self,
            grounds=tuple(one for one in self.grounds if one.in_force(day)),
            schemes=tuple(one for one in self.schemes if one.in_force(day)),
            excluded=tuple(one for one in self.excluded if one.in_force(day)),
            platforms=tuple(one for one in self.platforms if one.in_force(day)),
        )


class Lodgement(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows of an upload have in common: by it and its row, a consignment has its name."""

    upload: str
    declarant: str
    occurred: datetime
    office: str
    payment_method: str = ""


def reduced_items(rows: pl.DataFrame, lodgement: Lodgement, platforms: Sequence[str]) -> pl.DataFrame:
    """Return rows that were judged to be well made as goods items, in their order.

    The frame has GOODS_ITEM_COLUMNS and those of DUTY_COLUMNS that matter; ``declaration`` is UPLOAD#ROW. Of
    the ``platforms`` whose number counts, the role is stated, by which reliefs are found.
    """
    c = pl.col
    stated: dict[str, pl.Expr] = {
        "declaration": pl.format("{}#{}", pl.lit(lodgement.upload), "row"),
        "item": pl.lit(1),
        "items": pl.lit(1),
        "occurred": pl.lit(lodgement.occurred),
        "declaration_type": pl.lit(REDUCED_TYPE),
        "office": pl.lit(lodgement.office),
        "declarant": pl.lit(lodgement.declarant),
        "packages": c("packages").cast(pl.Int64, strict=False),
        "gross_mass": scaled("gross_mass", MASS_SCALE),
        "item_amount": scaled("item_amount", MONEY_SCALE),
        "payment_method": pl.lit(lodgement.payment_method or None, pl.String),
        "documents": pl.lit(None, pl.String),
    }
    same = [name for name in GOODS_ITEM_COLUMNS if name in rows.columns and name not in stated]
    stated |= {name: c(name) for name in same}
    absent = {name: pl.lit(None) for name in GOODS_ITEM_COLUMNS if name not in stated}
    role = pl.when(c("fiscal_reference").is_in(list(platforms))).then(pl.lit(FISCAL_ROLE))
    return rows.select(
        *((stated | absent)[name].cast(kind).alias(name) for name, kind in GOODS_ITEM_COLUMNS.items()),
        role.cast(DUTY_COLUMNS["fiscal_roles"]).alias("fiscal_roles"),
    )


def scaled(column: str, scale: int) -> pl.Expr:
    """Return decimal text as whole numbers of 1/scale, exactly; null where it is none or too fine."""
    digits = len(str(scale)) - 1
    parts = pl.col(column).str.extract_groups(rf"^(?<whole>\d{{1,12}})(?:\.(?<part>\d{{1,{digits}}}))?$")
    part = parts.struct.field("part").fill_null("").str.pad_end(digits, "0")
    return (parts.struct.field("whole") + part).cast(pl.Int64)
