"""The analyst's desk: profiles are tried as they are typed, adopted once, withdrawn with a reason."""

import json
import re
import time

import pytest

from tests.web.lodging import declaration
from tests.web.people_of import signed_in
from tidegate.acts import ProfileAdopted, decode
from tidegate.node.targeting import adoption, standing_now
from tidegate_web.desks.analyst import beside, history, rehearsing
from tidegate_web.node import now
from tidegate_web.people.models import Role

GOOD = {
    "code": "PAPER",
    "condition": "chapter = '48' AND value > 10",
    "reason": "Paper worth {value}.",
    "purpose": "for the tests of the desk",
    "weight": "0.40",
    "start": "2020-01-01",
    "until": "2099-12-31",
}
HTMX = {"HX-Request": "true"}


def good(node, **changes):
    """Return a good profile, on what stands now."""
    return GOOD | {"seen": str(adoption(node, now(), "").seen)} | changes


@pytest.fixture(autouse=True)
def _looked_up_anew():
    """What was decided last is looked up anew by each test."""
    for kept in (history.DECISIONS, history.ITEMS, history.WATCHED):
        kept.forget()


@pytest.fixture
def lodged(asking, node):
    """Two declarations of paper, decided on."""
    for _ in range(2):
        assert asking.cds("", declaration(asking.number)).status_code == 202
    node.catch_up()


@pytest.fixture
def analyst():
    return signed_in(Role.ANALYST)


@pytest.mark.usefixtures("lodged")
def test_a_profile_is_tried_on_history_while_it_is_typed(analyst, node):
    before = node.journal.size
    page = analyst.post("/analyst/profile", good(node), headers=HTMX).content.decode()
    held, tested = map(int, re.search(r"held for (\d+) of the (\d+)", page).groups())
    assert 2 <= held <= tested
    assert re.search(r"Paper worth \d+", page)
    none = analyst.post("/analyst/profile", good(node, condition="value < 0"), headers=HTMX)
    assert "held for 0 of the" in none.content.decode()
    assert node.journal.size == before


def test_what_is_no_condition_is_explained_beside_the_field_and_kept(analyst, node):
    said = good(node, condition="colour = 'red'", do="adopt")
    answer = analyst.post("/analyst/profile", said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "colour" in re.search(r'id="id_condition_error"[^<]*<strong>[^<]*</strong>([^<]*)', page)[1]
    assert "colour = &#x27;red&#x27;" in page
    assert not any(one.code == "PAPER" for one in standing_now(node).profiles)


@pytest.mark.usefixtures("lodged")
def test_a_profile_is_adopted_with_what_history_says_and_withdrawn_with_a_reason(analyst, node):
    answer = analyst.post("/analyst/profile", good(node, do="adopt"))
    assert (answer.status_code, answer["Location"]) == (302, "/analyst/")
    (entry,) = node.journal.read(0, 1_000_000, kinds=["profile.adopted"])[-1:]
    act = decode(entry.kind, entry.version, entry.body)
    assert isinstance(act, ProfileAdopted)
    assert (act.code, act.owner, entry.author) == ("PAPER", "person:the-analyst", "person:the-analyst")
    assert act.tested >= act.held >= 2
    assert "PAPER" in analyst.get("/analyst/").content.decode()
    unsaid = analyst.post("/analyst/profile/withdraw", {"named": "PAPER", "reason": ""})
    assert unsaid.status_code == 422
    assert "say why" in unsaid.content.decode()
    assert any(one.code == "PAPER" for one in standing_now(node).profiles)
    analyst.post("/analyst/profile/withdraw", {"named": "PAPER", "reason": "found nothing"})
    assert not any(one.code == "PAPER" for one in standing_now(node).profiles)


@pytest.mark.usefixtures("lodged")
def test_to_try_adopts_nothing(analyst, node):
    answer = analyst.post("/analyst/profile", good(node, do="try"))
    assert answer.status_code == 200
    assert "What history says" in answer.content.decode()
    assert not any(one.code == "PAPER" for one in standing_now(node).profiles)


def test_what_does_not_stand_cannot_be_withdrawn_and_that_is_told(analyst):
    for path, named in (("profile", "NOBODY"), ("model", "0123456789ab")):
        sent = {"named": named, "reason": "it is not there"}
        answer = analyst.post(f"/analyst/{path}/withdraw", sent)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert named in re.search(r'id="errors">(.*?)</div>', page, re.DOTALL)[1]
        assert "it is not there" in page


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.SUPERVISOR, Role.AUDITOR])
def test_others_look_and_change_nothing(node, role):
    browser, before = signed_in(role), node.journal.size
    assert browser.get("/analyst/").status_code == 200
    assert "/analyst/profile" not in browser.get("/analyst/").content.decode()
    assert browser.post("/analyst/profile", good(node, do="adopt")).status_code == 403
    for path in ("profile", "model"):
        sent = {"named": "DEAR", "reason": "because"}
        assert browser.post(f"/analyst/{path}/withdraw", sent).status_code == 403
    assert browser.post("/analyst/what-if", {}).status_code == 403
    assert node.journal.size == before


@pytest.mark.usefixtures("lodged")
def test_groups_the_model_and_thresholds_are_told_and_taken_away(analyst):
    assert "Calibration" in analyst.get("/analyst/model").content.decode()
    assert "Hit rates by group" in analyst.get("/analyst/groups").content.decode()
    told = json.loads(analyst.get("/analyst/what-if?yellow=0&red=1&sheet=thresholds&form=json").content)
    assert told[3]["reach"] >= 2
    assert told[3]["share"] == 1.0
    assert analyst.get("/analyst/groups?sheet=nothing&form=csv").status_code == 404


def test_thresholds_the_wrong_way_round_are_told(analyst):
    page = analyst.get("/analyst/what-if?yellow=0.8&red=0.2").content.decode()
    assert "Not below that from which documents are examined." in page


def test_a_policy_that_is_none_is_told_beside_the_field(analyst):
    sent = {"since": "2026-01-02", "until": "2026-01-01", "share": "5", "at_random": "60", "exploring": "60"}
    answer = analyst.post("/analyst/what-if", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "From one day to a year after the first." in page
    assert "together are at most 100 %" in page
    assert rehearsing.rehearsed() is None


@pytest.mark.usefixtures("lodged")
def test_a_policy_is_rehearsed_beside_the_pages_and_shown_when_done(analyst, node):
    today = node.journal.read(node.journal.size - 1, 1)[0].recorded.date().isoformat()
    sent = {"since": today, "until": today, "share": "100", "at_random": "50", "exploring": "10"}
    try:
        assert analyst.post("/analyst/what-if", sent).status_code == 302
        assert (
            "Another rehearsal runs" in analyst.post("/analyst/what-if", sent, follow=True).content.decode()
        )
        end = time.monotonic() + 60
        while not rehearsing.rehearsed().done and time.monotonic() < end:
            time.sleep(0.1)
        last = rehearsing.rehearsed()
        assert (last.done, last.failed) == (True, "")
        assert sum(controlled for controlled, _, _ in last.strata.values()) == last.declarations >= 2
        part = analyst.get("/analyst/what-if", headers=HTMX).content.decode()
        assert "The rehearsal" in part
        assert "hx-get" not in part
        assert part.count("<html") == 0
    finally:
        for one in beside.started:
            one.wait(60)
        beside.told_file(rehearsing.WORK).unlink()
