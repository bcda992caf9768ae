"""Every form of the officer's desk: of two officers the second is told, what is sent twice acts once."""

import itertools

import pytest

from tests.web import officing
from tests.web.officing import FORMS, hidden, kinds, page, written
from tests.web.people_of import signed_in
from tidegate_web.people.models import Role

_numbers = itertools.count(1)
# What is wrong in each form, the words beside the field, and what has to be kept of what was written.
BAD = {
    "control": ({"outcome": "irregular", "found": "", "hours": "1.5"}, "Say what was not as declared", "1.5"),
    "order": (
        {"channel": "", "grounds": "A tip from the port."},
        "what is to be examined",
        "A tip from the port.",
    ),
    "referral": ({"to": "", "words": "Take a sample."}, "required", "Take a sample."),
    "documents": ({"grounds": "x" * 2_001}, "2000", "x" * 2_001),
    "examined": ({"words": "y" * 2_001}, "2000", "y" * 2_001),
    "arrival": ({"place": "P" * 36}, "35", "P" * 36),
    "inventory": ({"reference": "I" * 36}, "35", "I" * 36),
    "answer": ({"text": "a" * 2_001}, "2000", "a" * 2_001),
    "payment": ({"amount": "0", "reference": "R77"}, "above 0", "R77"),
    "override": ({"reason": "Only samples."}, "required", "Only samples."),
    "review": ({"outcome": "", "text": "Let us see."}, "required", "Let us see."),
    "follow": ({"reason": "As decided."}, "required", "As decided."),
    "ending": ({"words": "z" * 2_001}, "2000", "z" * 2_001),
}


def address(mrn, name):
    return f"/officer/consignments/{mrn}/{name}"


def looked_at(browser, mrn, name):
    """Return the page on which a form stands."""
    return browser.get(address(mrn, name) if name == "correct" else f"/officer/consignments/{mrn}")


def unique(said):
    """Return a form with a reference that no other test has written: a payment's is recorded once for all."""
    return said | ({"reference": f"REF-{next(_numbers)}"} if "amount" in said else {})


@pytest.mark.parametrize("name", FORMS)
def test_of_two_officers_the_second_is_told_and_nothing_written_is_lost(name, asking):
    make, _said, kind = FORMS[name]
    mrn = make(asking)
    one, other = (signed_in(Role.SUPERVISOR, username=f"{n}-officer") for n in ("first", "second"))
    seen, also = looked_at(one, mrn, name), looked_at(other, mrn, name)
    before = kinds(mrn).count(kind)
    done = one.post(address(mrn, name), unique(written(name, mrn, seen)))
    assert done.status_code == 302, done.content.decode()[-3000:]
    said = unique(written(name, mrn, also, "as the second saw it"))
    answer = other.post(address(mrn, name), said)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody was first" in text
    assert "by first-officer" in text
    kept = [value for key, value in said.items() if "as the second saw it" in value]
    assert all(value in text for value in kept)
    assert kinds(mrn).count(kind) == before + 1


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_sent_twice_acts_once(name, asking):
    make, _said, kind = FORMS[name]
    mrn = make(asking)
    browser = signed_in(Role.SUPERVISOR)
    said = unique(written(name, mrn, looked_at(browser, mrn, name)))
    before = kinds(mrn).count(kind)
    codes = [browser.post(address(mrn, name), said).status_code for _ in range(2)]
    assert codes == [302, 409]
    assert kinds(mrn).count(kind) == before + 1


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_in_a_form_is_explained_beside_the_field_and_the_rest_is_kept(name, asking):
    mrn = FORMS[name][0](asking)
    browser = signed_in(Role.SUPERVISOR)
    before = kinds(mrn)
    fields, words, kept = BAD[name]
    answer = browser.post(address(mrn, name), hidden(looked_at(browser, mrn, name)) | fields)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert 'aria-invalid="true"' in text
    assert kept in text
    assert kinds(mrn) == before


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_names_no_page_that_was_seen_is_refused(name, asking):
    mrn = FORMS[name][0](asking)
    browser = signed_in(Role.SUPERVISOR)
    said = written(name, mrn, looked_at(browser, mrn, name)) | {"seen": ""}
    before = kinds(mrn)
    assert browser.post(address(mrn, name), said).status_code == 422
    assert kinds(mrn) == before


def test_what_was_written_is_shown_still_where_the_act_is_not_possible_any_more(asking):
    mrn = officing.controlled(asking)
    one, other = (signed_in(Role.OFFICER, username=f"{n}-officer") for n in ("first", "second"))
    seen = one.get(f"/officer/consignments/{mrn}")
    one.post(address(mrn, "control"), hidden(seen) | {"outcome": "conform", "found": "All there."})
    said = hidden(seen) | {"outcome": "irregular", "found": "Half of it was missing."}
    answer = other.post(address(mrn, "control"), said)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "This was not done" in text
    assert "Half of it was missing." in text


def test_a_review_that_changed_a_decision_is_put_into_effect_by_who_may_override(asking):
    mrn = officing.reviewed(asking)
    browser = signed_in(Role.SUPERVISOR)
    assert "Put the changed decision into effect" not in page(mrn).content.decode()
    said = hidden(page(mrn)) | {"outcome": "changed", "text": "You are right."}
    assert browser.post(address(mrn, "review"), said).status_code == 302
    seen = page(mrn)
    assert "Put the changed decision into effect" in seen.content.decode()
    browser.post(address(mrn, "follow"), hidden(seen) | officing.amounts(mrn))
    assert "Put the changed decision into effect" not in page(mrn).content.decode()
    assert officing.now(mrn).due != 0
