"""Uploads are read in parts, whole, with what is wrong told at its row."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from tidegate.declarations.reduced import REDUCED_COLUMNS, ROW_COLUMNS, scaled
from tidegate.declarations.reduced_reading import LONGEST_ROW, BadUploadError, format_of, read_rows

HEAD = ",".join(REDUCED_COLUMNS)
SOUND = "P{0},HAWB{0},,Avery,,Lamps,,4000,C07,940511,Lamp,19.90,EUR,0.85,1,CN,CN"


def written(folder, text, name="in.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows_of(path, size=1000):
    parts = list(read_rows(path, format_of(path.name), size))
    assert all(part.height <= size for part in parts)
    return pl.concat(parts)


def test_rows_are_numbered_from_one_and_blank_cells_state_nothing(tmp_path):
    rows = rows_of(written(tmp_path, "\n".join([HEAD, *(SOUND.format(n) for n in range(5))])), size=2)
    assert dict(rows.schema) == ROW_COLUMNS
    assert rows["row"].to_list() == [1, 2, 3, 4, 5]
    assert rows["lrn"].to_list() == ["P0", "P1", "P2", "P3", "P4"]
    assert rows["ucr"].to_list() == [None] * 5
    assert rows["unread"].null_count() == 5


def test_parts_of_any_size_hold_the_same_rows(tmp_path):
    path = written(tmp_path, "\n".join([HEAD, *(SOUND.format(n) for n in range(23)), "broken,row"]))
    whole = rows_of(path)
    for size in (1, 7):
        assert rows_of(path, size).equals(whole)


def test_a_row_that_breaks_off_is_kept_as_it_came_with_what_is_wrong(tmp_path):
    path = written(tmp_path, "\n".join([HEAD, SOUND.format(1), "P2,HAWB2,,Avery", SOUND.format(3)]))
    rows = rows_of(path)
    assert rows["lrn"].to_list() == ["P1", None, "P3"]
    assert rows["unread"].to_list() == [None, "P2,HAWB2,,Avery", None]
    assert rows["wrong"][1] == "It has 4 cells; the first row names 17 columns."


def test_a_row_in_another_encoding_is_kept_and_the_rest_is_read(tmp_path):
    text = "\n".join([HEAD, SOUND.format(1).replace("Avery", "Ávila"), SOUND.format(2)])
    rows = rows_of(written(tmp_path, text.encode("latin-1")))
    assert rows["lrn"].to_list() == [None, "P2"]
    assert "utf-8" in rows["wrong"][0]


def test_a_row_too_long_is_kept_up_to_a_length_and_told(tmp_path):
    path = written(
        tmp_path, "\n".join([HEAD, SOUND.format(1).replace("Lamp", "x" * 20_000), SOUND.format(2)])
    )
    rows = rows_of(path)
    assert len(rows["unread"][0]) == LONGEST_ROW
    assert "at most 16,384 characters" in rows["wrong"][0]
    assert rows["lrn"][1] == "P2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (HEAD + ",colour\n", "'colour'"),
        (HEAD + ",lrn\n", "a column twice"),
        (HEAD.replace(",commodity", "") + "\n", "lacks the columns commodity"),
    ],
)
def test_a_file_with_another_head_is_refused_with_the_columns_it_needs(tmp_path, text, said):
    with pytest.raises(BadUploadError, match=said):
        rows_of(written(tmp_path, text))


def test_columns_may_stand_in_any_order_and_those_not_needed_may_be_absent(tmp_path):
    names = [name for name, column in REDUCED_COLUMNS.items() if column.needed][::-1]
    rows = rows_of(written(tmp_path, ",".join(names) + "\n" + ",".join(f"<{name}>" for name in names)))
    assert all(rows[name][0] == f"<{name}>" for name in names)
    assert rows["origin"][0] is None


def test_lines_of_json_are_read_with_their_numbers_as_written(tmp_path):
    lines = [
        '{"lrn": "P1", "item_amount": 19.90, "packages": 2, "origin": null}',
        '{"lrn": "P2", "item_amount": "19.90"',
        "",
        '{"lrn": "P3", "colour": "red"}',
        '{"lrn": "P4", "item_amount": [1]}',
    ]
    rows = rows_of(written(tmp_path, "\n".join(lines), "in.ndjson"))
    assert rows["row"].to_list() == [1, 2, 3, 4]
    assert rows.row(0, named=True) | {"lrn": "P1", "item_amount": "19.90", "packages": "2"} == rows.row(
        0, named=True
    )
    assert rows["unread"].to_list() == [None, lines[1], lines[3], lines[4]]
    assert "'colour'" in rows["wrong"][2]


def test_parquet_is_read_as_text_whatever_its_types(tmp_path):
    stated = {name: [None, "x"] for name, column in REDUCED_COLUMNS.items() if column.needed}
    stated |= {"item_amount": [Decimal("19.90"), Decimal("0.05")], "packages": [1, 2]}
    path = tmp_path / "in.parquet"
    pl.DataFrame(stated).write_parquet(path)
    rows = rows_of(path, size=1)
    assert rows["item_amount"].to_list() == ["19.90", "0.05"]
    assert rows["packages"].to_list() == ["1", "2"]
    assert rows["lrn"].to_list() == [None, "x"]


def test_a_parquet_file_that_is_cut_or_broken_says_where(tmp_path):
    names = [name for name, column in REDUCED_COLUMNS.items() if column.needed]
    path = tmp_path / "in.parquet"
    pl.DataFrame({name: [f"{name}{n}" for n in range(4000)] for name in names}).write_parquet(
        path, row_group_size=1000, compression="uncompressed"
    )
    whole = path.read_bytes()
    with pytest.raises(BadUploadError, match="no parquet file"):
        rows_of(written(tmp_path, whole[: len(whole) // 2], "cut.parquet"))
    at = whole.index(b"currency3500")
    broken = written(
        tmp_path, whole[: at - 40_000] + b"\xff" * 39_000 + whole[at - 1_000 :], "broken.parquet"
    )
    with pytest.raises(BadUploadError, match=r"After row \d+ the file cannot be read"):
        rows_of(broken, 100)


def test_a_name_that_says_no_format_is_refused():
    with pytest.raises(BadUploadError, match="csv, parquet, ndjson"):
        format_of("in.xlsx")


@pytest.mark.parametrize(
    ("text", "units"), [("19.9", 19900), ("0", 0), ("7.125", 7125), ("7.1255", None), ("x", None)]
)
def test_decimal_text_is_scaled_exactly_or_not_at_all(text, units):
    assert pl.DataFrame({"a": [text]}).select(scaled("a", 1000)).item() == units
