"""The director's desk: figures with what lies behind them, as pages and as files."""

import csv
import io
import json
import re

import pytest

from tests.web.lodging import WINE, declaration
from tests.web.people_of import signed_in
from tidegate_web.desks.director.sheets import duration, said
from tidegate_web.people.models import Role

PAGES = ("", "volumes", "revenue", "controls", "waiting")


def _last(node):
    (entry,) = node.journal.read(0, 1_000_000, kinds=["declaration.lodged"])[-1:]
    return next(key.removeprefix("mrn:") for key in entry.keys if key.startswith("mrn:"))


@pytest.fixture
def lodged(asking, node):
    """Lodge a declaration, have it decided on, and return its number."""
    assert asking.cds("", declaration(asking.number)).status_code == 202
    node.catch_up()
    return _last(node)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("lodged")
def test_a_page_says_what_it_shows_and_every_plot_has_its_table(page):
    told = signed_in(Role.DIRECTOR).get(f"/director/{page}").content.decode()
    figures = re.findall(r"<figure.*?</figure>", told, re.DOTALL)
    assert figures
    for one in figures:
        assert re.search(r"<figcaption>\s*<h2>[^<]+</h2>\s*<p>[^<]{10,}</p>\s*</figcaption>", one)
        assert ("data-plot" not in one) or "<table" in one


def test_a_figure_counts_what_happened_and_leads_to_it(lodged):
    browser = signed_in(Role.DIRECTOR)
    answer = browser.get("/director/volumes?sheet=volumes&form=json")
    today = json.loads(answer.content)[-1]
    assert today["lodged"] >= 1
    page = browser.get("/director/volumes").content.decode()
    behind = re.search(r'href="(/director/behind\?figure=lodged[^"]+)"', page)[1].replace("&amp;", "&")
    assert lodged in browser.get(behind).content.decode()


@pytest.mark.usefixtures("lodged")
def test_csv_and_json_say_the_same():
    browser = signed_in(Role.DIRECTOR)
    as_csv = browser.get("/director/volumes?sheet=channels&form=csv")
    as_json = browser.get("/director/volumes?sheet=channels&form=json")
    assert 'filename="channels.csv"' in as_csv["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(as_csv.content.decode())))
    assert [(one["channel"], int(one["assigned"])) for one in rows] == [
        (one["channel"], int(one["assigned"])) for one in json.loads(as_json.content)
    ]
    assert sum(int(one["assigned"]) for one in rows)


@pytest.mark.usefixtures("lodged")
def test_a_sheet_that_there_is_not_is_not_found():
    assert signed_in(Role.DIRECTOR).get("/director/revenue?sheet=secrets&form=csv").status_code == 404


@pytest.mark.usefixtures("lodged")
def test_days_in_the_wrong_order_are_told_and_kept():
    answer = signed_in(Role.DIRECTOR).get("/director/?since=2026-03-05&until=2026-03-01")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The last day is before the first." in page
    assert 'value="2026-03-05"' in page


@pytest.mark.usefixtures("lodged")
def test_what_is_no_day_is_told():
    answer = signed_in(Role.DIRECTOR).get("/director/?since=yesterday")
    assert answer.status_code == 422
    assert 'value="yesterday"' in answer.content.decode()


def test_the_acts_behind_a_consignment_are_shown_without_who_lodged_it(lodged, asking):
    page = signed_in(Role.DIRECTOR).get(f"/director/acts/{lodged}").content.decode()
    assert "Declaration lodged" in page
    assert "Channel assigned" in page
    assert asking.number not in page


def test_a_director_is_led_to_figures_alone_and_an_analyst_to_the_whole_consignment(lodged):
    of_director = signed_in(Role.DIRECTOR).get(f"/director/acts/{lodged}").content.decode()
    of_analyst = signed_in(Role.ANALYST).get(f"/director/acts/{lodged}").content.decode()
    assert f"/officer/consignments/{lodged}" not in of_director
    assert f"/officer/consignments/{lodged}" in of_analyst


@pytest.mark.usefixtures("lodged")
def test_a_number_or_a_figure_that_there_is_not_is_not_found():
    browser = signed_in(Role.DIRECTOR)
    assert browser.get("/director/acts/26XANOSUCHNUMBER00").status_code == 404
    assert browser.get("/director/behind?figure=everything").status_code == 404


@pytest.mark.usefixtures("lodged")
def test_what_waits_is_listed_by_holder():
    page = signed_in(Role.DIRECTOR).get("/director/behind?figure=waiting&holder=agency").content.decode()
    assert "There is none." in page


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "at once"), (59, "59 s"), (7199, "120 min"), (7200, "2.0 h"), (172_800, "2.0 d")],
)
def test_times_read_well(seconds, told):
    assert duration(seconds) == told


def test_shares_are_rounded_and_not_cut_off():
    assert said(0.30372, "share") == "30.4 %"
    assert said(None, "share") == "–"  # noqa: RUF001 - the dash of an empty cell


@pytest.mark.parametrize(("sheet", "named"), [("chapters", "chapter=22"), ("taxes", "tax=B00")])
def test_revenue_by_tax_and_by_chapter_leads_to_what_owes_it(asking, node, sheet, named):
    assert asking.cds("", declaration(asking.number, goods=WINE)).status_code == 202
    node.catch_up()
    browser = signed_in(Role.DIRECTOR)
    page = browser.get("/director/revenue").content.decode()
    figure = re.search(rf'<figure[^>]*id="{sheet}".*?</figure>', page, re.DOTALL)[0]
    links = [one.replace("&amp;", "&") for one in re.findall(r'href="(/director/behind[^"]+)"', figure)]
    (behind,) = [one for one in links if named in one]
    page = browser.get(behind).content.decode()
    assert _last(node) in page
    assert "10,000 decided on last" in page


def test_controls_are_told_by_channel_too(lodged):
    rows = json.loads(
        signed_in(Role.DIRECTOR).get("/director/controls?sheet=channels-found&form=json").content
    )
    assert sum(one["decided"] for one in rows) >= 1
    assert lodged
