import pytest

from tests.unit.tariff.nomenclature.making import write_csv
from tidegate.tariff.nomenclature import (
    BadScheduleError,
    Correlation,
    Nomenclature,
    read_correlation,
    read_plain,
)

ROWS = [
    ("851770", "851771", "2017", "2022"),
    ("851770", "851779", "2017", "2022"),
    ("850619", "850680", "2017", "2022"),
    ("854890", "", "2017", "2022"),
    ("850680", "850681", "2022", "2027"),
    ("851779", "851778", "2022", "2027"),
]


@pytest.mark.parametrize(
    ("code", "end", "to", "outcome"),
    [
        ("8506.19", "2022", ("850680",), "one"),
        ("851770", "2022", ("851771", "851779"), "many"),
        ("854890", "2022", (), "gone"),
        ("850619", "2027", ("850681",), "one"),
        ("851770", "2027", ("851771", "851778"), "many"),
        ("999999", "2022", (), "unlisted"),
    ],
)
def test_what_became_of_a_code_is_told_as_it_is(code, end, to, outcome):
    carried = Correlation(ROWS).carry(code, "2017", end)
    assert (carried.to, carried.outcome) == (to, outcome)


def test_a_code_no_table_lists_is_unchanged_only_where_the_later_edition_has_it(tmp_path):
    later = Nomenclature(read_plain(write_csv(tmp_path / "l.csv", "code,description", "010121,Horses"), "hs"))
    table = Correlation(ROWS)
    assert table.carry("010121", "2017", "2022", later).outcome == "unchanged"
    assert table.carry("010129", "2017", "2022", later).outcome == "unlisted"


def test_editions_that_no_table_joins_are_refused():
    with pytest.raises(BadScheduleError, match="no tables lead from edition 2022 to 2017"):
        Correlation(ROWS).carry("850619", "2022", "2017")


def test_a_table_is_read_from_a_file(tmp_path):
    head = "from_code,to_code,from_edition,to_edition"
    path = write_csv(tmp_path / "c.csv", head, "8506.19,8506.80,2017,2022", "854890,,2017,2022")
    table = read_correlation(path)
    assert table.carry("850619", "2017", "2022").to == ("850680",)
    assert table.carry("854890", "2017", "2022").outcome == "gone"
    with pytest.raises(BadScheduleError, match="row 1: 'x' is no code"):
        read_correlation(write_csv(tmp_path / "d.csv", head, "x,8506.80,2017,2022"))
