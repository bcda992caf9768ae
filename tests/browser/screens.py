"""The screenshots that the docs show: `make screens`, which takes them from a living node and reduces them.

Not among the tests by its name. $TIDEGATE_SCREENS says where they go.
"""

import pytest
from PIL import Image

from tests.browser.lodging import BICYCLES, EXPORTER, fill, keep_step

# Each with who looks, where, the links that are followed from there, and on a screen of which width.
SHOWN = {
    "officer-queue": ("officer", ["/officer/queue"], "wide"),
    "officer-consignment": ("supervisor", ["/officer/queue", "a[data-row]"], "wide"),
    "officer-consignment-phone": ("officer", ["/officer/queue", "a[data-row]"], "narrow"),
    "trader-consignments-phone": ("trader", ["/trader/consignments"], "narrow"),
    "trader-consignment": ("trader", ["/trader/consignments", "a[data-row]"], "wide"),
    "director-times": ("director", ["/director/"], "wide"),
    "director-revenue-phone": ("director", ["/director/revenue"], "narrow"),
    "director-revenue": ("director", ["/director/revenue"], "wide"),
    "partners": ("director", ["/partners/"], "wide"),
    "public-tariff-phone": (None, ["/tariff?q=bicycles"], "narrow"),
    "public-duty": (
        None,
        ["/duty?code=8712000000&origin=TW&value=12000&currency=USD&incoterm=FOB&freight=300"],
        "wide",
    ),
}
_COLOURS = 256
_DAYS = 5  # that are played before today
_PATIENCE = 600_000


@pytest.fixture(scope="module", autouse=True)
def _with_history(looker):
    """Wait until the days before today have been played, so that figures have something to tell."""
    director = looker("director", "en")
    for _ in range(240):
        page = director.goto("/director/volumes").page
        days = page.locator("#volumes tbody tr").count()
        if days >= _DAYS and page.get_by_text("are being filled in").count() == 0:
            return
        director.page.wait_for_timeout(5_000)


@pytest.fixture
def shown(screens):
    """Return what keeps a page as it stands under a name, in few colours."""
    assert screens is not None, "say where screenshots go: TIDEGATE_SCREENS"

    def keep(one, name):
        path = screens / f"{name}.png"
        one.page.wait_for_timeout(500)  # plots are drawn, and parts that load by themselves are there
        one.page.screenshot(path=path)
        with Image.open(path) as image:
            image.convert("RGB").quantize(_COLOURS).save(path, optimize=True)

    return keep


@pytest.mark.parametrize("name", SHOWN)
def test_shown(looker, shown, name):
    role, (path, *links), width = SHOWN[name]
    one = looker(role, "en").resize(width).goto(path)
    for link in links:
        one.follow(link)
    assert one.complaints == []
    shown(one, name)


def test_shown_a_declaration_as_it_is_filled_in(person, shown):
    one = person("trader").goto("/trader/lodge")
    one.page.get_by_role("button", name="Begin a declaration").click()
    one.page.wait_for_url("**/about")
    fill(one.page, **EXPORTER)
    keep_step(one.page, r"/goods/1")
    one.page.locator("#id_search").press_sequentially("bicycles")
    one.page.locator("#codes button").first.wait_for()
    fill(one.page, **BICYCLES)
    one.page.locator("#owed .total").wait_for()
    one.page.evaluate("window.scrollTo(0, 0)")
    shown(one, "trader-goods")


def test_shown_a_profile_as_it_is_tried(person, shown):
    one = person("analyst").goto("/analyst/profile")
    said = {
        "code": "CHEAP-SHOES",
        "reason": "Shoes at {value_per_kg} a kilogram.",
        "purpose": "undervaluation",
    }
    for name, text in said.items():
        one.page.fill(f"#id_{name}", text)
    one.page.locator("#id_condition").press_sequentially("chapter = '64' AND value_per_kg < 12")
    one.page.locator("#tried .facts").wait_for(timeout=60_000)
    shown(one, "analyst-profile")


def test_shown_a_model_that_was_trained(person, shown):
    one = person("analyst").goto("/analyst/model")
    for _ in range(40):  # until history has enough to learn from
        one.page.get_by_role("button", name="Train it").click()
        one.page.locator("#waits, .note.error").first.wait_for(timeout=_PATIENCE)
        if one.page.locator("#waits").count():
            break
        one.page.wait_for_timeout(15_000)
    one.page.locator("#waits").scroll_into_view_if_needed()
    shown(one, "analyst-model")
