"""An officer's main job, by keyboard alone: find what waits, read it, record the control, see it leave."""

import re

import pytest

NUMBER = re.compile(r"[0-9A-Z]{18}")


def _first_task(officer):
    """Wait until something waits, and return its number."""
    rows = officer.page.locator("a[data-row]")
    rows.first.wait_for(timeout=60_000)
    return rows.first.inner_text()


def _recorded_by_keys(officer, language, screens):
    """Open the first task, record a control by keys; returns its number, or nothing where others were faster.

    The simulated officers of the days before act too, and quickly.
    """
    mrn = _first_task(officer)
    assert NUMBER.fullmatch(mrn)
    keyboard = officer.page.keyboard
    keyboard.press("j")
    if officer.page.evaluate("document.activeElement.textContent") != mrn:
        return ""  # the list has just renewed itself
    keyboard.press("Enter")
    officer.page.wait_for_url(f"**/officer/consignments/{mrn}")
    assert officer.violations() == []
    if screens is not None and language == "en":
        officer.page.screenshot(path=screens / "officer-consignment-wide.png", full_page=True)
    keyboard.press("c")
    if officer.page.evaluate("document.activeElement.name") != "outcome":
        return ""  # it was controlled meanwhile
    keyboard.press("Space")
    keyboard.press("Tab")
    keyboard.type("Everything is as it was declared.")
    keyboard.press("Tab")
    keyboard.type("0.5")
    with officer.page.expect_navigation():
        keyboard.press("Enter")
    told = {"en": "The control is recorded.", "fr": "Le contrôle est enregistré."}[language]
    return mrn if officer.page.get_by_text(told).count() else ""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_by_keyboard_alone(person, screens, language):
    officer = person("officer", language=language)
    mrn = ""
    for _ in range(6):
        mrn = _recorded_by_keys(officer.goto("/officer/queue"), language, screens)
        if mrn:
            break
    assert mrn
    officer.page.keyboard.press("u")
    officer.page.wait_for_url("**/officer/queue**")
    officer.page.locator(f"a[data-row]:text-is('{mrn}')").wait_for(state="detached", timeout=20_000)
    assert [said for said in officer.complaints if "409" not in said] == []


def test_new_work_appears_by_itself(person):
    officer = person("officer")
    _first_task(officer)
    before = officer.page.input_value("#state [name=mark]")
    # The simulated world goes on: within a minute something in the queue has changed.
    officer.page.wait_for_function(
        "before => document.querySelector('#state [name=mark]').value !== before", arg=before, timeout=90_000
    )


def test_keys_are_shown_when_asked_for(person):
    officer = person("officer")
    officer.page.keyboard.press("?")
    assert officer.page.locator("#keys").is_visible()
    assert officer.violations() == []


def test_a_consignment_fits_a_phone(person, screens):
    officer = person("officer", width="narrow")
    mrn = _first_task(officer)
    officer.goto(f"/officer/consignments/{mrn}")
    assert officer.overflow() <= 0
    assert officer.violations() == []
    if screens is not None:
        officer.page.screenshot(path=screens / "officer-consignment-narrow.png", full_page=True)


def test_an_officer_takes_up_finds_and_gives_back_by_keyboard_alone(person):
    officer = person("officer")
    _first_task(officer)
    # What waits longest is of the days before, and gone in a moment: they pass quickly.
    mrn = officer.page.locator("a[data-row]").last.inner_text()
    keyboard = officer.page.keyboard
    officer.goto(f"/officer/consignments/{mrn}")
    keyboard.press("t")
    officer.page.get_by_text("You are on it: others see that.").wait_for()
    keyboard.press("u")
    officer.page.wait_for_url("**/officer/queue**")
    officer.page.locator("tr", has_text=mrn).get_by_text("officer is on it").wait_for(timeout=20_000)
    declarant = officer.page.locator("tr", has_text=mrn).locator("td code").first.inner_text()
    keyboard.press("/")
    keyboard.type(declarant)
    keyboard.press("Enter")
    officer.page.wait_for_url("**/find?q=**")
    officer.page.locator("h1", has_text=declarant).wait_for()
    assert officer.page.locator("a[data-row]").count()
    assert officer.violations() == []
    officer.goto(f"/officer/consignments/{mrn}")
    keyboard.press("t")
    officer.page.get_by_text("It is given back.").wait_for()
    assert officer.complaints == []


def test_at_the_quay_a_phone_leads_to_what_to_do(person, screens):
    officer = person("officer", width="narrow")
    mrn = _first_task(officer)
    officer.goto(f"/officer/consignments/{mrn}")
    officer.page.get_by_role("link", name="What to do").click()
    officer.page.wait_for_function("() => document.activeElement.id === 'todo'")
    assert officer.page.locator("#todo").bounding_box()["y"] < 844
    assert officer.overflow() <= 0
    if screens is not None:
        officer.page.screenshot(path=screens / "officer-to-do-narrow.png")
