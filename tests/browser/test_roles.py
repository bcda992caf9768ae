"""Each role does its main job, as somebody would who sees the pages for the first time."""

import re
import zipfile

import pytest

from tests.browser.lodging import fill_in, lodge, send

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
NUMBER = re.compile(r"\b[0-9]{2}XA[A-Z0-9]{14}\b")


def _fine(one):
    """See that nothing is wrong with the page as it stands, but what was refused on purpose."""
    assert one.violations() == []
    assert [said for said in one.complaints if "422" not in said and "409" not in said] == []


def _own_number(one):
    """Return the number of the operator whom somebody works for, as their account says it."""
    return one.goto("/account").page.locator("dd code").last.inner_text()


@pytest.fixture(scope="module")
def held(request):
    """The number of a declaration of the trader that waits to be paid: customs may still ask about it."""
    del request
    return {}


def _held(held, person):
    if "mrn" not in held:
        held["mrn"] = lodge(person("trader"))
    return held["mrn"]


def test_a_trader_answers_what_documents_are_asked_for_and_an_officer_examines_them(
    person, held, keep, tmp_path
):
    mrn = _held(held, person)
    officer = person("officer").goto(f"/officer/consignments/{mrn}")
    send(officer, "/documents", grounds="The commercial invoice, please.")
    trader = person("trader").goto(f"/trader/consignments/{mrn}")
    assert trader.page.get_by_text("The commercial invoice, please.").first.is_visible()
    invoice = tmp_path / "invoice.pdf"
    invoice.write_bytes(PDF)
    send(trader, "/documents", files=invoice, words="Invoice 4711")
    trader.page.get_by_text("The documents are with customs.").wait_for()
    keep(trader, "trader-consignment")
    _fine(trader)
    officer.goto(f"/officer/consignments/{mrn}")
    send(officer, "/examined", words="They agree with what was declared.")
    officer.page.get_by_text("The documents are examined.").wait_for()
    trader.goto(f"/trader/consignments/{mrn}")
    assert trader.page.get_by_text("Documents that customs asks for").count() == 0
    assert trader.page.get_by_role("heading", name="To pay").is_visible()


def test_a_trader_amends_what_was_wrong_and_sees_the_duty_worked_out_anew(person, held):
    mrn = _held(held, person)
    trader = person("trader").goto(f"/trader/consignments/{mrn}/amendment")
    _fine(trader)
    trader.page.fill("[name=price]", "13000")
    send(trader, "?item=1")
    trader.page.get_by_text("Customs is asked for the change.").wait_for()
    for _ in range(20):
        if trader.goto(f"/trader/consignments/{mrn}").page.get_by_text("13,000.00").count():
            break
        trader.page.wait_for_timeout(1_000)
    assert trader.page.get_by_text("13,000.00").count()


def test_a_trader_takes_everything_away(person, held, tmp_path):
    mrn = _held(held, person)
    trader = person("trader")
    with trader.page.expect_download() as coming:
        trader.page.get_by_role("link", name="Take everything that is yours").click()
    coming.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert archive.testzip() is None
        assert f"consignments/{mrn}.json" in archive.namelist()


def test_a_broker_lodges_for_an_importer_who_authorised_it_and_for_no_other(person):
    importer = _own_number(person("trader"))
    broker = person("broker")
    mrn = lodge(broker, importer=importer)
    assert importer in broker.page.locator("main").inner_text()
    assert person("trader").goto(f"/trader/consignments/{mrn}").page.get_by_text(mrn).count()
    fill_in(broker, importer="XA000000000")
    broker.page.get_by_role("button", name="Lodge the declaration").click()
    broker.page.get_by_role("heading", name="It is not lodged").wait_for()
    assert "XA000000000" in broker.page.locator("#errors").inner_text()
    assert broker.violations() == []


def test_a_supervisor_overrides_an_assessment_and_decides_the_review_that_is_asked_for(person, held):
    mrn = _held(held, person)
    supervisor = person("supervisor").goto(f"/officer/consignments/{mrn}")
    amounts = supervisor.page.locator("form[action$='/override'] input[type=number]").evaluate_all(
        "all => all.map(one => one.name)"
    )
    send(supervisor, "/override", **{amounts[0]: "1.00"}, reason="Value agreed with the importer.")
    supervisor.page.get_by_text("The assessment is overridden.").wait_for()
    _fine(supervisor)
    trader = person("trader").goto(f"/trader/consignments/{mrn}")
    assert trader.page.get_by_text("Value agreed with the importer.").count()
    send(trader, "/review", grounds="The amount agreed was less.")
    supervisor.goto(f"/officer/consignments/{mrn}")
    send(supervisor, "/review", outcome="upheld", text="It is what was agreed.")
    supervisor.page.get_by_text("The review is decided.").wait_for()


def test_an_analyst_writes_a_profile_and_sees_it_catch(person):
    analyst = person("analyst").goto("/analyst/profile")
    page = analyst.page
    said = {"code": "CATCH", "reason": "Caught: worth {value}.", "purpose": "to be seen at work"}
    for name, text in {**said, "condition": "chapter = '87' AND value > 100", "weight": "0.9"}.items():
        page.fill(f"#id_{name}", text)
    page.locator("button[value=adopt]").click()
    page.get_by_text("The profile CATCH is adopted.").wait_for()
    try:
        mrn = lodge(person("trader"))
        officer = person("officer").goto(f"/officer/consignments/{mrn}")
        assert officer.page.get_by_text("Caught: worth").first.is_visible()
    finally:
        row = page.locator("tr", has_text="CATCH")
        row.locator("summary").click()
        row.locator("input[name=reason]").fill("seen at work")
        row.locator("button").click()
        page.get_by_text("CATCH is withdrawn.").wait_for()


def test_a_director_reads_who_held_the_goods_and_takes_the_figures_away(person, tmp_path):
    director = person("director")
    page = director.page
    page.locator("#holders tbody tr").first.wait_for()
    assert page.locator("#stages tbody tr").count() >= 2
    with page.expect_download() as coming:
        page.locator("#holders").get_by_role("link", name="CSV").click()
    coming.value.save_as(tmp_path / "holders.csv")
    assert (tmp_path / "holders.csv").read_text().startswith("holder,share,")
    director.goto("/director/revenue")
    page.locator("#chapters tbody a").first.click()
    page.wait_for_url("**/director/behind**")
    page.locator("a[data-row]").first.click()
    page.wait_for_url("**/director/acts/**")
    assert page.get_by_role("heading", name="Its acts").is_visible()
    director.goto("/director/waiting")
    assert page.locator("#waiting tbody tr").count() >= 1
    _fine(director)


def test_an_auditor_takes_a_proof_has_it_verified_and_sees_who_looked(person, held, tmp_path):
    mrn = _held(held, person)
    auditor = person("auditor").goto(f"/officer/consignments/{mrn}")
    with auditor.page.expect_download() as coming:
        auditor.page.get_by_role("link", name=re.compile("proof of entry")).first.click()
    coming.value.save_as(tmp_path / "proof.txt")
    anybody = person().goto("/verify")
    anybody.page.set_input_files("[name=file]", tmp_path / "proof.txt")
    anybody.page.get_by_role("button", name="Verify").click()
    anybody.page.get_by_role("heading", name="The proof holds").wait_for()
    _fine(anybody)
    auditor.goto(f"/people/looked?subject={mrn}")
    assert "auditor" in auditor.page.locator("tbody").inner_text()
    _fine(auditor)


def test_an_administrator_makes_a_person_who_signs_in(person):
    administrator = person("administrator").goto("/people/new")
    page = administrator.page
    said = {"username": "night-officer", "name": "Night Officer", "password": "high water at the sluice"}
    for name, text in said.items():
        page.fill(f"[name={name}]", text)
    page.select_option("[name=role]", "officer")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Night Officer can sign in as officer.").wait_for()
    _fine(administrator)
    fresh = person().goto("/accounts/login/")
    fresh.page.fill("#id_login", "night-officer")
    fresh.page.fill("#id_password", "high water at the sluice")
    fresh.page.keyboard.press("Enter")
    fresh.page.wait_for_url("**/officer/queue")


def test_anybody_finds_a_code_works_out_the_duty_and_reads_how_long_release_takes(person, keep):
    anybody = person().goto("/public")
    page = anybody.page
    page.fill("#q", "bicycles")
    page.keyboard.press("Enter")
    page.locator("#found a").first.wait_for()
    anybody.goto("/duty")
    for name, text in {"code": "8712000000", "value": "1000"}.items():
        page.fill(f"#id_{name}", text)
    page.select_option("#id_origin", "TW")
    page.locator("#owed .total").wait_for()
    keep(anybody, "public-duty")
    _fine(anybody)
    anybody.goto("/times")
    assert page.get_by_role("heading", name="How long release takes").is_visible()
    assert anybody.page.context.cookies() == []


def test_anybody_asks_and_finds_the_answer_and_reads_a_notice_and_its_feed(person):
    anybody = person().goto("/questions/new")
    page = anybody.page
    page.check("[name=matter][value=question]")
    page.fill("[name=words]", "When does the north quay open?")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile(r"/questions/[2-9A-Z]{12}\?new=1"))
    reference = re.search(r"/questions/(\w{12})", page.url)[1]
    _fine(anybody)
    officer = person("officer").goto(f"/questions/{reference}/answer")
    _fine(officer)
    officer.page.fill("[name=words]", "At eight.")
    officer.page.get_by_role("button", name="Answer").click()
    officer.page.get_by_text("The answer can be read with the reference.").wait_for()
    assert anybody.goto(f"/questions/{reference}").page.get_by_text("At eight.").is_visible()
    supervisor = person("supervisor").goto("/notices/new")
    for name, text in {"name": "quay", "title": "The north quay", "words": "It opens at eight."}.items():
        supervisor.page.fill(f"[name={name}]", text)
    supervisor.page.get_by_role("button", name="Publish").click()
    supervisor.page.get_by_text("It is published.").wait_for()
    _fine(supervisor)
    supervisor.goto("/notices/quay/words")
    _fine(supervisor)
    assert anybody.goto("/notices").page.get_by_text("It opens at eight.").is_visible()
    feed = page.request.get(f"{anybody.address}/notices/feed").text()
    assert "The north quay" in feed


def _train(page):
    """Train a model; returns whether there was enough to learn from: history is still being played."""
    for _ in range(3):
        page.get_by_role("button", name="Train it").click()
        page.locator("#waits, .note.error").first.wait_for(timeout=120_000)
        if page.locator("#waits").count():
            return True
        page.wait_for_timeout(10_000)
    return False


def test_an_analyst_trains_a_model_and_adopts_it_or_reads_why_nothing_can_be_learned_yet(person, keep):
    analyst = person("analyst").goto("/analyst/model")
    page = analyst.page
    if not _train(page):
        assert "too few to learn from" in page.locator(".note.error").inner_text()
        assert page.get_by_role("button", name="Adopt it").count() == 0
        _fine(analyst)
        return
    assert page.locator("#trained tbody tr").count() == 2
    _fine(analyst)
    keep(analyst, "analyst-model")
    page.fill("#id_model_purpose", "to be seen at work")
    page.get_by_role("button", name="Adopt it").click()
    page.get_by_text(re.compile(r"The model [0-9a-f]{12} is adopted")).wait_for()
    assert page.locator(".tag", has_text="decides").is_visible()
    panel = page.locator("section.panel", has=page.locator(".tag", has_text="decides"))
    panel.locator("summary").click()
    panel.locator("[name=reason]").fill("seen at work")
    panel.locator("button").click()
    page.get_by_text(re.compile(r"[0-9a-f]{12} is withdrawn")).wait_for()
