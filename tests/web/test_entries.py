"""Entry summary declarations at the door and the desk: judged at once, told to their own, controlled once."""

from tests.web.entering import TOO_LIGHT, entry
from tests.web.lodging import CONTENT, declaration

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
