"""Flat files as goods-item frames, column by column: what analysts bring, read through a mapping.

The same mapping reads declarations one by one (``declarations.flat``); here a whole file becomes a frame at
once, for training and back-tests. The columns that both give are equal (a test compares them). No row is
ever left out: a cell that cannot be read is null, and a finding says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.findings import Finding
from tidegate.declarations.flat_mapping import Mapping, MappingError, Source
from tidegate.declarations.frame import MASS_SCALE, MONEY_SCALE, QUANTITY_SCALE

if TYPE_CHECKING:
    from pathlib import Path

    from tidegate.risk.labels import Labels

# Where the frame's columns come from: places of the WCO Data Model, as ``declarations.frame`` reads them.
_WORDS = {
    "TypeCode": "declaration_type",
    "PresentationOffice/ID": "office",
    "Declarant/ID": "declarant",
    "Agent/ID": "representative",
    "GoodsShipment/Importer/ID": "importer",
    "Exporter/ID": "exporter",
    "GoodsShipment/Seller/ID": "seller",
    "Consignment/Carrier/ID": "carrier",
    "BorderTransportMeans/ModeCode": "transport_mode",
    "GoodsShipment/ExportCountry/ID": "country_of_export",
    "GoodsShipment/Destination/CountryCode": "country_of_destination",
    "GoodsShipment/TradeTerms/ConditionCode": "incoterm",
    "GovernmentProcedure[1]/CurrentCode": "procedure",
    "GovernmentProcedure[2]/CurrentCode": "additional_procedure",
    "Commodity/Classification[1]/ID": "commodity",
    "Commodity/Description": "description",
    "Commodity/DutyTaxFee[1]/DutyRegimeCode": "preference",
    "CustomsValuation/MethodCode": "valuation_method",
    "ExportCountry/ID": "country_of_export",
    "Destination/CountryCode": "country_of_destination",
    "Origin[1]/CountryCode": "origin",
}
_SCALED = {
    "Commodity/GoodsMeasure/NetNetWeightMeasure": ("net_mass", MASS_SCALE),
    "Commodity/GoodsMeasure/GrossMassMeasure": ("gross_mass", MASS_SCALE),
    "Commodity/GoodsMeasure/TariffQuantity": ("supplementary_quantity", QUANTITY_SCALE),
    "Commodity/InvoiceLine/ItemChargeAmount": ("item_amount", MONEY_SCALE),
    "StatisticalValueAmount": ("statistical_amount", MONEY_SCALE),
}
_RATE = "Commodity/DutyTaxFee[1]/TaxRateNumeric"
_STATEMENT = re.compile(r"AdditionalInformation\[(\d+)\]/StatementCode")
_MOMENTS = ("AcceptanceDateTime",)
_SHOWN = 3  # rows named in a finding


class Table(msgspec.Struct, frozen=True):
    """A flat file as a frame: one row a row of the file, in its order.

    ``frame`` has columns of GOODS_ITEM_COLUMNS, and what the mapping reads beside them (``tax_rate``,
    statements by their type: ``tax_type``, ...). With labels it also has ``irregular``, ``grave`` and
    ``known``, null where nothing is said. ``ids`` is the mapping's id as it stands in the file.
    """

    ids: pl.Series
    frame: pl.DataFrame
    findings: tuple[Finding, ...]


def read_table(path: Path, mapping: Mapping, labels: Labels | None = None) -> Table:
    """Read a CSV file (or Parquet, by the suffix) through a mapping.

    Columns that the mapping names and the file lacks are findings, and null in the frame.

    Raises:
        MappingError: the file is no table, or has no column of ids.
        OSError: the file cannot be opened.
    """
    raw = _raw(path, mapping)
    if mapping.id not in raw.columns:
        text = f"the file has no column {mapping.id!r}; it has {', '.join(map(repr, raw.columns))}"
        raise MappingError(mapping.name, str(path), text)
    findings: list[Finding] = []
    columns: dict[str, pl.Series] = {}
    for part in (mapping.declaration, mapping.item):
        for path_of, source in part.items():
            named = _column(path_of, part)
            if named is None or source.computed is not None:
                continue
            column, scale = named
            columns[column] = _read(raw, source, mapping.tables, (column, scale), findings)
    ids = raw[mapping.id]
    places = raw.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(mapping.id).alias("item"),
        pl.len().over(mapping.id).cast(pl.Int32).alias("items"),
    )
    frame = pl.DataFrame({"declaration": ids, **places.to_dict(), **columns})
    if labels is not None:
        frame = _labelled(frame, raw, labels, findings)
    return Table(ids, frame, tuple(findings))


def _raw(path: Path, mapping: Mapping) -> pl.DataFrame:
    try:
        if path.suffix.lower() in {".parquet", ".pq"}:
            return pl.read_parquet(path).select(pl.all().cast(pl.String))
        encoding = (
            "utf8" if mapping.encoding.lower().replace("-", "") in ("utf8", "utf8sig") else mapping.encoding
        )
        table = pl.read_csv(path, separator=mapping.separator, infer_schema=False, encoding=encoding)
    except pl.exceptions.PolarsError as error:
        raise MappingError(mapping.name, str(path), f"the file is no table: {error}") from error
    return table.rename(str.strip)


def _column(path: str, part: dict[str, Source]) -> tuple[str, int | None] | None:
    """Return the frame's column for a place of the Data Model, with its scale; None where there is none."""
    if path in _WORDS:
        return _WORDS[path], None
    if path in _SCALED:
        return _SCALED[path]
    if path in _MOMENTS:
        return "occurred", None
    if path == _RATE:
        return "tax_rate", 0
    statement = _STATEMENT.fullmatch(path)
    if statement is not None:
        kind = part.get(path.replace("StatementCode", "StatementTypeCode"))
        if kind is not None and kind.constant:
            return _STATEMENTS.get(kind.constant, f"statement_{kind.constant.lower()}"), None
    return None


_STATEMENTS = {"TAX": "tax_type", "ORI": "origin_indicator", "PRO": "process_type", "PAY": "payment_method"}


def _read(
    raw: pl.DataFrame,
    source: Source,
    tables: dict[str, dict[str, str]],
    named: tuple[str, int | None],
    findings: list[Finding],
) -> pl.Series:
    column, scale = named
    if source.constant is not None:
        return pl.Series([source.constant] * raw.height, dtype=pl.String)
    assert source.column is not None
    if source.column not in raw.columns:
        text = f"The file has no such column; {column} is taken as not stated in all {raw.height} rows."
        findings.append(Finding("TG-FLAT-COLUMN", f'column "{source.column}"', text))
        kind = pl.Datetime("us", "UTC") if column == "occurred" else pl.Int64 if scale else pl.String
        return pl.Series([None] * raw.height, dtype=pl.Float64 if scale == 0 else kind)
    text_of = pl.col(source.column).str.strip_chars()
    said = raw.select(pl.when(text_of != "").then(text_of).alias(column)).to_series()
    if column == "occurred":
        form = source.date or "%Y-%m-%d"
        value = said.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
    elif scale is not None:
        value = said.cast(pl.Float64, strict=False)
        value = value.set(value.is_nan() | value.is_infinite(), None)
        value = value if scale == 0 else (value * scale).round().cast(pl.Int64, strict=False)
    elif source.table is not None:
        value = said.replace(tables[source.table])
        return _told(said, said.set(~said.is_in(list(tables[source.table])), None), source, findings, value)
    else:
        return said
    return _told(said, value, source, findings, value)


def _told(
    said: pl.Series, read: pl.Series, source: Source, findings: list[Finding], value: pl.Series
) -> pl.Series:
    """Return the value, and tell which cells could not be read."""
    wrong = (said.is_not_null() & read.is_null()).arg_true()
    if len(wrong):
        rows = ", ".join(str(row + 2) for row in wrong[:_SHOWN].to_list())
        more = f" and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
        text = f'"{said[wrong[0]]}" cannot be read here: rows {rows}{more}.'
        findings.append(Finding("TG-FLAT-VALUE", f'column "{source.column}"', text))
    return value


def _labelled(
    frame: pl.DataFrame, raw: pl.DataFrame, labels: Labels, findings: list[Finding]
) -> pl.DataFrame:
    grave = labels.grave.read(raw) if labels.grave else pl.Series([None] * raw.height, dtype=pl.Boolean)
    known = pl.Series([None] * raw.height, dtype=pl.Datetime("us", "UTC"))
    if labels.known is not None and labels.known in raw.columns:
        known = raw[labels.known].str.to_datetime(
            labels.known_format, time_unit="us", time_zone="UTC", strict=False
        )
    irregular = labels.irregular.read(raw)
    unknown = int(irregular.null_count())
    if unknown:
        text = f"{unknown:,} of {raw.height:,} rows have no result that the labels know."
        findings.append(Finding("TG-RISK-LABEL", f'column "{labels.irregular.column}"', text))
    return frame.with_columns(irregular.alias("irregular"), grave.alias("grave"), known.alias("known"))
