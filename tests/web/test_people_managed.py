"""What administrators do with accounts, and what auditors see of it and of who looked."""

import csv
import io
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.web.people_of import person, signed_in
from tidegate.acts import DataConsulted
from tidegate.journal import Append, Draft, Key
from tidegate_web.people.models import Person, Role

TODAY = datetime.now(UTC).date()


def listed(page):
    """Return the accounts or looks of a page, in their order."""
    return re.findall(r'<th scope="row">\s*<a data-row[^>]*>(?:<code>)?([^<]+)', page.content.decode())


@pytest.fixture
def looks(node):
    """Leave looks at a subject, so many, a day apart, by two people in turn; returns the subject."""

    def leave(subject, count):
        for n in range(count):
            act = DataConsulted(subject=subject, page="officer:consignment", role="officer")
            draft = Draft(
                kind=act.KIND,
                version=act.VERSION,
                occurred=datetime.now(UTC) - timedelta(days=n),
                author=Key(f"person:{('looker-a', 'looker-b')[n % 2]}", personal=True),
                keys=(Key(f"consulted:{subject}"),),
                body=act.encode(),
            )
            node.journal.append([Append((draft,))])
        node.catch_up()
        return subject

    return leave


def looked(**wanted):
    return signed_in(Role.AUDITOR).get("/people/looked", wanted)


def test_people_are_found_by_name_account_and_operator_and_by_role_and_state():
    person(Role.OFFICER, username="findable-anna")
    person(Role.ANALYST, username="findable-bert")
    person(Role.TRADER, username="findable-carl", operator="GB777777777777")
    Person.objects.filter(username="findable-bert").update(name="Bert the Other", is_active=False)
    admin = signed_in(Role.ADMINISTRATOR)
    for wanted, found in [
        ({"q": "FINDABLE"}, ["findable-anna", "Bert the Other", "findable-carl"]),
        ({"q": "bert the"}, ["Bert the Other"]),
        ({"q": "gb777777777777"}, ["findable-carl"]),
        ({"q": "findable", "role": "officer"}, ["findable-anna"]),
        ({"q": "findable", "state": "closed"}, ["Bert the Other"]),
        ({"q": "findable", "state": "open"}, ["findable-anna", "findable-carl"]),
        ({"q": "findable", "state": "without"}, ["findable-anna", "Bert the Other", "findable-carl"]),
        ({"q": "findable-a", "state": "never"}, ["findable-anna"]),
        ({"q": "nobody at all"}, []),
    ]:
        assert listed(admin.get("/people", wanted)) == found, wanted
    assert admin.get("/people", {"role": "king"}).status_code == 422


def test_many_people_are_listed_in_parts_and_none_is_lost():
    Person.objects.bulk_create(Person(username=f"many-{n:03}", role="officer") for n in range(120))
    admin, address, found = signed_in(Role.ADMINISTRATOR), "/people?q=many-", []
    for _ in range(3):
        page = admin.get(address)
        found += listed(page)
        further = re.search(r'href="(\?[^"]+)">Further ones', page.content.decode())
        address = "/people" + further[1].replace("&amp;", "&") if further else ""
    assert found == [f"many-{n:03}" for n in range(120)]
    assert address == ""


def test_the_last_administrator_stays_one_and_a_name_stays_as_it_is():
    admin = signed_in(Role.ADMINISTRATOR)
    me = Person.objects.get(username="the-administrator")
    others = Person.objects.filter(role="administrator", is_active=True).exclude(pk=me.pk)
    kept = list(others.values_list("pk", flat=True))
    others.update(is_active=False)
    try:
        for wrong in ({"role": "officer", "is_active": "on"}, {"role": "administrator"}):
            answer = admin.post(f"/people/{me.pk}", {"username": me.username, **wrong})
            assert answer.status_code == 422
            assert b"last administrator" in answer.content
    finally:
        Person.objects.filter(pk__in=kept).update(is_active=True)
    said = {"username": "renamed", "role": "administrator", "is_active": "on"}
    assert admin.post(f"/people/{me.pk}", said).status_code == 302
    assert Person.objects.get(pk=me.pk).username == "the-administrator"


def test_what_is_done_to_an_account_is_told_on_its_page_and_to_auditors(node):
    admin = signed_in(Role.ADMINISTRATOR)
    said = {
        "username": "told-of",
        "role": "officer",
        "office": "",
        "password": "spring tide at noon",
        "is_active": "on",
    }
    admin.post("/people/new", said)
    made = Person.objects.get(username="told-of")
    admin.post(f"/people/{made.pk}", said | {"role": "analyst", "password": ""})
    admin.post(f"/people/{made.pk}", said | {"role": "analyst", "password": ""})
    admin.post(f"/people/{made.pk}", said | {"role": "analyst", "password": "spring tide at midnight"})
    node.catch_up()
    for page in (
        admin.get(f"/people/{made.pk}"),
        signed_in(Role.AUDITOR).get("/people/access?person=told-of"),
    ):
        told = re.findall(r'<th scope="row">\s*([^<]*[^<\s])\s*</th>', page.content.decode())
        assert told == ["New password set", "Role or office changed", "Account made"]
        assert b"the-administrator" in page.content


def test_the_first_administrator_is_made_by_command_with_a_password_that_holds_and_an_act(node):
    command = [sys.executable, "-m", "tidegate_web.manage", "add_person", "by-command"]
    for password, status in (("too short", 1), ("spring tide at the mole", 0)):
        # No terminal: the password is read as it comes, which Python warns about.
        made = subprocess.run(command, input=f"{password}\n", capture_output=True, text=True, check=False)
        assert made.returncode == status, made.stderr
    assert Person.objects.get(username="by-command").role == Role.ADMINISTRATOR
    (entry,) = node.journal.read(0, 1_000_000, kinds=["access.given"])[-1:]
    assert (entry.author, entry.keys) == ("command:people", ("person:by-command",))


def test_who_looked_is_found_by_subject_by_person_and_by_day(looks):
    subject = looks("LOOKED-AT-1", 4)
    days = [(TODAY - timedelta(days=n)).isoformat() for n in range(4)]
    assert listed(looked(subject=subject)) == ["looker-a", "looker-b", "looker-a", "looker-b"]
    assert listed(looked(subject=subject, person="looker-b")) == ["looker-b", "looker-b"]
    assert len(listed(looked(subject=subject, since=days[1]))) == 2
    assert len(listed(looked(subject=subject, since=days[2], until=days[1]))) == 2
    assert b"Nobody looked at that" in looked(subject="NEVER-LOOKED-AT").content


def test_many_looks_are_told_in_parts_and_all_of_them_in_the_file(looks):
    subject = looks("LOOKED-AT-2", 120)
    auditor, address, found = signed_in(Role.AUDITOR), f"/people/looked?subject={subject}", []
    for _ in range(3):
        page = auditor.get(address).content.decode()
        found += re.findall(r'data-label="When">([^<]+)', page)
        further = re.search(r'href="(\?[^"]+)">Older ones', page)
        address = "/people/looked" + further[1].replace("&amp;", "&") if further else ""
    assert len(found) == len(set(found)) == 120
    assert sorted(found, reverse=True) == found
    answer = auditor.get(f"/people/looked?subject={subject}&form=csv")
    assert 'filename="who-looked.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [one["moment"][:16].replace("T", " ") for one in rows] == found
    assert {one["person"] for one in rows} == {"looker-a", "looker-b"}


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"since": "yesterday"}, "valid date"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "before the first one"),
        ({"subject": "x" * 141}, "at most 140"),
    ],
)
def test_what_is_wrong_about_a_question_is_said_beside_the_field_and_the_rest_is_kept(wrong, what):
    answer = looked(person="kept-one", **wrong)
    assert answer.status_code == 422
    assert what in answer.content.decode()
    assert "kept-one" in answer.content.decode()


def test_looking_at_who_looked_leaves_an_act_as_well(node):
    looked(subject="LOOKED-AT-3")
    (entry,) = node.journal.read(0, 1_000_000, kinds=["data.consulted"])[-1:]
    assert entry.author == "person:the-auditor"
    assert b"LOOKED-AT-3" in entry.body
