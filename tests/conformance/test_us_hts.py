"""The whole schedule of the United States: every text is read or told, printed and read again, and placed."""

import json
import time
from datetime import date

import pytest
from click.testing import CliRunner

from tests.shared_data import shared_data
from tidegate.cli import cli
from tidegate.tariff.nomenclature import Nomenclature, explain, judge_rates, read_harmonized, read_us_hts
from tidegate.tariff.rates import UnreadRate, print_rate, read_rate

DATA = shared_data()
pytestmark = pytest.mark.skipif(DATA is None, reason="the shared data is not beside the project")


@pytest.fixture(scope="module")
def schedule():
    return read_us_hts(DATA / "us_hts")


@pytest.fixture(scope="module")
def tree(schedule):
    return Nomenclature(schedule)


def test_every_cell_is_counted_and_hardly_any_is_unread(schedule):
    judged = judge_rates(schedule)
    general, special = judged.columns["general"], judged.columns["special"]
    assert general.strings + special.strings == 23_474
    assert general.unread + special.unread <= 1
    assert general.reference + special.reference == 1_844
    for counts in judged.columns.values():
        assert counts.strings == counts.read + counts.reference + counts.unread
    assert {cell.unread.text for cell in judged.unread if cell.column == "other"} == {"37% /", ":"}


def test_what_is_printed_reads_the_same_again_for_every_text(schedule):
    texts = schedule.rates["text"].unique().to_list()
    assert len(texts) > 2_400
    rates = [rate for text in texts if not isinstance(rate := read_rate(text), UnreadRate)]
    assert [rate for rate in rates if read_rate(print_rate(rate)) != rate] == []


def test_every_number_of_a_text_is_in_its_components(schedule):
    """No figure is lost and none appears: the digits of all amounts and per cents are those of the text."""
    texts = [text for text in schedule.rates["text"].unique() if "%" in text or "¢" in text or "$" in text]
    for text in texts:
        rate = read_rate(text)
        if isinstance(rate, UnreadRate):
            continue
        with_number = [one for one in rate.components if one.kind in {"ad_valorem", "specific"}]
        signs = sum(text.count(sign) for sign in "%¢$")
        assert len(with_number) == signs, text


def test_the_tree_is_whole(schedule, tree):
    assert len(tree) == 35_810
    assert schedule.codes.filter(schedule.codes["code"] != "").height == 29_798
    for code in schedule.codes["code"].unique().to_list()[::50]:
        if not code:
            continue
        coded = [step.code for step in tree.path(code) if step.code.isdigit()]
        assert coded[0] == code[:2]
        assert coded[-1] == code
        assert all(code.startswith(step) for step in coded)


def test_every_leaf_of_the_first_97_chapters_has_a_general_rate(schedule, tree):
    below = set(schedule.codes["parent"].drop_nulls())
    leaves = [
        (row, code)
        for row, code in schedule.codes.select("row", "code").iter_rows()
        if row not in below and code and code < "98"
    ]
    without = [code for _, code in leaves if "general" not in {one.column for one in tree.rates(code)}]
    assert len(leaves) > 18_000
    assert without == []


def test_parts_of_hair_clippers_are_explained(tree):
    told = explain(tree, "8510.90.55.00", date(2025, 6, 1))
    assert [step.code for step in told.path] == ["XVI", "85", "8510", "851090", "8510905500"]
    said = {column.column: [group.words for group in column.groups] for column in told.rates}
    assert said == {"general": ["4.2 % of the value"], "special": ["free"], "other": ["40 % of the value"]}
    assert [note.text for note in told.notes] == ["See 9903.88.03."]


def test_the_harmonized_system_is_a_tree_of_its_own():
    tree = Nomenclature(read_harmonized(DATA / "hs" / "harmonized-system.csv"))
    assert len(tree) == 6_939
    assert [step.code for step in tree.path("851090")] == ["XVI", "85", "8510", "851090"]


def test_the_commands_load_and_explain_the_schedule(tmp_path):
    node = str(tmp_path / "node")
    run = CliRunner().invoke
    assert run(cli, ["init", node]).exit_code == 0
    start = time.monotonic()
    loaded = run(cli, ["tariff", "load", "us-hts", str(DATA / "us_hts"), "--node", node, "--json"])
    assert time.monotonic() - start < 60
    assert loaded.exit_code == 0
    *unread, last = map(json.loads, loaded.stdout.splitlines())
    assert (last["rows"], last["codes"]) == (35_810, 29_798)
    assert len(unread) == last["general"]["unread"] + last["special"]["unread"]
    assert all(set(one) == {"code", "column", "text", "finding"} for one in unread)
    told = run(cli, ["tariff", "explain", "8510.90.55.00", "--node", node, "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["rates"]["general"]["groups"][0]["words"] == "4.2 % of the value"
    missing = run(cli, ["tariff", "explain", "8510.90.99.00", "--node", node, "--json"])
    assert missing.exit_code == 1
    assert "8510.90.55.00" in json.loads(missing.stdout)["missing"]
    found = run(cli, ["tariff", "search", "hair", "clippers", "--node", node, "--json"])
    assert json.loads(found.stdout.splitlines()[0])["code"] == "851020"
