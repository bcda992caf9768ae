"""A declaration lodged by form, as traders and brokers do it; and what officers do on its page."""

import re

EXPORTER = {
    "exporter": "Cycle Works",
    "exporter_line": "1 Wheel Street",
    "exporter_city": "Taichung",
    "exporter_country": "TW",
}
BICYCLES = {
    "code": "8712000000",
    "description": "Bicycles for adults, with 24 gears",
    "origin": "TW",
    "price": "12000",
    "gross": "900",
    "net": "820",
    "packages": "60",
}
BY_SEA = {"export_country": "TW", "means": "9074729", "location": "XAPRT001", "incoterm_place": "Port"}


def fill(page, **said):
    """Fill in the first field of each name, of whatever kind it is."""
    for name, text in said.items():
        field = page.locator(f"[name='{name}']").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)


def keep_step(page, where):
    """Keep a step, and go on to the one whose address has ``where``."""
    page.locator("p.row button[value=next]").click()
    page.wait_for_url(re.compile(where))


def fill_in(one, **about):
    """Fill in a declaration of bicycles, up to the step where it is checked."""
    page = one.goto("/trader/lodge").page
    page.get_by_role("button", name="Begin a declaration").click()
    page.wait_for_url("**/about")
    fill(page, **EXPORTER, **about)
    keep_step(page, r"/goods/1")
    fill(page, **BICYCLES)
    keep_step(page, r"/transport")
    fill(page, **BY_SEA)
    keep_step(page, r"/check")


def lodge(one, **about):
    """Lodge a declaration of bicycles, wait until it is assessed, and return its number."""
    fill_in(one, **about)
    one.page.get_by_role("button", name="Lodge the declaration").click()
    one.page.wait_for_url(re.compile(r"/trader/consignments/\w{18}$"))
    one.page.get_by_text("How it comes about").first.wait_for(state="attached", timeout=60_000)
    return one.page.url.rpartition("/")[2]


def send(one, end, **said):
    """Fill in the form whose address ends so, and send it; its panel is opened first."""
    form = one.page.locator(f"form[action$='{end}']").first
    form.evaluate("one => { const panel = one.closest('details'); if (panel) { panel.open = true; } }")
    for name, text in said.items():
        field = form.locator(f"[name='{name}']").first
        kind = field.get_attribute("type")
        if kind == "radio":
            form.locator(f"[name='{name}'][value='{text}']").check()
        elif kind == "file":
            field.set_input_files(text)
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    with one.page.expect_navigation():
        form.locator("button:visible").last.click()
