"""A trader's main job in a browser: fill in, see the duty, mend, lodge, and see the answer come by itself."""

import re

import pytest

from tests.browser.lodging import EXPORTER, fill, keep_step


@pytest.mark.parametrize("width", ["narrow", "wide"])
def test_a_declaration_is_lodged_by_form_and_answered_by_itself(person, screens, width):
    trader = person("trader", width=width)
    page = trader.page

    def look(name):
        assert trader.violations() == []
        assert trader.overflow() <= 0
        if screens is not None:
            page.screenshot(path=screens / f"trader-{name}-{width}.png", full_page=True)

    page.keyboard.press("n")
    page.wait_for_url("**/trader/lodge")
    page.keyboard.press("n")
    page.wait_for_url("**/about")
    look("about")
    fill(page, **EXPORTER)
    keep_step(page, r"/goods/1")
    page.locator("#id_search").press_sequentially("bicycles")
    page.locator("#codes button", has_text="8712.00").first.click()
    page.wait_for_function("() => document.getElementById('id_code').value === '8712000000'")
    fill(page, description="Bicycles for adults, with 24 gears", origin="TW", price="12000")
    page.locator("#owed .total").wait_for()
    look("goods")
    page.locator("p.row button[value=next]").click()
    page.locator("#errors").wait_for()
    look("goods-wrong")
    assert page.input_value("#id_description") == "Bicycles for adults, with 24 gears"
    fill(page, gross="900", net="820", packages="60")
    keep_step(page, r"/transport")
    fill(page, export_country="TW", means="9074729", location="XAPRT001", incoterm_place="Port")
    keep_step(page, r"/check")
    look("check")
    page.get_by_role("button", name="Lodge the declaration").click()
    page.wait_for_url(re.compile(r"/trader/consignments/\w{18}$"))
    page.get_by_text("How it comes about").first.wait_for(state="attached", timeout=30_000)
    look("consignment")
    complaints = [said for said in trader.complaints if "422" not in said]
    assert complaints == []


def test_a_table_is_sent_in_pieces_and_its_findings_stand_beside_the_rows(person, tmp_path):
    trader = person("trader")
    page = trader.goto("/trader/uploads").page
    table = tmp_path / "parcels.csv"
    columns = (
        "lrn", "transport_document", "importer", "procedure", "additional_procedure", "commodity",
        "description", "item_amount", "currency", "gross_mass", "country_of_export",
    )  # fmt: skip
    rows = [f"P{n},T{n},Somebody,4000,C07,420222,Bag,19.90,XTS,0.4,CN" for n in range(50)]
    table.write_text(
        "\n".join([",".join(columns), *rows, "P99,T99,Somebody,4000,C07,none,Bag,19.90,XTS,0.4,CN"]) + "\n"
    )
    page.set_input_files("#files", table)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile(r"/trader/uploads/[0-9a-f]{32}$"))
    page.get_by_text("51 of 51 rows are decided.").wait_for(timeout=60_000)
    assert page.get_by_text("P99").is_visible()
    assert trader.violations() == []
    assert trader.complaints == []
