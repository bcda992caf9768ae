from datetime import date

import pytest

from tests.unit.tariff.nomenclature.making import write_csv
from tidegate.tariff.nomenclature import BadScheduleError, Nomenclature, read_plain

HEAD = "code,description,unit,from,until,parent,rate,rate:preference"


def read(tmp_path, *lines):
    return Nomenclature(read_plain(write_csv(tmp_path / "xa.csv", *lines), "xa"))


def texts(tree, code, on=None):
    return {one.column: one.text for one in tree.rates(code, on)}


def test_two_columns_are_enough(tmp_path):
    tree = read(tmp_path, "code,description", "8510,Shavers", "851010,Shavers proper", "85101000,For men")
    assert [step.code for step in tree.path("8510.10.00")] == ["XVI", "85", "8510", "851010", "85101000"]
    assert len(tree) == 3


def test_a_code_lies_below_its_longest_beginning_wherever_that_stands(tmp_path):
    tree = read(tmp_path, "code,description", "85101000,For men", "8510,Shavers")
    assert [step.code for step in tree.path("85101000")][2:] == ["8510", "85101000"]


def test_a_stated_parent_goes_before_the_digits(tmp_path):
    lines = ["851090,Parts,,,,8509,,", "8510,Shavers,,,,,,", "8509,Appliances,,,,,,"]
    tree = read(tmp_path, HEAD, *lines)
    assert [step.code for step in tree.path("851090")][2:] == ["8509", "851090"]


def test_a_beginning_of_several_codes_is_none_of_them(tmp_path):
    tree = read(tmp_path, "code,description", "85101000,Shavers", "85102000,Clippers", "85102010,Small")
    assert tree.find("8510") is None
    assert tree.find("8510.20") is None
    assert tree.find("8510.10").code == "85101000"


def test_units_and_rates_are_kept(tmp_path):
    tree = read(tmp_path, HEAD, "8510,Shavers,No.; kg,,,,5%,Free")
    assert tree.units("8510") == ("No.", "kg")
    assert texts(tree, "8510") == {"general": "5%", "preference": "Free"}


def test_a_code_holds_on_its_days_only(tmp_path):
    tree = read(
        tmp_path,
        HEAD,
        "8510,Shavers,,2020-01-01,2021-12-31,,5%,",
        "8510,Shavers and more,,2022-01-01,,,6%,",
        "851010,Of steel,,2022-01-01,2022-12-31,,,",
    )
    on = {day: date.fromisoformat(day) for day in ("2019-12-31", "2021-12-31", "2022-01-01", "2023-01-01")}
    assert tree.find("8510", on["2019-12-31"]) is None
    assert tree.find("8510", on["2021-12-31"]).description == "Shavers"
    assert tree.find("8510", on["2022-01-01"]).description == "Shavers and more"
    assert texts(tree, "8510", on["2021-12-31"]) == {"general": "5%"}
    assert [step.description for step in tree.path("851010", on["2022-01-01"])][2:] == [
        "Shavers and more",
        "Of steel",
    ]
    assert tree.children("8510", on["2023-01-01"]) == ()
    assert [one.valid_from.year for one in tree.known("8510")] == [2020, 2022]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["code,text", "1,x"], "column description is missing"),
        (["code,description,colour", "1,x,y"], "the column 'colour' is not known"),
        (["code,description,code", "1,x,1"], "the column 'code' stands twice"),
        (["code,description", "01,x,y"], "row 1: it does not have 2 cells"),
        (["code,description", "ab,x"], "row 1: 'ab' is no code"),
        (["code,description", ",x"], "row 1: '' is no code"),
        (["code,description,from", "01,x,1.2.2020"], "'1.2.2020' is no date"),
        (["code,description,from,until", "01,x,2020-02-01,2020-01-01"], "before it begins"),
        (["code,description,parent", "0101,x,01"], "the parent 01 is in no row"),
        (["code,description,parent", "0101,x,0102", "0102,y,0101"], "lies below itself"),
        (["code,description", "01,x", "01,y"], "code 01 stands twice"),
        (
            ["code,description,from,until", "01,x,2020-01-01,", "01,y,2021-01-01,"],
            "row 2: code 01 stands twice for the same days",
        ),
        (
            ["code,description,from,until", "01,x,2020-01-01,2021-06-30", "01,y,2021-06-30,"],
            "row 2: code 01 stands twice for the same days",
        ),
        (["code,description", '01,"x'], "no CSV file"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_with_its_place(tmp_path, lines, told):
    with pytest.raises(BadScheduleError, match=told):
        read(tmp_path, *lines)


def test_another_encoding_is_refused(tmp_path):
    path = tmp_path / "xa.csv"
    path.write_bytes("code,description\n01,Kälber\n".encode("latin-1"))
    with pytest.raises(BadScheduleError, match="no CSV file in UTF-8"):
        read_plain(path, "xa")
