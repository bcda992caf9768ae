"""Every form of every page, filled in badly: nothing breaks, nothing enters, what is wrong is said beside it.

Forms are found by walking the addresses as somebody who may do most there; sent twice, they act once.
"""

import re
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web import forms_of
from tests.web.askers import known
from tests.web.controlling import DEAR, let_dear_goods_be_controlled
from tests.web.forms_of import address_of, complaints_in, forms_in, looker_at, pages
from tests.web.lodging import declaration
from tests.web.people_of import person, signed_in
from tests.web.test_trader import ABOUT, GOODS, PDF, TRANSPORT
from tidegate.clearance import acts_about, request_documents
from tidegate.journal import Key
from tidegate.notices import publish_bulletin, receive_question
from tidegate_web import node as held
from tidegate_web.node import now
from tidegate_web.people.models import Role

# What a page notes of whoever looks at it; and what says no by leading back with a message, as nothing can be
# filled in there but a choice of one.
_NOTED = {"data.consulted"}
# The kinds of field that a way to fill in badly is about; without any of them a form is not tried so.
_NEEDS = {
    forms_of.absurd: {"date", "number", "select", "radio", "checkbox"},
    forms_of.overlong: {"text", "textarea"},
    forms_of.controlling: {"text", "textarea"},
    forms_of.forged: {"hidden"},
    forms_of.wrong_files: {"file"},
}
# Of these the page says no beside no field of its own: their answer is the page itself.
_STEPS = ("about", "transport")
_ASKS = {"/questions/find", "/trader/consignments/find", "/officer/consignments/find", "/officer/queue"}


def _lodged(asker, **changes):
    assert asker.cds("", declaration(asker.number, **changes)).status_code == 202
    held.node().catch_up()
    entry = held.node().journal.read(0, 1_000_000, kinds=["declaration.lodged"])[-1]
    return next(key.removeprefix("mrn:") for key in entry.keys if key.startswith("mrn:"))


@pytest.fixture(scope="module")
def there():
    """What the names in addresses stand for; a consignment with documents asked for, under control."""
    node = held.node()
    let_dear_goods_be_controlled()
    asker = known("127.0.0.31")
    trader = signed_in(Role.TRADER, username="fills-in-forms", operator=asker.number)
    mrn = _lodged(asker, price=DEAR)
    request_documents(node.journal, mrn, now(), "officer:1", grounds="The invoice, please.")
    position = [entry.position for entry, _ in acts_about(node.journal, mrn)][-1]
    director = Key("person:director", personal=True)
    publish_bulletin(node.journal, now(), director, name="forms", title="A notice", words="Words.")
    parts = {"matter": "question", "words": "When?", "about": "", "contact": ""}
    receive_question(node.journal, now(), reference="23456789ABCD", **parts)
    node.catch_up()
    draft = int(trader.post("/trader/lodge/new")["Location"].split("/")[3])
    someone = person(Role.OFFICER, username="is-changed-by-forms")
    return {
        "mrn": mrn, "position": position, "n": 0, "number": draft, "item": 1,
        "reference": "23456789ABCD", "code": "4819", "name": "forms", "asker": asker, "person": someone.pk,
    }  # fmt: skip


@pytest.fixture(scope="module")
def browsers(there):
    """A browser of each role that looks; the trader's is the one whose the consignment is."""
    made = {role: signed_in(role, username=f"forms-{role}") for role in Role if role != Role.TRADER}
    made[Role.TRADER] = signed_in(Role.TRADER, username="fills-in-forms", operator=there["asker"].number)
    for one in made.values():
        one.raise_request_exception = False
    return made


def _found(there, browsers):
    """Yield each form with the browser that sees it, once, as the page shows it now."""
    known_before = set()
    steps = [(route.replace("<slug:step>", step), view) for route, view in pages() for step in _STEPS]
    for route, view in dict.fromkeys(steps):
        names = there | ({"number": there["person"]} if route.startswith("people/") else {})
        address = address_of(route, names)
        browser = browsers[looker_at(view.action)]
        answer = browser.get(address) if address else None
        if answer is None or answer.status_code != 200 or answer.streaming:
            _closed(answer)
            continue
        if not answer.headers["Content-Type"].startswith("text/html") or not answer.content.strip():
            continue
        for form in forms_in(address, answer.content):
            key = (urlsplit(form.action).path, form.method, frozenset(form.fields))
            if form.visible and key not in known_before:
                known_before.add(key)
                yield form, browser


def _closed(answer):
    if answer is not None and answer.streaming:
        answer.close()


def _entered(node, size):
    return [one.kind for one in node.journal.read(size, 1_000) if one.kind not in _NOTED]


def _as_good(form, how):
    """Tell whether what was filled in is as good as any: a reference that the trader itself may choose."""
    return how is forms_of.forged and "reference" in form.fields


def _sent(form, browser, said):
    if form.method == "get":
        path = urlsplit(form.action).path
        return browser.get(path, {name: value for name, value in said.items() if isinstance(value, str)})
    return browser.post(form.action, said)


def _kept(form, said, content):
    """Return the fields whose words are gone from the form as it is shown again."""
    again = [one for one in forms_in(form.page, content) if form.visible <= set(one.fields)]
    lost = []
    for name, value in said.items():
        kind = form.fields.get(name, ("", ""))[0]
        if kind in ("text", "textarea", "search", "number", "date") and isinstance(value, str):
            shown = [one.fields[name][1].strip()[:200] for one in again if name in one.fields]
            if value.strip()[:200] not in shown:
                lost.append(name)
    return lost


@pytest.mark.parametrize(
    "how",
    [
        forms_of.empty,
        forms_of.absurd,
        forms_of.overlong,
        forms_of.controlling,
        forms_of.forged,
        forms_of.wrong_files,
    ],
    ids=lambda how: how.__name__,
)
def test_a_form_filled_in_badly_is_kept_explained_and_enters_nothing(there, browsers, node, how):
    wrong, tried = {}, 0
    for form, browser in _found(there, browsers):
        said, size = form.filled(how), node.journal.size
        kinds = {kind for kind, _ in form.fields.values()}
        if how in _NEEDS and not kinds & _NEEDS[how]:
            continue  # nothing in it can be filled in badly this way
        answer = _sent(form, browser, said)
        tried += 1
        told = answer.content if not answer.streaming else b""
        page = told.startswith(b"<!doctype") and answer.status_code in (200, 409, 422)
        tied, loose, summary = complaints_in(told) if page else ([], [], "")
        if answer.status_code >= 500:
            wrong[form.name] = f"answered {answer.status_code}"
        elif form.method == "post" and _entered(node, size) and not _as_good(form, how):
            wrong[form.name] = f"entered {_entered(node, size)}"
        elif answer.status_code == 302 and form.method == "post" and not _as_good(form, how):
            wrong[form.name] = "led away, and what was written is gone"
        elif answer.status_code == 422 and form.action not in _ASKS and not (tied or summary):
            wrong[form.name] = "refused, and nothing on the page says why"
        elif loose:
            wrong[form.name] = f"wrong, and not tied to words: {loose}"
        elif answer.status_code == 422 and how is not forms_of.controlling and _kept(form, said, told):
            wrong[form.name] = f"not kept: {_kept(form, said, told)}"
    assert wrong == {}
    assert tried >= {"forged": 10, "wrong_files": 3}.get(how.__name__, 15)


def test_every_form_that_is_sent_was_looked_at(there, browsers):
    """The walk finds the forms of every desk: where one is missing, its page was not shown."""
    found = {urlsplit(form.action).path for form, _ in _found(there, browsers) if form.method == "post"}
    mrn = there["mrn"]
    for address in (
        f"/officer/consignments/{mrn}/control", f"/trader/consignments/{mrn}/documents", "/trader/keys",
        f"/trader/consignments/{mrn}/amendment", f"/trader/consignments/{mrn}/review", "/analyst/profile",
        f"/trader/lodge/{there['number']}/goods/1", "/trader/uploads", "/analyst/policy", "/analyst/what-if",
        "/analyst/profile/withdraw", "/notices/new", "/notices/forms/withdrawal", "/questions/new", "/verify",
        "/questions/23456789ABCD/answer", "/people/new",
    ):  # fmt: skip
        assert address in found, address


# What is sent twice: the page and the end of the form's address, what is filled in, the act it comes to.
_TWICE = {
    "notice": ("/notices/new", "/notices/new",
               {"name": "sent-twice", "title": "T", "words": "W."}, "bulletin.published"),
    "words": ("/notices/forms/words", "/words", {"words": "Other words."}, "bulletin.published"),
    "withdrawal": ("/notices/sent-twice", "/withdrawal", {"reason": "Mistake."}, "bulletin.withdrawn"),
    "question": ("/questions/new", "/questions/new",
                 {"matter": "question", "words": "Twice?"}, "question.received"),
    "answer": ("/questions/23456789ABCD/answer", "/answer", {"words": "Once."}, "question.answered"),
    "profile": ("/analyst/profile", "/profile",
                {"code": "TWICE", "condition": "value > 10000000", "reason": "R.", "purpose": "P.",
                 "do": "adopt"}, "profile.adopted"),
    "no profile": ("/analyst/", "/profile/withdraw",
                   {"named": "TWICE", "reason": "Enough."}, "profile.withdrawn"),
    "policy": ("/analyst/policy", "/policy", {"red_capacity": "44", "purpose": "P."}, "policy.adopted"),
    "documents": ("/trader/consignments/{mrn}", "/documents", {"words": "Invoice"}, "documents.delivered"),
    "amendment": ("/trader/consignments/{mrn}/amendment", "/amendment?item=1",
                  {"description": "Boxes of unprinted board"}, "amendment.requested"),
    "review": ("/trader/consignments/{mrn}", "/review", {"grounds": "Not so."}, "review.requested"),
    "invalidation": ("/trader/consignments/{mrn}", "/invalidation",
                     {"words": "Sold."}, "invalidation.requested"),
    "upload": ("/trader/uploads", "/trader/uploads", {}, "declaration.lodged"),
}  # fmt: skip
# Forms that are not sent twice here, each with why; the beginning of their addresses.
_ELSEWHERE = {
    "/officer/": "each of an officer's acts is sent twice in the officer's own tests",
    "/entries/": "the control at arrival is sent twice in the tests of entries",
    "/people": "accounts are no acts: they are rows, saved as they stand in the form",
    "/partners": "they have tests of their own",
    "/trader/keys": "keys are no acts: test_trader counts them",
    "/trader/lodge/": "drafts are no acts: test_trader lodges one twice",
    "/analyst/what-if": "a rehearsal is no act, and one runs at a time",
    "/verify": "it changes nothing",
}


def _file(case, there, number):
    if case == "documents":
        return {"files": SimpleUploadedFile("invoice.pdf", PDF)}
    if case == "upload":
        sent = declaration(there["asker"].number, lrn=f"TWICE-{number}")
        return {"files": SimpleUploadedFile("one.xml", sent)}
    return {}


@pytest.mark.parametrize("case", _TWICE)
def test_a_form_that_is_sent_twice_acts_once(there, browsers, node, case):
    at, end, said, kind = _TWICE[case]
    role = {"trader": Role.TRADER, "analyst": Role.ANALYST}.get(at.split("/")[1], Role.DIRECTOR)
    browser = browsers[Role.SUPERVISOR if case == "answer" else role]
    page = at.format(mrn=there["mrn"])
    form = next(one for one in forms_in(page, browser.get(page).content) if one.action.endswith(end))
    filled = form.filled(lambda kind, value: value if kind not in ("file", "radio") else None) | said
    size = node.journal.size
    answers = [browser.post(form.action, filled | _file(case, there, size)).status_code for _ in range(2)]
    assert answers[0] in (200, 302)
    assert answers[1] in (200, 302, 409, 422)
    assert _entered(node, size).count(kind) == 1


def test_every_form_that_acts_is_sent_twice_here_or_elsewhere(there, browsers):
    here = {end.partition("?")[0].rpartition("/")[2] for _, end, _, _ in _TWICE.values()}
    left = set()
    for form, _ in _found(there, browsers):
        path = urlsplit(form.action).path
        if form.method == "post" and path.rpartition("/")[2] not in here:
            left |= {path} if not path.startswith(tuple(_ELSEWHERE)) else set()
    assert left == set()


def test_a_draft_that_is_lodged_twice_at_once_is_one_declaration(there, browsers, node):
    trader = browsers[Role.TRADER]
    number = int(trader.post("/trader/lodge/new")["Location"].split("/")[3])
    office = re.search(r'name="office".*?<option value="([^"]+)"', _page(trader, number), re.DOTALL)[1]
    about = ABOUT | {"lrn": f"FORMS-{number}", "importer": there["asker"].number, "office": office}
    for step, fields in (("about", about), ("goods/1", GOODS), ("transport", TRANSPORT)):
        assert trader.post(f"/trader/lodge/{number}/{step}", fields).status_code == 302
    size = node.journal.size
    answers = {trader.post(f"/trader/lodge/{number}/check")["Location"] for _ in range(2)}
    assert len(answers) == 1
    assert _entered(node, size).count("declaration.lodged") == 1


def _page(trader, number):
    return trader.get(f"/trader/lodge/{number}/about").content.decode()


def test_the_walk_would_see_a_form_that_tells_nothing():
    page = b'<!doctype html><form method="post" action="/x"><input name="a" aria-invalid="true"></form>'
    tied, loose, summary = complaints_in(page)
    assert (tied, loose, summary) == ([], ["a"], "")
    (form,) = forms_in("/page", page)
    assert (form.action, form.visible, form.filled(forms_of.overlong)["a"][:5]) == ("/x", {"a"}, "long ")
