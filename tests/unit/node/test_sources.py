"""Tables from outside: found, brought into shape, kept in the node's folder; told where they are absent."""

import csv

import pytest

from tests.unit.node.making import clock
from tidegate.node import BadSourceError, create_node, load_administration

HEAD = "commodity_code,additional_codes,origin,duty_regime,tax_type,rate_percent"
NOTIFIED = f"""{HEAD}
8510900000,,US,100,A00,2.00
8543400000,X633,US,100,A00,2.00
8543400000,X640+VATZ,US,100,A00,2.00
8543400000,X640+VATZ,US,100,B00,0.00
0709931000,VATZ,CL,300,A00,0.00
7210122010,,RU,100,A20,25.00
"""


def data(folder, notified=NOTIFIED, exchange="EUR,2023-01-01,2023-01-31,1.1652\n"):
    for name, text in (("cds/measures.csv", notified), ("rates/hmrc_exchange_rates_2020_2023.csv", exchange)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_sources_become_tables_of_the_node(tmp_path):
    assert create_node(tmp_path / "node", "uk", clock, data=data(tmp_path / "data")) == []
    tables = tmp_path / "node" / "tables"
    told = [
        (row["kind"], row["tax"], row["additional_codes"], row["rate"])
        for row in rows(tables / "measures.csv")
    ]
    assert told == [
        ("duty", "A00", "", "2.00%"),
        ("duty", "A00", "", "2.00%"),
        ("vat", "B00", "X640 VATZ", "0.00%"),
        ("preference", "A00", "", "0.00%"),
        ("safeguard", "A20", "", "25.00%"),
    ]
    tariff = load_administration("uk", tables).terms.tariff
    assert tariff.exchange["currency"].to_list() == ["EUR"]
    assert tariff.measures.measures.filter(tariff.measures.measures["undated"]).height == 5


@pytest.mark.parametrize("where", ["nowhere", None])
def test_sources_that_are_not_there_are_told_and_the_node_is_made_all_the_same(tmp_path, where):
    folder = None if where is None else tmp_path / where
    absent = create_node(tmp_path / "node", "uk", clock, data=folder)
    assert absent == ["published tax notifications", "monthly customs rates of exchange"]
    assert not (tmp_path / "node" / "tables").exists()
    assert load_administration("uk", tmp_path / "node" / "tables").country == "GB"


@pytest.mark.parametrize(
    "changes", [{"notified": "code,rate\n1,2\n"}, {"exchange": "EUR,2023-01-01\n"}, {"notified": ""}]
)
def test_a_source_in_another_shape_is_refused(tmp_path, changes):
    with pytest.raises(BadSourceError) as refused:
        create_node(tmp_path / "node", "uk", clock, data=data(tmp_path / "data", **changes))
    assert refused.value.code == "bad_source"


def test_an_administration_without_sources_asks_for_nothing(tmp_path):
    assert create_node(tmp_path / "node", "demo", clock, data=tmp_path) == []
