"""The list of what wants something: the same as all entries say, kept as acts come, read in parts."""

from datetime import timedelta

from tests.unit.entry.making import ARRIVAL, CONTROLLED, DOCUMENT, FORBIDDEN, MOMENT, OFFICE
from tests.unit.entry.test_arriving import naming
from tidegate.entry import (
    EntryReader,
    announcements,
    loose_ends,
    record_entry_control,
    wanting,
    wanting_counts,
)
from tidegate.journal import replay

ELSEWHERE = "GB000011"
_REFERENCE = "GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23"
_OFFICE = "CUSOFFFENT730/RefNumCUSOFFFENT731"
_UNSETTLED = {"missed", "elsewhere", "undeclared", "unannounced"}


def said_by_all(connection):
    """Return what wants what, worked out from every entry and everything loose."""
    ends = {one.subject: one.reason for one in loose_ends(connection)}
    found = {one: "loose" for one, reason in ends.items() if reason in _UNSETTLED}
    for one in announcements(connection):
        if one.state == "arrived":
            found[one.mrn] = "control"
        elif one.ahead and one.decision != "proceed":
            found[one.mrn] = "loading" if one.decision == "do not load" else "control"
    return found


def listed(post, **how):
    with post.tables() as connection:
        return wanting(connection, **how)


def agrees(post):
    with post.tables() as connection:
        found = {one.place.subject: one.want for one in wanting(connection, limit=1000)}
        counts = wanting_counts(connection)
        assert found == said_by_all(connection)
    assert counts == {want: list(found.values()).count(want) for want in counts}
    return found


def of_all_kinds(post):
    """Lodge one of each kind, and see after every act that the list says what all entries say."""
    edits = {
        "free": {_REFERENCE: "FREE"},
        "met": {_REFERENCE: "MET"},
        "forbidden": {**FORBIDDEN, _REFERENCE: "NO"},
        "controlled": {**CONTROLLED, _REFERENCE: "LOOK"},
        "left": {_REFERENCE: "LEFT"},
        "far": {_REFERENCE: "FAR", _OFFICE: ELSEWHERE},
    }
    numbers = {}
    for n, (name, one) in enumerate(edits.items()):
        numbers[name] = post.lodged(f"A{n}", one, MOMENT + timedelta(minutes=n))
        agrees(post)
    post.arrives("FREE", "MET", "LOOK", "STRANGE")
    agrees(post)
    assert numbers["met"] in agrees(post)
    post.declared("D1", naming("705", "MET"))
    assert numbers["met"] not in agrees(post)
    return numbers


def test_the_list_says_after_every_act_what_all_entries_say(post):
    numbers = of_all_kinds(post)
    assert {numbers["controlled"], "STRANGE"} <= agrees(post).keys()
    record_entry_control(
        post.journal, numbers["controlled"], ARRIVAL, "officer:1", outcome="conform", found=""
    )
    post.catch_up()
    assert agrees(post)[numbers["controlled"]] == "loose"  # released, and met by no declaration


def test_what_arrives_elsewhere_becomes_loose_by_its_conveyance_alone(post):
    mrn = post.lodged("A1", {_OFFICE: ELSEWHERE})
    assert agrees(post) == {}
    post.arrives("OTHER")
    assert agrees(post)[mrn] == "loose"
    (one,) = [one for one in listed(post) if one.entry is not None]
    assert "is bound for GB000011" in one.text


def test_the_newest_comes_first_and_goods_without_an_entry_last(post):
    numbers = of_all_kinds(post)
    order = [one.place.subject for one in listed(post)]
    assert order[-1] == "STRANGE"
    assert order[:2] == [numbers["far"], numbers["left"]]
    assert [one.text for one in listed(post)][-1].endswith("no entry names it.")


def test_read_in_parts_it_is_what_it_is_read_at_once(post):
    of_all_kinds(post)
    for how in ({}, {"office": OFFICE}, {"want": "loose"}, {"want": "loose", "office": OFFICE}):
        parts, after = [], None
        while part := listed(post, after=after, limit=2, **how):
            parts += part
            after = part[-1].place
        assert parts == listed(post, **how)


def test_an_office_reads_its_own(post):
    numbers = of_all_kinds(post)
    assert [one.place.subject for one in listed(post, office=ELSEWHERE)] == [numbers["far"]]
    with post.tables() as connection:
        assert sum(wanting_counts(connection, office=ELSEWHERE).values()) == 1
    assert [one.place.subject for one in listed(post, office=OFFICE)][-1] == "STRANGE"


def test_folded_as_it_came_it_is_what_is_rebuilt(post):
    of_all_kinds(post)
    agrees(post)
    replayed = replay(post.journal, EntryReader(), post.folder / "read", batch=1)
    assert replayed.before == replayed.after
    assert DOCUMENT not in agrees(post)
