import json

import pytest

from tests.unit.tariff.nomenclature.making import HORSES, hts_row, write_chapter
from tidegate.tariff.nomenclature import BadScheduleError, Nomenclature, judge_rates, read_us_hts


@pytest.fixture
def tree(tmp_path):
    return Nomenclature(read_us_hts(write_chapter(tmp_path / "hts"), edition="test"))


def codes(provisions):
    return [provision.code for provision in provisions]


def test_indents_make_the_tree(tree):
    assert codes(tree.children("0101")) == ["", "0101300000"]
    assert codes(tree.children("0101.21.00")) == ["0101210010", "0101210020"]
    assert codes(tree.codes_below("0101")) == ["01012100", "01012900", "0101300000"]
    assert codes(tree.siblings("0101.21.00")) == ["01012900"]


def test_the_path_begins_with_our_labels_of_section_and_chapter(tree):
    path = tree.path("0101.21.00.10")
    assert codes(path) == ["I", "01", "0101", "", "01012100", "0101210010"]
    assert [step.description for step in path[:2]] == ["Animals and what comes from them", "Live animals"]


def test_rates_are_inherited_from_the_nearest_row_that_has_any(tree):
    stated = tree.rates("0101.21.00.10")
    assert [(one.column, one.text, one.provision.code) for one in stated] == [
        ("general", "Free", "01012100"),
        ("other", "Free", "01012100"),
    ]
    assert tree.rates("0101") == ()


def test_a_column_printed_again_below_leaves_the_others_inherited(tmp_path):
    rows = [
        ("0", "0101", "Horses", {"general": "5%", "other": "20%"}),
        ("1", "0101.10.00", "Black", {"other": "30%"}),
    ]
    tree = Nomenclature(read_us_hts(write_chapter(tmp_path, 1, rows)))
    assert {one.column: one.text for one in tree.rates("0101.10.00")} == {"other": "30%", "general": "5%"}


def test_units_are_told_one_by_one_and_blank_ones_are_none(tree):
    assert tree.units("0101.21.00.20") == ("No.", "kg")
    assert tree.units("0101.30.00.00") == ("No.",)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("0102", "0102000000"),
        ("0102.00", "0102000000"),
        ("0101.29.00.00", "01012900"),
        ("010130", "0101300000"),
        ("0101 21 00", "01012100"),
    ],
)
def test_digits_that_add_nothing_may_be_left_out_or_filled_up(tree, asked, found):
    assert tree.find(asked).code == found


@pytest.mark.parametrize("asked", ["0101.21.00.00", "0101.00.00.00", "010121001", "0103", "01", "", "horse"])
def test_a_code_that_the_schedule_does_not_have_is_not_found(tree, asked):
    assert tree.find(asked) is None


def test_a_code_lies_only_under_beginnings_of_itself_whatever_the_indents_say(tmp_path):
    rows = [
        ("0", "9823.52.02", "Suits", {}),
        ("1", "9823.52.03", "Suits of another kind, indented one too far", {}),
        ("2", "9823.52.03.10", "Of wool", {}),
    ]
    tree = Nomenclature(read_us_hts(write_chapter(tmp_path, 98, rows)))
    assert codes(tree.path("9823.52.03.10")) == ["98", "98235203", "9823520310"]


def test_every_rate_text_is_counted_and_the_unread_are_listed(tmp_path):
    further = [
        ("0", "0103", "Swine", {"general": "See note 1"}),
        ("0", "0104", "Sheep", {"general": "The duty provided in the applicable subheading + 25%"}),
        ("0", "0105", "Poultry", {"general": " "}),
    ]
    judged = judge_rates(read_us_hts(write_chapter(tmp_path, 1, [*HORSES, *further])))
    general = judged.columns["general"]
    assert (general.strings, general.read, general.reference, general.unread) == (6, 4, 1, 1)
    (cell,) = judged.unread
    assert (cell.code, cell.column, cell.unread.text) == ("0102000000", "general", "1¢/kg + ?")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([hts_row("x", "0101", "")], "row 1: the indent is a number"),
        ([hts_row("0", "0201", "")], "0201 is not of chapter 01"),
        ([hts_row("0", "01-a", "")], "'01-a' is no code"),
        ([hts_row("0", "0101", ""), hts_row("0", "01.01", "")], "row 2: code 0101 stands twice"),
        ([{"htsno": 101}], "Expected `str`"),
        ({"rows": []}, "Expected `array`"),
    ],
)
def test_a_chapter_that_is_not_as_it_should_be_is_refused_with_its_place(tmp_path, rows, told):
    write_chapter(tmp_path)
    (tmp_path / "1.json").write_text(json.dumps(rows))
    with pytest.raises(BadScheduleError, match=told.replace("(", r"\(")):
        read_us_hts(tmp_path)


def test_a_file_cut_short_is_refused(tmp_path):
    write_chapter(tmp_path)
    text = (tmp_path / "1.json").read_text()
    (tmp_path / "1.json").write_text(text[: len(text) // 2])
    with pytest.raises(BadScheduleError, match=r"1\.json: .*truncated"):
        read_us_hts(tmp_path)


def test_a_folder_without_chapters_is_refused(tmp_path):
    with pytest.raises(BadScheduleError, match="no chapters are there"):
        read_us_hts(tmp_path)
    write_chapter(tmp_path, 77, [])
    write_chapter(tmp_path, 100, [])
    with pytest.raises(BadScheduleError, match="there is no chapter 100"):
        read_us_hts(tmp_path)


def test_the_digest_of_the_source_is_of_names_and_bytes(tmp_path):
    first = read_us_hts(write_chapter(tmp_path)).source
    assert read_us_hts(write_chapter(tmp_path)).source == first
    (tmp_path / "1.json").rename(tmp_path / "01.json")
    assert read_us_hts(tmp_path).source != first
