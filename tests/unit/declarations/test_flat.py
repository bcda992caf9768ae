"""Flat files become declarations row by row; what is wrong says row and column, and the rest goes on."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal

import polars as pl
import pytest

from tidegate.declarations.flat import MappingError, load_mapping, read_flat
from tidegate.declarations.flat_mapping import shipped
from tidegate.declarations.places import value_at
from tidegate.declarations.stated import Amount, DateTime, Measure

MAPPING = """
name = "example"
id = "no"
[declaration]
"FunctionalReferenceID" = { column = "no" }
"AcceptanceDateTime" = { column = "day", date = "%d.%m.%Y" }
"Declarant/ID" = { column = "who" }
"GoodsItemQuantity" = { computed = "count" }
"TypeCode" = { constant = "IMA" }
[item]
"SequenceNumeric" = { computed = "place" }
"Commodity/GoodsMeasure/NetNetWeightMeasure" = { column = "mass", unit = "KGM" }
"Commodity/InvoiceLine/ItemChargeAmount" = { column = "price", currency_column = "money", currency = "EUR" }
"Origin[1]/CountryCode" = { column = "origin", table = "origins" }
"Origin[1]/TypeCode" = { constant = "1" }
[tables.origins]
"China" = "CN"
[ignored]
"label" = "not declared"
"""
HEAD = "no,day,who,mass,price,money,origin,label"
ROW = "A,05.01.2026,XA1,10.5,100,USD,China,1"
ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[{}]/{}"


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "example.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return load_mapping(path)


@pytest.fixture
def read(tmp_path, mapping):
    def reading(*lines, to=mapping):
        path = tmp_path / "file.csv"
        rows = [line if isinstance(line, bytes) else line.encode() for line in lines]
        path.write_bytes(b"\n".join(rows) + b"\n")
        return list(read_flat(path, to))

    return reading


def found(flat):
    return [(finding.code, finding.location) for one in flat for finding in one.findings]


def test_a_row_becomes_a_goods_item(read):
    (one,) = read(HEAD, ROW)
    declaration = one.declaration
    assert (one.id, one.rows, one.findings) == ("A", (2, 2), ())
    assert declaration.acceptance_date_time == DateTime("20260105", "102")
    assert declaration.declarant.id == "XA1"
    assert value_at(declaration, ITEM.format(1, "Origin[1]/CountryCode")) == "CN"
    measure = value_at(declaration, ITEM.format(1, "Commodity/GoodsMeasure/NetNetWeightMeasure"))
    assert measure == Measure(Decimal("10.5"), "KGM")
    price = value_at(declaration, ITEM.format(1, "Commodity/InvoiceLine/ItemChargeAmount"))
    assert price == Amount(Decimal(100), "USD")


def test_rows_of_one_id_are_one_declaration(read):
    first, second = read(HEAD, ROW, ROW.replace("10.5", "20"), ROW.replace("A,", "B,", 1))
    assert (first.rows, second.rows) == ((2, 3), (4, 4))
    assert first.declaration.goods_item_quantity == Measure(Decimal(2))
    assert value_at(first.declaration, ITEM.format(2, "SequenceNumeric")) == Decimal(2)


def test_an_empty_cell_states_nothing(read):
    (one,) = read(HEAD, "A,05.01.2026,,10.5,100,,,1")
    assert one.declaration.declarant is None
    assert value_at(one.declaration, ITEM.format(1, "Origin")) == ()
    price = value_at(one.declaration, ITEM.format(1, "Commodity/InvoiceLine/ItemChargeAmount"))
    assert price.currency_id == "EUR"


def test_a_text_in_a_number_says_row_and_column_and_the_rest_goes_on(read):
    flat = read(HEAD, ROW, ROW.replace("A,", "B,", 1).replace("10.5", "heavy"), ROW.replace("A,", "C,", 1))
    assert found(flat) == [("TG-FLAT-NUMBER", 'row 3, column "mass"')]
    assert [one.id for one in flat] == ["A", "B", "C"]
    said = value_at(flat[1].declaration, ITEM.format(1, "Commodity/GoodsMeasure"))
    assert said.net_net_weight_measure.value is None
    assert said.beyond[0].text == "heavy"


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("05.01.2026", "2026-01-05", "TG-FLAT-DATE", "day"),
        ("05.01.2026", "31.02.2026", "TG-FLAT-DATE", "day"),
        ("China", "Chna", "TG-FLAT-CODE", "origin"),
        ("100", "1e2", "TG-FLAT-NUMBER", "price"),
        ("100", "1;000", "TG-FLAT-NUMBER", "price"),
    ],
)
def test_a_wrong_cell_says_row_and_column(read, old, new, code, column):
    assert found(read(HEAD, ROW.replace(old, new))) == [(code, f'row 2, column "{column}"')]


def test_what_is_said_once_a_declaration_and_differs_is_told(read):
    flat = read(HEAD, ROW, ROW.replace("XA1", "XA2"))
    assert found(flat) == [("TG-FLAT-DIFFERS", 'row 3, column "who"')]
    assert flat[0].declaration.declarant.id == "XA1"


def test_a_row_without_id_or_with_other_cells_is_told_and_left(read):
    flat = read(HEAD, ROW.replace("A,", ",", 1), "A,1", ROW)
    assert found(flat) == [("TG-FLAT-ID", 'row 2, column "no"'), ("TG-FLAT-ROW", "row 3")]
    assert [one.declaration is None for one in flat] == [True, True, False]


def test_a_wrong_encoding_says_line_and_column(read):
    flat = read(HEAD, ROW.encode().replace(b"XA1", b"XA\xe9"), ROW)
    assert found(flat) == [("TG-FLAT-ENCODING", "line 2, column 16")]
    assert flat[1].declaration is not None


def test_a_cell_over_two_lines_keeps_its_row_number(read):
    flat = read(HEAD, ROW.replace("XA1", '"XA\n1"'), ROW.replace("10.5", "x").replace("A,", "B,", 1))
    assert found(flat) == [("TG-FLAT-NUMBER", 'row 4, column "mass"')]


def test_an_open_quote_is_told_and_memory_stays_bounded(read):
    tracemalloc.start()
    flat = read(HEAD, ROW, '"' + "x" * 3_000_000, ROW)
    assert "TG-FLAT-ROW" in {code for code, _ in found(flat)}
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


def test_a_line_without_end_is_not_held_whole(tmp_path, mapping):
    path = tmp_path / "file.csv"
    with path.open("wb") as file:
        file.write(f"{HEAD}\n".encode())
        file.truncate(100 * 1024 * 1024)
    tracemalloc.start()
    assert {code for code, _ in found(read_flat(path, mapping))} == {"TG-FLAT-ROW"}
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


def test_a_column_that_nobody_reads_is_told(read):
    assert found(read(HEAD + ",colour", ROW + ",red")) == [("TG-FLAT-COLUMN", 'column "colour"')]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("no,day,who,mass,money,origin,label", "mapping example.*no column 'price'"),
        (HEAD + ",no", "names a column twice: no"),
    ],
)
def test_a_file_that_does_not_fit_its_mapping_is_an_error(read, head, why):
    with pytest.raises(MappingError, match=why):
        read(head, ROW)


def test_an_empty_file_is_an_error(tmp_path, mapping):
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    with pytest.raises(MappingError, match="no head"):
        list(read_flat(path, mapping))


def test_a_byte_order_mark_is_no_part_of_a_name(read):
    assert found(read(b"\xef\xbb\xbf" + HEAD.encode(), ROW)) == []


def test_parquet_reads_as_the_same_declarations(read, tmp_path, mapping):
    rows = [ROW, ROW.replace("A,", "B,", 1).replace("China", "")]
    frame = pl.DataFrame([row.split(",") for row in rows], schema=HEAD.split(","), orient="row")
    frame = frame.with_columns(pl.col("mass").cast(pl.Float64), pl.col("origin").replace("", None))
    frame.write_parquet(tmp_path / "file.parquet")
    assert list(read_flat(tmp_path / "file.parquet", mapping)) == read(HEAD, *rows)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('name = "example"', "", "missing required field"),
        ('name = "example"', "name = ", "is not TOML"),
        ('name = "example"', 'name = "example"\nencoding = "utf-16"', "encoding"),
        ('name = "example"', 'name = "example"\nseparator = "ab"', "one character"),
        ('"Declarant/ID"', '"Declarant/Colour"', "no declaration has this place"),
        ('"Declarant/ID"', '"Declarant[2]/ID"', "no declaration has this place"),
        ('"Declarant/ID"', '"TypeCode/ID"', "no declaration has this place"),
        ('"Origin[1]/TypeCode"', '"Origin/TypeCode"', "no declaration has this place"),
        ('"Declarant/ID"', '"AdditionalDocument[2]/ID"', "no declaration has this place"),
        ('table = "origins"', 'table = "else"', "tables.else"),
        ('{ constant = "1" }', '{ constant = "1", column = "who" }', "give one of"),
        ('{ constant = "1" }', "{ colour = 1 }", "unknown field"),
    ],
)
def test_a_wrong_mapping_says_what_would_be_right(tmp_path, old, new, why):
    path = tmp_path / "wrong.toml"
    path.write_text(MAPPING.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MappingError, match=why):
        load_mapping(path)


def test_a_mapping_that_is_not_there_names_those_that_are():
    with pytest.raises(MappingError, match="one of korea"):
        load_mapping("corea")


@pytest.mark.parametrize("name", shipped())
def test_what_ships_loads_by_its_name(name):
    assert load_mapping(name).name == name
