"""A node loses what it has of a person: every file of it is searched for what was theirs."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from tests.unit.clearance.making import FLAWED, PRE_LODGED, declaration
from tests.unit.journal.searching import found_in
from tests.unit.node.making import administration
from tidegate.clearance import Lodging, arrive, consignment_now, lodge, receive
from tidegate.commands.journal import journal as command
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.places import with_value
from tidegate.journal import JournalError, Key, replay, verify
from tidegate.node import create_node, open_node
from tidegate.node.erasing import erase_operator, erase_positions

MOMENT = datetime(2026, 3, 1, 9, tzinfo=UTC)
JANE, JOHN = "XA7700JANEDOE", "XA1200JOHNROE"


def lodged(node, number, lrn, edits=()):
    value = with_value(declaration(lrn, dict(edits)), "Declarant/ID", number)
    original = write_message(Message("declaration", bare=value))
    (receipt,) = lodge(
        node.journal, [Lodging(MOMENT, original, value)], country=node.administration.country, key=node.key
    )
    return receipt.mrn


@pytest.fixture
def folder(tmp_path):
    create_node(tmp_path / "node", "demo", lambda: MOMENT)
    return tmp_path / "node"


@pytest.fixture
def node(folder):
    with open_node(folder, lambda: MOMENT) as opened:
        opened.mrns = {
            number: [
                lodged(opened, number, f"{number}-{n}", [FLAWED, {}, PRE_LODGED][n % 3].items())
                for n in range(9)
            ]
            for number in (JANE, JOHN)
        }
        opened.catch_up()
        yield opened


def gone(node, number=JANE):
    return erase_operator(node, number, reason="asked for", occurred=MOMENT)


def equal(node):
    replayed = replay(node.journal, node.reader("clearance"), node.read_tables)
    return replayed.before == replayed.after


def test_nothing_of_the_person_is_in_any_file_and_all_else_is_as_it_was(node, folder):
    note = node.checkpoint().note
    others = {mrn: consignment_now(node.journal, mrn) for mrn in node.mrns[JOHN]}
    assert {name.partition("/")[0] for name in found_in(folder, JANE.encode())} >= {
        "journal",
        "read",
        "responders",
    }
    done = gone(node)
    assert found_in(folder, JANE.encode()) == []
    assert sorted(done.consignments) == sorted(node.mrns[JANE])
    assert done.mentioned == ()
    assert verify(node.journal, against=note, keys=[node.verifier_key()]).ok
    assert equal(node)
    assert {mrn: consignment_now(node.journal, mrn) for mrn in others} == others


def test_after_it_the_node_goes_on_with_the_others(node):
    gone(node)
    mrn = lodged(node, JOHN, "later")
    for waiting in awaited(node, JOHN):
        arrive(node.journal, waiting, MOMENT, f"operator:{JOHN}")
    node.catch_up()
    assert state(node, mrn).state != "received"
    assert awaited(node, JOHN) == []
    assert equal(node)


def state(node, mrn):
    return consignment_now(node.journal, mrn)[0]


def awaited(node, number):
    """Return the consignments of an operator whose goods have not arrived."""
    found = [(mrn, state(node, mrn)) for mrn in node.mrns[number]]
    return [mrn for mrn, one in found if one.state == "registered" or "arrival" in one.outstanding]


def test_an_erased_consignment_is_unknown_and_its_number_is_not_given_again(node):
    gone(node)
    for mrn in node.mrns[JANE]:
        with pytest.raises(Exception, match="No declaration has the MRN"):
            arrive(node.journal, mrn, MOMENT, "office:XA001")
    again = lodged(node, JANE, "quite new")
    assert again not in node.mrns[JANE]
    node.catch_up()
    assert len(gone(node).consignments) == 1


def test_what_was_refused_and_kept_by_nobody_goes_too(node, folder):
    assert lodged(node, JANE, f"{JANE}-1", {"TypeCode": "IMZ"}.items()) is None
    assert lodged(node, JOHN, f"{JOHN}-1", {"TypeCode": "IMZ"}.items()) is None
    gone(node)
    assert found_in(folder, JANE.encode()) == []
    assert verify(node.journal).ok


def test_an_arrival_that_the_person_told_of_others_goods_still_counts(node, folder):
    original = b"<arrival>%s</arrival>" % JANE.encode()
    waiting = awaited(node, JOHN)
    assert waiting != []
    for mrn in waiting:
        arrive(node.journal, mrn, MOMENT, f"operator:{JANE}", original=original)
    node.catch_up()
    before = {mrn: state(node, mrn) for mrn in node.mrns[JOHN]}
    gone(node)
    assert found_in(folder, JANE.encode()) == []
    assert {mrn: state(node, mrn) for mrn in node.mrns[JOHN]} == before
    assert equal(node)


def test_messages_that_lodge_nothing_go_with_who_sent_them(node, folder):
    message = Message("movement")
    for number in (JANE, JOHN):
        original = b"<movement>%s</movement>" % number.encode()
        receive(node.journal, message, original, occurred=MOMENT, author=f"operator:{number}", findings=())
    gone(node)
    assert found_in(folder, JANE.encode()) == []
    assert found_in(folder, b"<movement>" + JOHN.encode()) != []


def test_others_who_name_the_person_are_told_of_and_keep_what_they_said(node, folder):
    value = with_value(declaration(f"about-{JANE}"), "Declarant/ID", JOHN)
    original = write_message(Message("declaration", bare=value))
    lodge(node.journal, [Lodging(MOMENT, original, value)], country="XA", key=node.key)
    done = gone(node)
    assert len(done.mentioned) >= 1
    assert all(node.journal.read(at, 1)[0].body is not None for at in done.mentioned)
    assert found_in(folder, JANE.encode()) != []


def test_a_position_takes_its_whole_consignment_with_it(node):
    (first,) = node.journal.read(0, 1)
    mrn = node.mrns[JANE][0]
    done = erase_positions(node, [first.position], [], reason="asked", occurred=MOMENT)
    assert done.consignments == (mrn,)
    assert all(
        entry.body is None for entry in node.journal.about(Key(f"mrn:{mrn}")) if entry.kind != "erased"
    )
    assert verify(node.journal).ok
    assert equal(node)


@pytest.mark.parametrize("batch", [1, 1000])
def test_what_is_decided_only_after_the_erasure_does_not_stop_the_node(tmp_path, monkeypatch, batch):
    """Others lodge and tell of arrivals, and the person is erased before the responder has heard of it."""
    folder, ours = tmp_path / "node", administration(tmp_path / "ours")
    (ours / "life.toml").write_text("accepts_on_arrival = true\n", encoding="utf-8")
    create_node(folder, str(ours), lambda: MOMENT)
    with open_node(folder, lambda: MOMENT) as node:
        early = lodged(node, JANE, "early", PRE_LODGED.items())
        node.catch_up()
        assert state(node, early).state == "registered"
        arrive(node.journal, early, MOMENT, "office:XA001")
        late = lodged(node, JANE, "late")
        other = lodged(node, JOHN, "other")
        monkeypatch.setattr(node, "catch_up", lambda: 0)
        gone(node)
        monkeypatch.undo()
        node.catch_up(batch)
        assert found_in(folder, JANE.encode()) == []
        assert node.journal.about(Key(f"mrn:{late}"))[0].body is None
        assert state(node, other).state != "received"
        assert verify(node.journal).ok
        assert equal(node)


@pytest.mark.usefixtures("node")
def test_the_command_tells_what_went(folder):
    words = ["erase", "--node", str(folder), "--operator", JANE, "--reason", "asked for", "--json"]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    # One of the keys is that under which the notices to the operator are found.
    assert (told["consignments"], told["keys"], told["mentioned"]) == (9, 11, [])
    assert found_in(folder, JANE.encode()) == []
    again = CliRunner().invoke(command, words)
    assert again.exit_code == 2
    assert "nothing_to_erase" in again.output
    some = ["erase", "--node", str(folder), "--reason", "x"]
    assert CliRunner().invoke(command, some).exit_code == 2
    assert CliRunner().invoke(command, [*some, "--position", "0", "--operator", "x"]).exit_code == 2


def test_an_unknown_operator_is_told(node):
    with pytest.raises(JournalError) as refusal:
        gone(node, "XA0000NOBODY")
    assert refusal.value.code == "nothing_to_erase"
