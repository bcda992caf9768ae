"""What the tariff's tests assess: goods items, and tables small enough to reckon by hand."""

from datetime import UTC, datetime

import polars as pl

from tidegate.declarations.duty_frame import DUTY_COLUMNS
from tidegate.declarations.frame import GOODS_ITEM_COLUMNS
from tidegate.tariff import MEASURE_FIELDS, TariffTables, Tax, exchange_table, measure_table

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
DUTY = Tax(type="A00", name="customs duty", duty=True)
VAT = Tax(type="B00", name="value added tax", on=("A00",))


def items(*rows: dict) -> pl.DataFrame:
    """Return goods items: ordinary ones, but for what each row says."""
    ordinary = {
        "occurred": DAY,
        "declaration_type": "IMA",
        "procedure": "4000",
        "commodity": "84145925",
        "origin": "CN",
        "item_amount": 100_000,
        "currency": "XTS",
    }
    whole = [{"declaration": f"D{n}", "item": 1, **ordinary, **row} for n, row in enumerate(rows, start=1)]
    columns = {**GOODS_ITEM_COLUMNS, **DUTY_COLUMNS}
    return pl.DataFrame([{column: row.get(column) for column in columns} for row in whole], schema=columns)


def rate(tax: str, rate: str, commodity: str = "", **parts: str) -> dict[str, str]:
    """Return one row of a table of measures."""
    return {
        **dict.fromkeys(MEASURE_FIELDS, ""),
        "kind": "vat" if tax == "B00" else "duty",
        "tax": tax,
        "commodity": commodity,
        "rate": rate,
        "from": "2020-01-01",
        "source": "test",
        **parts,
    }


def exchange(currency: str, of: str, start: str = "2020-01-01", until: str = "") -> dict[str, str]:
    """Return one row of a table of exchange rates."""
    return {"currency": currency, "from": start, "until": until, "rate": of}


def tables(rates, exchanges=(), taxes=(DUTY, VAT), minor_digits=2, **parts) -> TariffTables:
    """Return the tables of an administration that accounts in XTS."""
    return TariffTables(
        currency="XTS",
        minor_digits=minor_digits,
        taxes=taxes,
        due_procedures=frozenset({"40"}),
        measures=measure_table(rates, "XTS"),
        exchange=exchange_table(exchanges),
        **parts,
    )
