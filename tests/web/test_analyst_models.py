"""Models and the policy at the analyst's desk: trained beside the pages, adopted once, on what was seen."""

import re
import time

import pytest

from tests.unit.risk.trading import history
from tests.web.people_of import signed_in
from tidegate.acts import PolicyAdopted
from tidegate.node.targeting import Trained, adoption, standing_now
from tidegate.risk.artefact import digest_of, train_artefact
from tidegate.risk.models import Measures, Training
from tidegate_web.desks.analyst import beside, training
from tidegate_web.node import now
from tidegate_web.people.models import Role

pytest.importorskip("catboost", reason="the extra `models` is not installed")
HTMX = {"HX-Request": "true"}
FIGURES = Measures(precision_at={"0.05": 0.5}, recall_at={"0.05": 0.25}, auc=0.75, brier=0.125)
PURPOSE = {"purpose": "for the tests of the desk", "start": "2026-01-01", "until": "2099-12-31"}


@pytest.fixture
def analyst():
    return signed_in(Role.ANALYST)


@pytest.fixture(scope="module")
def artefact():
    return train_artefact(history(400), 3, training=Training(rounds=20, members=1))


@pytest.fixture
def trained(artefact):
    """A model that was trained and waits for adoption; returns its digest."""
    octets = artefact.octets()
    training.keep(Trained(digest_of(octets), octets, b"a history", artefact, FIGURES))
    told = training.Training(
        begun=time.time(), seed=3, done=True, model=digest_of(octets), learned_to=7, results=artefact.results,
        irregular=artefact.irregular, measures=FIGURES,
    )  # fmt: skip
    training.tell(told)
    yield digest_of(octets)
    training.let_go()
    beside.told_file(training.WORK).unlink()


def _kinds(node):
    return [one.kind for one in node.journal.read(0, 1_000_000, kinds=["model.adopted", "policy.adopted"])]


def _said(page):
    """Return the hidden fields of the form that adopts a model."""
    form = re.search(r'<form[^>]*action="/analyst/model/adopt".*?</form>', page, re.DOTALL)[0]
    return dict(re.findall(r'type="hidden" name="(seen|model)" value="([^"]*)"', form)) | PURPOSE


def test_a_model_is_adopted_once_with_its_history_and_can_be_withdrawn(analyst, node, trained):
    page = analyst.get("/analyst/model").content.decode()
    assert "75" in re.search(r'<td data-value="0.75".*?>([^<]*)<', page)[1]
    said, before = _said(page), len(_kinds(node))
    first = analyst.post("/analyst/model/adopt", said)
    assert (first.status_code, first["Location"]) == (302, "/analyst/model")
    analyst.post("/analyst/model/adopt", said)
    assert len(_kinds(node)) == before + 1
    (entry,) = node.journal.read(0, 1_000_000, kinds=["model.adopted"])[-1:]
    assert entry.author == "person:the-analyst"
    assert node.journal.attachment(entry.attachments[1]) == b"a history"
    page = analyst.get("/analyst/model").content.decode()
    assert "decides" in page
    assert "waiting for adoption" not in page
    sent = {"named": trained[:12], "reason": "The test is over."}
    assert analyst.post("/analyst/model/withdraw", sent).status_code == 302
    assert not any(one.act.model == trained for one in standing_now(node).models)


@pytest.mark.usefixtures("trained")
def test_a_model_without_a_purpose_is_not_adopted_and_the_days_are_kept(analyst, node):
    said = _said(analyst.get("/analyst/model").content.decode())
    before = node.journal.size
    answer = analyst.post("/analyst/model/adopt", said | {"purpose": "", "until": "2025-01-01"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_model_purpose_error"' in page
    assert "The last day is before the first." in page
    assert 'value="2025-01-01"' in page
    assert node.journal.size == before


def test_of_two_analysts_the_second_looks_again_before_a_model_decides(analyst, node, trained):
    said = _said(analyst.get("/analyst/model").content.decode())
    adoption(node, now(), "person:other").adopt_policy(_policy_act(node))
    before = _kinds(node)
    answer = analyst.post("/analyst/model/adopt", said)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "was changed meanwhile" in page
    assert PURPOSE["purpose"] in page
    assert _kinds(node) == before
    assert analyst.post("/analyst/model/adopt", _said(page)).status_code == 302
    analyst.post("/analyst/model/withdraw", {"named": trained[:12], "reason": "The test is over."})


@pytest.mark.usefixtures("trained")
def test_a_model_that_was_trained_meanwhile_is_not_adopted_unseen(analyst, node):
    said = _said(analyst.get("/analyst/model").content.decode())
    before = node.journal.size
    answer = analyst.post("/analyst/model/adopt", said | {"model": "0" * 64})
    assert answer.status_code == 409
    assert "Another model was trained meanwhile" in answer.content.decode()
    assert node.journal.size == before


def test_a_training_is_followed_and_tells_why_nothing_could_be_learned(analyst):
    try:
        assert analyst.post("/analyst/model/train").status_code == 302
        again = analyst.post("/analyst/model/train", follow=True).content.decode()
        assert "Another training runs" in again
        assert 'hx-get="/analyst/model"' in analyst.get("/analyst/model").content.decode()
        end = time.monotonic() + 60
        while not training.training().done and time.monotonic() < end:
            time.sleep(0.1)
        assert "too few to learn from" in training.training().failed
        part = analyst.get("/analyst/model", headers=HTMX)
        assert (part.status_code, part["HX-Refresh"]) == (204, "true")
        assert "too few to learn from" in analyst.get("/analyst/model").content.decode()
    finally:
        for one in beside.started:
            one.wait(60)
        beside.told_file(training.WORK).unlink()


def _policy_act(node):
    stands = standing_now(node).policy
    names = ("random_share", "exploring_share", "targeted_share", "red_threshold", "yellow_threshold",
             "blue_threshold", "red_capacity", "yellow_capacity", "usual_strangeness")  # fmt: skip
    same = {name: getattr(stands, name) for name in names}
    return PolicyAdopted(owner="person:other", purpose="changed meanwhile", **same)


def _policy(analyst):
    page = analyst.get("/analyst/policy").content.decode()
    return {
        name: value
        for name, value in re.findall(r'<input type="(?:hidden|number)" name="(\w+)" value="([^"]*)"', page)
        if name != "csrfmiddlewaretoken"
    } | {"purpose": "for the tests of the desk"}


def test_a_policy_is_adopted_once_with_its_purpose(analyst, node):
    said = _policy(analyst)
    said["red_capacity"] = "41" if said["red_capacity"] != "41" else "42"
    before = len(_kinds(node))
    first, second = (analyst.post("/analyst/policy", said) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 422)
    assert len(_kinds(node)) == before + 1
    assert standing_now(node).policy.red_capacity == int(said["red_capacity"])
    other = said | {"red_capacity": "43", "purpose": "Kept words."}
    late = analyst.post("/analyst/policy", other)
    assert late.status_code == 409
    assert "Kept words." in late.content.decode()
    assert len(_kinds(node)) == before + 1


def test_a_policy_that_changes_nothing_or_cannot_be_is_explained_beside_the_field(analyst, node):
    said, before = _policy(analyst), node.journal.size
    same = analyst.post("/analyst/policy", said)
    assert same.status_code == 422
    assert "Nothing differs from what stands" in same.content.decode()
    wrong = said | {"blue_threshold": "0.9", "yellow_threshold": "0.5", "random_share": "101", "purpose": ""}
    page = analyst.post("/analyst/policy", wrong).content.decode()
    for name in ("blue_threshold", "random_share", "purpose"):
        assert f'id="id_{name}_error"' in page
    assert node.journal.size == before


def test_exploring_without_a_model_is_refused_with_what_to_do(analyst, node):
    if standing_now(node).policy.usual_strangeness:
        pytest.skip("a policy knows what is usual already")
    page = analyst.post("/analyst/policy", _policy(analyst) | {"exploring_share": "1"}).content.decode()
    assert "adopt a model first" in page


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.SUPERVISOR, Role.AUDITOR])
def test_others_see_the_policy_and_train_and_adopt_nothing(node, role):
    browser, before = signed_in(role), node.journal.size
    page = browser.get("/analyst/policy").content.decode()
    assert "<form method" not in page.split("<main")[1]
    for address in ("/analyst/policy", "/analyst/model/train", "/analyst/model/adopt"):
        assert browser.post(address, {}).status_code == 403
    assert node.journal.size == before
    assert training.training() is None
