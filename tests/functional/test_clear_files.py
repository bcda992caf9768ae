"""A folder with all that arrives is cleared: each file is told of, with code and place."""

import os
from collections import Counter
from typing import get_args

import msgspec
import pytest

from tests.shared_data import shared_data
from tests.unit.clearance.making import ITEM, PRE_LODGED, PRICE, declaration
from tests.unit.node.making import MOMENT, change, made, opened, shortest_life
from tidegate.declarations.messages import Kind, Message, write_message
from tidegate.journal import JournalBusyError, JournalFullError, SqliteJournal, verify
from tidegate.node import clear_files, files_below

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><d>&c;</d>'
)
OUTSIDE = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'


def octets(lrn, edits=None, **changes):
    value = declaration(lrn, edits or {}).altered(**changes)
    return write_message(Message(value.request, bare=value))


def arrival(mrn):
    return octets("ARRIVED", type_code="GPR", id=mrn)


@pytest.fixture
def node(tmp_path):
    with opened(made(tmp_path / "node", shortest_life(tmp_path / "plain"))) as made_node:
        yield made_node


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def cleared(node, inbox):
    return {told.file.rpartition("/")[2]: told for told in clear_files(node, files_below([inbox]), MOMENT)}


def test_everything_that_arrives_is_told_of_and_the_rest_goes_on(node, inbox):
    good = octets("GOOD-1")
    number = good.replace(b"GOOD-1", b"NUMBER").replace(b">10000.00<", b">ten thousand<")
    files = {
        "01-good.xml": (good, "declaration", None),
        "02-cut.xml": (good[: len(good) // 2], "unreadable", "TG-XML-FORM"),
        "03-encoding.xml": (good.replace(b"UTF-8", b"UTF-99"), "unreadable", "TG-XML-FORM"),
        "04-octets.xml": (good.replace(b"Axial", b"Axi\xff\xfe"), "unreadable", "TG-XML-FORM"),
        "05-bomb.xml": (BOMB, "unreadable", "TG-XML-DTD"),
        "06-outside.xml": (OUTSIDE, "unreadable", "TG-XML-DTD"),
        "07-empty.xml": (b"", "other", None),
        "08-binary.xml": (bytes(range(256)) * 40, "other", None),
        "09-twice.xml": (octets("GOOD-1", {PRICE: "7.00 EUR"}), "declaration", "TG-LRN-TWICE"),
        "10-unknown.xml": (arrival("26XA00000000000000"), "arrival", "TG-UNKNOWN-CONSIGNMENT"),
        "11-number.xml": (number, "declaration", "TG-NUMBER"),
        "12-currency.xml": (octets("CURRENCY", {PRICE: "7.00 EUX"}), "declaration", "TG-CURRENCY"),
        "13-deep.xml": (b"<a>" * 200 + b"</a>" * 200, "unreadable", "TG-XML-DEPTH"),
        "14-page.html": (b"<html><body>Sorry</body></html>", "other", None),
        "15-good.xml": (octets("GOOD-2"), "declaration", None),
    }
    for name, (data, _, _) in files.items():
        (inbox / name).write_bytes(data)
    (inbox / "16-nowhere.xml").symlink_to(inbox / "gone")
    told = cleared(node, inbox)
    stopped = {name: next((f for f in one.findings if f.stops), None) for name, one in told.items()}
    assert {name: (one.kind, stopped[name] and stopped[name].code) for name, one in told.items()} == {
        **{name: (kind, code) for name, (_, kind, code) in files.items()},
        "16-nowhere.xml": ("unreadable", "TG-FILE"),
    }
    assert stopped["11-number.xml"].location.startswith(f"{ITEM}/")
    assert stopped["12-currency.xml"].location == PRICE
    for name in ("02-cut.xml", "04-octets.xml", "13-deep.xml"):
        assert stopped[name].location.startswith("line ")
    assert (told["01-good.xml"].state, told["15-good.xml"].state) == ("released", "released")
    assert told["09-twice.xml"].mrn is None
    assert told["01-good.xml"].mrn in stopped["09-twice.xml"].text
    assert {told["11-number.xml"].state, told["12-currency.xml"].state} == {"rejected"}
    assert "root:" not in repr(told)


def test_positions_are_those_of_the_acts_in_the_journal(node, inbox):
    for name, data in (("1.xml", octets("L1")), ("2.xml", b"<cut"), ("3.xml", octets("L3")), ("4.xml", b"")):
        (inbox / name).write_bytes(data)
    told = cleared(node, inbox)
    entries = {entry.position: entry for entry in node.journal.read()}
    assert sorted(at for one in told.values() for at in one.positions) == sorted(entries)
    for name in ("1.xml", "3.xml"):
        assert entries[told[name].positions[0]].kind == "declaration.lodged"
        assert all(f"mrn:{told[name].mrn}" in entries[at].keys for at in told[name].positions)
    assert entries[told["2.xml"].positions[0]].kind == "message.received"
    assert told["4.xml"].positions == ()
    assert verify(node.journal).ok


def test_a_second_run_tells_all_duplicates_and_lodges_nothing(node, inbox):
    for number in range(4):
        (inbox / f"{number}.xml").write_bytes(octets(f"L{number}"))
    first = cleared(node, inbox)
    root = node.journal.root()
    second = cleared(node, inbox)
    assert node.journal.root() == root
    for name, told in second.items():
        assert (told.mrn, told.positions, told.refused) == (None, (), True)
        assert [finding.values["mrn"] for finding in told.findings] == [first[name].mrn]


def test_goods_lodged_before_they_came_are_released_when_they_arrive(node, inbox):
    (inbox / "1.xml").write_bytes(octets("L1", PRE_LODGED))
    before = cleared(node, inbox)["1.xml"]
    assert before.state == "selected"
    (inbox / "1.xml").write_bytes(arrival(before.mrn))
    (inbox / "2.xml").write_bytes(arrival(before.mrn))
    told = cleared(node, inbox)
    assert (told["1.xml"].kind, told["1.xml"].mrn, told["1.xml"].refused) == ("arrival", before.mrn, False)
    assert [finding.code for finding in told["2.xml"].findings] == ["TG-NOT-ALLOWED"]
    kinds = [entry.kind for entry in node.journal.read()]
    assert kinds[-4:] == ["channel.assigned", "goods.arrived", "message.received", "goods.released"]


@pytest.mark.parametrize("batch", [1, 3])
def test_what_is_told_does_not_depend_on_the_batch(tmp_path, inbox, batch):
    names = ["a", "b", "c", "b", "d", "e", "f"]
    for place, lrn in enumerate(names):
        (inbox / f"{place}.xml").write_bytes(octets(lrn, {PRICE: f"{place}00.00 EUR"}))
    (inbox / "3b.xml").write_bytes(b"<cut")
    results = []
    key = "5a" * 32
    for name, size in (("whole", 500), ("parts", batch)):
        folder = made(tmp_path / name)
        (folder / "node.key").write_text(key)
        change(folder / "node.toml", "batch = 500", f"batch = {size}")
        with opened(folder) as node:
            results.append(
                [msgspec.structs.replace(one, positions=()) for one in cleared(node, inbox).values()]
            )
    assert results[0] == results[1]


def test_a_file_that_is_a_folder_or_too_large_is_told_of(node, inbox):
    (inbox / "large.xml").write_bytes(octets("L1") + b" " * node.limits.octets)
    told = list(clear_files(node, [inbox, inbox / "large.xml", inbox / "none.xml"], MOMENT))
    assert [one.kind for one in told] == ["unreadable"] * 3
    assert [one.findings[0].code for one in told] == ["TG-FILE", "TG-XML-SIZE", "TG-FILE"]


def test_a_file_whose_name_is_no_text_can_be_told(node, inbox):
    (inbox / os.fsdecode(b"\xff.xml")).write_bytes(octets("L1"))
    (told,) = clear_files(node, files_below([inbox]), MOMENT)
    assert msgspec.json.encode(told.file)
    assert told.state == "released"


def test_many_octets_are_not_held_at_once(node, inbox, monkeypatch):
    for number in range(6):
        (inbox / f"{number}.xml").write_bytes(octets(f"L{number}"))
    size = (inbox / "0.xml").stat().st_size
    monkeypatch.setattr("tidegate.node.clearing._OCTETS_AT_ONCE", 2 * size)
    results = clear_files(node, files_below([inbox]), MOMENT)
    next(results)
    assert sum(entry.kind == "declaration.lodged" for entry in node.journal.read()) == 2
    assert len(list(results)) == 5


@pytest.mark.parametrize("error", [JournalFullError("The disk is full."), JournalBusyError("Locked.")])
def test_a_journal_that_takes_nothing_is_told_and_nothing_is_acknowledged(node, inbox, monkeypatch, error):
    node.configuration = msgspec.structs.replace(node.configuration, batch=2)
    for number in range(5):
        (inbox / f"{number}.xml").write_bytes(octets(f"L{number}"))
    append, left = SqliteJournal.append, [3]

    def failing(journal, groups):
        left[0] -= 1
        if left[0] < 0:
            raise error
        return append(journal, groups)

    told = []
    with monkeypatch.context() as patched:
        patched.setattr(SqliteJournal, "append", failing)
        with pytest.raises(type(error)):
            told.extend(clear_files(node, files_below([inbox]), MOMENT))  # keeps what came before the error
    lodged = {key for entry in node.journal.read(kinds={"declaration.lodged"}) for key in entry.keys}
    assert len(node.journal.read(kinds={"declaration.lodged"})) == 4
    assert [(f"mrn:{one.mrn}" in lodged, one.state) for one in told] == [(True, "released")] * 2
    again = cleared(node, inbox)
    assert [one.mrn is None for one in again.values()] == [True] * 4 + [False]
    for one in list(again.values())[:4]:
        assert f"mrn:{one.findings[0].values['mrn']}" in lodged
    assert len(node.journal.read(kinds={"declaration.accepted"})) == 5


def test_what_an_earlier_run_left_unanswered_is_answered_first(node, inbox, monkeypatch):
    (inbox / "1.xml").write_bytes(octets("L1", PRE_LODGED))
    with monkeypatch.context() as patched:
        patched.setattr(type(node), "catch_up", lambda _node: 0)
        (told,) = clear_files(node, files_below([inbox]), MOMENT)
    assert told.state == "received"
    (inbox / "1.xml").write_bytes(arrival(told.mrn))
    assert not cleared(node, inbox)["1.xml"].refused


def test_an_unreadable_file_is_told_by_code(node, inbox, monkeypatch):
    (inbox / "1.xml").write_bytes(octets("L1"))
    (inbox / "2.xml").write_bytes(octets("L2"))
    opened_path = type(inbox).open

    def locked(path, *how, **more):
        if path.name == "1.xml":
            raise PermissionError(13, "Permission denied")
        return opened_path(path, *how, **more)

    monkeypatch.setattr(type(inbox), "open", locked)
    told = cleared(node, inbox)
    assert (told["1.xml"].kind, told["1.xml"].findings[0].code) == ("unreadable", "TG-FILE")
    assert told["2.xml"].state == "released"


@pytest.mark.skipif(shared_data() is None, reason="the shared data is not beside the project")
def test_the_corpus_gives_one_object_a_file_with_the_kinds_it_holds(node):
    files = files_below([shared_data() / "cds" / "scenarios"])
    told = list(clear_files(node, files, MOMENT))
    assert [one.file for one in told] == [str(path) for path in files]
    kinds = Counter(one.kind for one in told)
    assert set(kinds) <= set(get_args(Kind))
    assert {"declaration", "amendment", "cancellation", "arrival", "movement", "notification"} <= set(kinds)
    for one in told:
        if one.kind == "unreadable":
            assert one.findings[0].location.startswith("line ")
        if one.kind == "declaration" and not one.refused:
            assert one.channel in ("green", "yellow", "red", "blue")
            assert one.risk is not None
    positions = sorted(at for one in told for at in one.positions)
    assert len(positions) == len(set(positions))
    assert verify(node.journal).ok
