"""Entry summary declarations at the door and the desk: judged at once, told to their own, controlled once."""

import re

import pytest

from tests.unit.entry.making import CONTROLLED, FORBIDDEN
from tests.web.entering import TOO_LIGHT, arrive, entry, journey, profiles_before_arrival
from tests.web.lodging import CONTENT, declaration
from tests.web.people_of import signed_in
from tidegate.entry import acts_about_entry, entry_now
from tidegate_web.desks.saying import conveyance_words
from tidegate_web.people.models import Role

ENTRIES = "/api/v1/entries"


def lodged(asking, node, edits=(), **how):
    """Lodge an entry, let it be answered, and return its number."""
    answer = asking.post(ENTRIES, entry(asking.number, dict(edits), **how), CONTENT)
    assert answer.status_code == 202, answer.content
    node.catch_up()
    return answer.json()["mrn"]


def count(node):
    return len(list(node.journal.read(0, 1_000_000)))


def test_an_entry_is_taken_in_with_its_number_and_stands_accepted_once_answered(asking, node):
    answer = asking.post(ENTRIES, entry(asking.number), CONTENT)
    taken = answer.json()
    assert (answer.status_code, taken["state"]) == (202, "lodged")
    assert answer["Location"] == f"{ENTRIES}/{taken['mrn']}"
    node.catch_up()
    stands = asking.get(answer["Location"]).json()
    assert (stands["mrn"], stands["state"], stands["person"]) == (taken["mrn"], "accepted", asking.number)
    assert [one["decision"] for one in stands["decisions"]] == ["proceed"]
    assert "score" not in str(stands)
    (heard,) = asking.get(f"{ENTRIES}/{taken['mrn']}/answers").json()["answers"]
    assert heard["type"] == "CC328A"


def test_what_rules_find_is_told_at_once_and_nothing_is_entered(asking, node):
    before = count(node)
    body = entry(asking.number, TOO_LIGHT, lrn="MENDED")
    answer = asking.post(ENTRIES, body, CONTENT)
    assert answer.status_code == 422
    (found,) = answer.json()["findings"]
    assert (found["code"], found["location"]) == ("8686", "/ie:CC315A[1]/HEAHEA[1]")
    assert "mass" in found["text"]
    assert count(node) == before
    assert asking.post(ENTRIES, entry(asking.number, lrn="MENDED"), CONTENT).status_code == 202


def test_what_the_schema_does_not_allow_is_told_with_its_place(asking):
    body = entry(asking.number).replace(b"<TotGroMasHEA307>", b"<Surprise>1</Surprise><TotGroMasHEA307>")
    answer = asking.post(ENTRIES, body, CONTENT)
    assert answer.status_code == 422
    assert any("Surprise" in one["location"] + one["text"] for one in answer.json()["findings"])


def test_the_same_octets_again_enter_nothing_more_and_are_answered_the_same(asking, node):
    body = entry(asking.number)
    first = asking.post(ENTRIES, body, CONTENT).json()
    after = count(node)
    again = asking.post(ENTRIES, body, CONTENT)
    assert (again.status_code, again.json()) == (202, {**first, "repeated": True})
    assert count(node) == after


def test_a_reference_used_for_another_message_is_refused(asking):
    assert asking.post(ENTRIES, entry(asking.number, lrn="ONCE"), CONTENT).status_code == 202
    other = entry(asking.number, {"GOOITEGDS[1]/GooDesGDS23": "Shirts of wool"}, lrn="ONCE")
    answer = asking.post(ENTRIES, other, CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (409, "lodged_before")


def test_an_amendment_is_taken_once_and_answered(asking, node):
    mrn = lodged(asking, node)
    body = entry(asking.number, {"GOOITEGDS[1]/GooDesGDS23": "Shirts of wool"}, mrn=mrn)
    first, again = (asking.post(ENTRIES, body, CONTENT) for _ in range(2))
    assert (first.status_code, first.json()["mrn"]) == (202, mrn)
    assert (again.json()["position"], again.json().get("repeated")) == (first.json()["position"], True)
    node.catch_up()
    told = asking.get(f"{ENTRIES}/{mrn}/answers").json()["answers"]
    assert [one["type"] for one in told] == ["CC328A", "CC304A"]
    assert asking.get(f"{ENTRIES}/{mrn}").json()["versions"] == 2


def test_another_carriers_entry_is_not_told_of_and_not_amended(asking, operator, node):
    mrn, other = lodged(asking, node), operator()
    unknown = other.get(f"{ENTRIES}/26GB00000000000000").json()
    assert other.get(f"{ENTRIES}/{mrn}").status_code == 404
    assert other.get(f"{ENTRIES}/{mrn}").json() == unknown
    assert other.get(f"{ENTRIES}/{mrn}/answers").json() == unknown
    assert other.post(ENTRIES, entry(other.number, mrn=mrn), CONTENT).status_code == 404


def test_nobody_lodges_under_anothers_number(asking, operator):
    answer = operator().post(ENTRIES, entry(asking.number), CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_represented")


def test_a_declaration_is_no_entry(asking):
    assert asking.post(ENTRIES, declaration(asking.number), CONTENT).status_code == 422
    assert asking.post(ENTRIES, b"{}", "application/json").status_code == 415


@pytest.fixture
def _profiles():
    with profiles_before_arrival():
        yield


@pytest.fixture
def arrived(asking, node, _profiles):
    """Return the number of an entry that was to be controlled at arrival, and has arrived."""
    mrn = lodged(asking, node, journey() | CONTROLLED)
    arrive(mrn)
    assert entry_now(node.journal, mrn)[0].state == "arrived"
    return mrn


def seen(page):
    return re.search(rb'name="seen" value="(\d+)"', page.content)[1].decode()


def listed(browser, want=""):
    return browser.get(f"/entries/?want={want}").content.decode()


@pytest.mark.usefixtures("_profiles")
def test_what_wants_something_is_listed_under_what_it_wants_and_the_rest_is_not(asking, node):
    said = (FORBIDDEN, CONTROLLED, {}, {})
    forbidden, checked, left, free = (lodged(asking, node, journey() | one) for one in said)
    arrive(left, with_it=False)
    browser = signed_in(Role.OFFICER)
    for want, mrn in {"loading": forbidden, "control": checked, "loose": left}.items():
        page = listed(browser, want)
        assert [one for one in (forbidden, checked, left, free) if one in page] == [mrn]
    page = listed(browser)
    assert page.index(left) < page.index(checked) < page.index(forbidden)  # the newest first
    assert free not in page


@pytest.mark.usefixtures("_profiles")
def test_the_list_is_paged(asking, node, monkeypatch):
    monkeypatch.setattr("tidegate_web.desks.entries.looking._ROWS", 1)
    older, newer = (lodged(asking, node, journey() | FORBIDDEN) for _ in range(2))
    browser = signed_in(Role.OFFICER)
    first = listed(browser, "loading")
    assert newer in first
    assert older not in first
    (further,) = re.findall(r'href="\?([^"]*after=[^"]*)"', first)
    second = browser.get(f"/entries/?{further.replace('&amp;', '&')}").content.decode()
    assert older in second
    assert newer not in second


def test_goods_that_nobody_announced_are_listed_with_how_they_came(asking, node):
    arrive(lodged(asking, node, journey()), with_it=False)
    page = listed(signed_in(Role.OFFICER), "loose")
    assert "no entry names it" in page


def test_an_entry_is_told_as_a_story(arrived):
    page = signed_in(Role.OFFICER).get(f"/entries/{arrived}").content.decode()
    for said in (
        "&#x27;General cargo&#x27; says nothing.",
        "820.5 kg",
        "Tissus du Havre",
        "FR → GB",
        "control at arrival",
        "Entry summary declaration accepted",
        "Record the control at arrival",
    ):
        assert said in page


def test_every_act_has_its_proof_and_no_other_act_has(arrived, node):
    browser = signed_in(Role.OFFICER)
    positions = [one.position for one, _ in acts_about_entry(node.journal, arrived)]
    proof = browser.get(f"/entries/{arrived}/proofs/{positions[0]}")
    assert proof.content.startswith(b"c2sp.org/tlog-proof@v1")
    assert browser.get(f"/entries/{arrived}/proofs/0").status_code == 404


def test_a_control_that_finds_nothing_releases_the_goods(arrived, node):
    browser = signed_in(Role.OFFICER)
    told = {"seen": seen(browser.get(f"/entries/{arrived}")), "outcome": "conform", "found": ""}
    assert browser.post(f"/entries/{arrived}/control", told).status_code == 302
    node.catch_up()
    assert entry_now(node.journal, arrived)[0].state == "released"
    assert "nothing left to do" in browser.get(f"/entries/{arrived}").content.decode()


def test_who_comes_second_is_told_who_was_first_and_keeps_what_was_written(arrived, node):
    browser = signed_in(Role.OFFICER)
    saw = seen(browser.get(f"/entries/{arrived}"))
    first = {"seen": saw, "outcome": "irregular", "found": "A second seal."}
    assert browser.post(f"/entries/{arrived}/control", first).status_code == 302
    again = browser.post(f"/entries/{arrived}/control", {**first, "found": "Nothing there."})
    assert again.status_code == 409
    assert "Somebody was first" in again.content.decode()
    assert "Nothing there." in again.content.decode()
    assert seen(again) != saw
    assert [one.kind for one, _ in acts_about_entry(node.journal, arrived)].count("entry.controlled") == 1


def test_what_is_not_as_announced_is_described(arrived):
    browser = signed_in(Role.OFFICER)
    told = {"seen": seen(browser.get(f"/entries/{arrived}")), "outcome": "irregular", "found": " "}
    answer = browser.post(f"/entries/{arrived}/control", told)
    assert answer.status_code == 422
    assert "Say what was not as announced." in answer.content.decode()


def test_an_auditor_looks_and_does_not_act(arrived, node):
    browser = signed_in(Role.AUDITOR)
    page = browser.get(f"/entries/{arrived}").content.decode()
    assert "Your role looks here" in page
    told = {"seen": "0", "outcome": "conform", "found": ""}
    assert browser.post(f"/entries/{arrived}/control", told).status_code == 403
    assert entry_now(node.journal, arrived)[0].outcome is None


def test_what_there_is_not_is_said():
    assert signed_in(Role.OFFICER).get("/entries/26GB00000000000000").status_code == 404


def test_a_conveyance_is_told_by_its_mode_in_words_and_its_journey():
    assert conveyance_words("3:TG-05206-XB:TG3321") == "Road TG-05206-XB TG3321"
    assert conveyance_words("4::TG5951:20261121") == "Air TG5951 20261121"
    assert conveyance_words("9:X:1") == "9 X 1"
