"""Figures and targeting in a browser: a director follows a figure to its acts, an analyst a condition."""


def test_a_director_follows_a_figure_to_the_acts_behind_it(person, screens):
    one = person("director").goto("/director/volumes")
    # The simulated world lodges as time goes on: two days are enough to draw.
    one.page.wait_for_function("() => document.querySelectorAll('#volumes tbody tr').length > 0")
    one.page.goto(one.address + "/director/behind?figure=lodged")
    first = one.page.locator("a[data-row]").first
    mrn = first.inner_text()
    first.click()
    one.page.wait_for_url(f"**/director/acts/{mrn}")
    assert one.page.get_by_text("Declaration lodged").count() == 1
    assert one.violations() == []
    assert one.complaints == []
    if screens is not None:
        one.page.screenshot(path=screens / "director-acts-wide.png", full_page=True)


def test_every_plot_is_drawn_from_the_table_beside_it(person):
    one = person("director").goto("/director/volumes")
    rows = one.page.locator("#volumes tbody tr").count()
    drawn = one.page.locator("#volumes .canvas canvas").count()
    assert drawn == (1 if rows > 1 else 0)
    if drawn:
        assert one.page.locator("#volumes details").get_attribute("open") is None
        one.page.locator("#volumes summary").click()
        assert one.page.locator("#volumes tbody tr").first.is_visible()
    assert one.complaints == []


def test_an_analyst_types_a_condition_and_reads_what_history_says(person, screens):
    one = person("analyst").goto("/analyst/profile")
    page = one.page
    page.fill("#id_code", "DEAR")
    page.fill("#id_reason", "Worth {value}.")
    page.fill("#id_purpose", "dear goods")
    page.locator("#id_condition").press_sequentially("value > 100")
    page.locator("#tried .facts").wait_for(timeout=30_000)
    assert "It would have held for" in page.inner_text("#tried")
    assert one.violations() == []
    if screens is not None:
        page.screenshot(path=screens / "analyst-profile-tried-wide.png", full_page=True)
    page.locator("#id_condition").press("End")
    page.locator("#id_condition").press_sequentially(" AND colour = 'red'")
    page.get_by_text("colour", exact=False).locator("visible=true").first.wait_for()
    page.locator("#tried").get_by_text("It cannot be tried yet").wait_for(timeout=30_000)
    assert one.complaints == []


def test_an_analyst_adopts_and_withdraws_by_keyboard(person):
    one = person("analyst").goto("/analyst/")
    page = one.page
    page.keyboard.press("n")
    page.wait_for_url("**/analyst/profile")
    page.focus("#id_code")
    for said in ("KEYED", "value > 1000000", "Very dear: {value}.", "very dear goods"):
        page.keyboard.type(said)
        page.keyboard.press("Tab")
    page.locator("button[value=adopt]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/analyst/")
    assert page.get_by_text("The profile KEYED is adopted.").is_visible()
    row = page.locator("tr", has_text="KEYED")
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    row.locator("input[name=reason]").fill("tried enough")
    page.keyboard.press("Enter")
    page.get_by_text("KEYED is withdrawn.").wait_for()
    assert one.complaints == []
