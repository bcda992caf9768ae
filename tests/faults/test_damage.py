"""Files that are damaged, lost or altered: check says so and what to do, and what it says works."""

import json
import shutil
from contextlib import closing
from datetime import timedelta

import apsw
import pytest
from click.testing import CliRunner

from tests.faults.lodging import lodge_on, now
from tests.faults.nodes import content, entries, made, run, story, tables_of, verified
from tidegate.cli import cli
from tidegate.journal import AnswerDiffersError, open_journal
from tidegate.journal.backup import back_up
from tidegate.journal.check import check_disk, check_journal
from tidegate.node import open_node

PAGE = 8192


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A node with thirty declarations, answered and folded, and a backup of it."""
    folder = made(tmp_path_factory.mktemp("original") / "node")
    with open_node(folder, now) as node:
        list(lodge_on(node, "one", 0, 30))
        node.catch_up()
        back_up(node.journal, [folder / "node.toml", folder / "node.key"], folder.parent / "backup", now)
    return folder


@pytest.fixture
def node(original, tmp_path):
    return shutil.copytree(original, tmp_path / "node")


def tidegate(*arguments):
    """Run a subcommand of `tidegate journal`; return its objects and its exit status."""
    done = CliRunner().invoke(cli, ["journal", *map(str, arguments), "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return [json.loads(line) for line in done.stdout.splitlines()], done.exit_code


def check(folder):
    """Return what check tells, without its last line; it must leave every file as it was."""
    before = content(folder)
    (*troubles, last), status = tidegate("check", "--node", folder)
    assert content(folder) == before
    assert last == {"ok": status == 0, "findings": len(troubles)}
    assert all(set(one) == {"part", "position", "wrong", "remedy", "severity"} for one in troubles)
    assert all(one["wrong"] and one["remedy"] for one in troubles)
    return troubles, status


def parts(troubles):
    return {one["part"] for one in troubles if one["severity"] != "note"}


def attachments(folder):
    return sorted(path for path in (folder / "journal" / "attachments").glob("*/*") if path.is_file())


def restored(original, tmp_path):
    (made_again,), status = tidegate("restore", original.parent / "backup", tmp_path / "restored")
    assert status == 0
    return made_again


# Damage to the journal itself


def truncated_to_half(path):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // PAGE * PAGE)


def truncated_in_a_page(path):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 100)


def emptied(path):
    path.write_bytes(b"")


def removed(path):
    path.unlink()


def first_page_zeroed(path):
    with path.open("r+b") as file:
        file.write(bytes(PAGE))


@pytest.mark.parametrize(
    "damage", [truncated_to_half, truncated_in_a_page, emptied, removed, first_page_zeroed]
)
def test_a_damaged_database_is_told_and_a_backup_takes_its_place(original, node, tmp_path, damage):
    damage(node / "journal" / "journal.sqlite")
    troubles, status = check(node)
    assert status == 1
    told = [one for one in troubles if one["severity"] == "error"]
    # Of a page that lacks its end a body may have been: then it is that which is told.
    assert {one["part"] for one in told} <= {"database", "body", "entries", "envelope"}
    assert all("tidegate journal restore" in one["remedy"] for one in told)
    assert restored(original, tmp_path)["root"] == verified(original).root
    assert story(tmp_path / "restored") == story(original)


def test_any_zeroed_page_of_the_database_is_found(original, node):
    path = node / "journal" / "journal.sqlite"
    whole = path.read_bytes()
    missed = []
    with closing(apsw.Connection(str(original / "journal" / "journal.sqlite"))) as connection:
        free = {page for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE name IS NULL")}
    for at in range(0, len(whole), PAGE):
        path.write_bytes(whole[:at] + bytes(PAGE) + whole[at + PAGE :])
        troubles, _ = check_journal(node / "journal", now)
        if not any(one.severity == "error" for one in troubles) and at // PAGE + 1 not in free:
            missed.append(at // PAGE + 1)
    assert missed == []


def test_an_altered_body_is_told_with_its_position(node):
    with closing(apsw.Connection(str(node / "journal" / "journal.sqlite"))) as connection:
        altered = "CAST(replace(CAST(body AS TEXT), 'one-17', 'one-18') AS BLOB)"
        connection.execute(f"UPDATE bodies SET body = {altered} WHERE position = 17")
    troubles, status = check(node)
    assert status == 1
    assert [(one["part"], one["position"]) for one in troubles] == [("body", 17)]


def test_a_log_cut_short_is_an_older_journal_and_the_tables_show_it(tmp_path):
    folder = made(tmp_path / "node")
    run("dying", folder, "after_answering", check=False)
    with closing(open_journal(folder / "journal", clock=now)) as holding:
        assert holding.size > 6  # held open, so that nobody takes the log into the database
        with open_node(folder, now) as node:
            node.catch_up()
        size = holding.size
        shutil.copytree(folder, tmp_path / "cut")
    cut = tmp_path / "cut"
    log = cut / "journal" / "journal.sqlite-wal"
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size * 3 // 4)
    (cut / "journal" / "journal.sqlite-shm").unlink()
    found = verified(cut)
    assert found.ok
    assert 0 < found.entries < size
    troubles, status = check(cut)
    assert status == 1
    assert {"reader clearance", "responder clearance"} <= parts(troubles)
    told = [one for one in troubles if one["severity"] == "error"]
    assert all("lost its end" in one["wrong"] and "checkpoint" in one["remedy"] for one in told)


# Attachments


def test_a_lost_attachment_is_told_with_its_position_and_heals_from_the_backup(original, node):
    lost = attachments(node)[3]
    lost.unlink()
    troubles, status = check(node)
    assert status == 1
    (told,) = troubles
    assert told["part"] == "attachments"
    assert lost.name in told["wrong"]
    assert entries(node)[told["position"]].attachments == (f"sha256:{lost.name}",)
    shutil.copy(original.parent / "backup" / lost.relative_to(node), lost)
    assert check(node) == ([], 0)


def test_an_altered_attachment_heals_when_the_same_is_lodged_again(node):
    altered = attachments(node)[3]
    data = altered.read_bytes()
    altered.write_bytes(data[:-1])
    troubles, status = check(node)
    assert status == 1
    assert altered.name in troubles[0]["wrong"]
    with open_node(node, now) as opened:
        list(lodge_on(opened, "one", 0, 30))
    assert altered.read_bytes() == data
    assert check(node)[1] == 0


def test_half_written_and_unnamed_files_are_notes_and_can_be_deleted(node):
    folder = node / "journal" / "attachments"
    half, strange, whose = folder / ".new-abcdef", folder / "00" / ("0" * 64), folder / "00" / "list.txt"
    strange.parent.mkdir(exist_ok=True)
    for path in (half, strange, whose):
        path.write_bytes(b"half an attach")
    troubles, status = check(node)
    assert (status, {one["severity"] for one in troubles}) == (0, {"note"})
    said = " ".join(one["wrong"] for one in troubles)
    assert all(str(path) in said for path in (half, strange, whose))
    for path in (half, strange, whose):
        path.unlink()
    assert check(node) == ([], 0)


def test_an_attachment_that_no_act_names_is_a_note(node):
    with open_node(node, now) as opened:
        opened.journal.attach([b"never lodged"])
    (told,), status = check(node)
    assert (status, told["severity"], told["part"]) == (0, "note", "attachments")
    assert told["wrong"].startswith("1 stored")


# Tables


def garbage(path):
    path.write_bytes(b"no database at all" * 1000)


def page_in_the_middle_zeroed(path):
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(bytes(4096))


@pytest.mark.parametrize("damage", [garbage, page_in_the_middle_zeroed, truncated_to_half])
def test_damaged_read_tables_are_told_and_replay_rebuilds_them(original, node, damage):
    damage(node / "read" / "clearance.sqlite")
    troubles, status = check(node)
    assert (status, parts(troubles)) == (1, {"reader clearance"})
    assert f"tidegate journal replay clearance --node {node}" in troubles[0]["remedy"]
    (told,), status = tidegate("replay", "clearance", "--node", node)
    assert (told["before"], told["equal"], status) == ("", False, 1)
    (told,), status = tidegate("replay", "clearance", "--node", node)
    assert (told["equal"], status) == (True, 0)
    assert tables_of(node) == tables_of(original)
    assert check(node) == ([], 0)


def test_removed_read_tables_are_a_note_and_replay_builds_them(original, node):
    (node / "read" / "clearance.sqlite").unlink()
    (told,), status = check(node)
    assert (status, told["part"], told["severity"]) == (0, "reader clearance", "note")
    assert tidegate("replay", "clearance", "--node", node)[1] == 0
    assert tables_of(node) == tables_of(original)


@pytest.mark.parametrize("damage", [garbage, page_in_the_middle_zeroed, removed])
def test_lost_tables_of_a_responder_come_back_equal_and_nothing_is_answered_twice(original, node, damage):
    damage(node / "responders" / "clearance.sqlite")
    troubles, status = check(node)
    # One damage may be told in several lines.
    assert {one["part"] for one in troubles} == {"responder clearance"}
    assert status == (0 if damage is removed else 1)
    assert f"tidegate journal catch-up --node {node}" in troubles[0]["remedy"]
    (told,), status = tidegate("catch-up", "--node", node)
    assert (status, len(told["anew"])) == (0, 0 if damage is removed else 1)
    # The one act that is added says that the responder took over from there.
    assert story(node)[:-1] == story(original)
    assert story(node)[-1][0] == "responder.started"
    assert tables_of(node) == tables_of(original)
    assert check(node) == ([], 0)
    with open_node(node, now) as opened:
        list(lodge_on(opened, "one", 30, 1))
        opened.catch_up()
    with open_node(shutil.copytree(original, node.parent / "beside"), now) as opened:
        list(lodge_on(opened, "one", 30, 1))
        opened.catch_up()
    new = [kind for kind, _, _ in story(node)[len(story(original)) + 1 :]]
    assert new == [kind for kind, _, _ in story(node.parent / "beside")[len(story(original)) :]]
    assert "declaration.assessed" in new or "declaration.rejected" in new


def test_lost_tables_of_a_responder_come_back_although_its_terms_have_changed_since(original, node):
    """Answered anew by today's terms, acts of the past would differ from what is recorded."""
    (node / "responders" / "clearance.sqlite").unlink()
    key = node / "node.key"
    key.chmod(0o600)
    key.write_text("0" * 64 + "\n")  # the random stratum is now drawn otherwise
    try:
        assert tidegate("catch-up", "--node", node)[1] == 0
    except AnswerDiffersError:
        pytest.fail("the past was answered again")
    assert story(node)[:-1] == story(original)


def test_tables_of_another_version_or_another_owner_are_told(node):
    with closing(apsw.Connection(str(node / "read" / "clearance.sqlite"))) as connection:
        connection.execute("UPDATE followed SET version = 99")
    shutil.copy(node / "read" / "clearance.sqlite", node / "responders" / "clearance.sqlite")
    troubles, status = check(node)
    assert status == 1
    assert [(one["part"], one["severity"]) for one in troubles] == [
        ("reader clearance", "note"),
        ("responder clearance", "error"),
    ]
    assert "version 99" in troubles[0]["wrong"]
    assert "belongs to the reader clearance" in troubles[1]["wrong"]


def test_tables_that_lag_are_a_note_and_catch_up_with_one_command(node):
    with open_node(node, now) as opened:
        list(lodge_on(opened, "one", 30, 2))
    troubles, status = check(node)
    assert (status, {one["severity"] for one in troubles}) == (0, {"note"})
    assert all("of" in one["wrong"] and "catch-up" in one["remedy"] for one in troubles)
    assert tidegate("catch-up", "--node", node)[1] == 0
    assert check(node) == ([], 0)


def test_a_rebuilding_that_was_left_behind_is_a_note(node):
    left = node / "read" / ".clearance-abc"
    left.mkdir()
    (told,), status = check(node)
    assert (status, told["severity"]) == (0, "note")
    assert str(left) in told["wrong"]


# Configuration, keys, clock, disk


def test_a_sound_node_has_nothing_to_tell(node):
    assert check(node) == ([], 0)


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("node.toml", "batch = 'many'", "configuration"),
        ("node.toml", "administration = 'nowhere'", "administration"),
        ("node.toml", None, "configuration"),
        ("node.key", "not a key", "keys"),
        ("node.key", None, "keys"),
        ("node.signing.key", None, "keys"),
    ],
)
def test_a_wrong_configuration_or_key_is_told_beside_the_rest(node, name, text, part):
    path = node / name
    path.unlink() if text is None else path.write_text(text)
    attachments(node)[0].unlink()
    troubles, status = check(node)
    assert status == 1
    assert parts(troubles) == {part, "attachments"}


@pytest.mark.parametrize("name", ["node.key", "node.signing.key", "node.signing.key.new"])
def test_a_key_that_others_may_read_is_told(node, name):
    if not (node / name).exists():
        shutil.copy(node / "node.signing.key", node / name)
    (node / name).chmod(0o640)
    (told,), status = check(node)
    assert (status, told["part"], told["severity"]) == (1, "keys", "error")
    assert f"chmod 600 {node / name}" in told["remedy"]


def test_a_clock_set_back_is_told_and_recorded_stands_still_until_it_has_passed(node):
    last = entries(node)[-1].recorded

    def back():
        return now() - timedelta(hours=2)

    troubles, _ = check_journal(node / "journal", back)
    assert [(one.part, one.severity) for one in troubles] == [("clock", "warning")]
    with open_node(node, back) as opened:
        list(lodge_on(opened, "one", 30, 2))
        opened.catch_up()
    with open_node(node, now) as opened:
        list(lodge_on(opened, "one", 32, 2))
    recorded = [entry.recorded for entry in entries(node)]
    assert recorded == sorted(recorded)
    stood = [entry for entry in entries(node) if entry.recorded == last]
    assert len(stood) > 2
    assert recorded[-1] > last
    assert verified(node).ok
    assert check(node)[1] == 0


def test_little_room_and_a_read_only_disk_are_warnings(tmp_path):
    assert [one.severity for one in check_disk(tmp_path, 2**20, read_only=False)] == ["warning"]
    assert [one.severity for one in check_disk(tmp_path, 2**40, read_only=True)] == ["warning"]
    assert list(check_disk(tmp_path, 2**40, read_only=False)) == []


def test_a_folder_that_is_no_node_is_told_as_such(tmp_path):
    (*troubles, last), status = tidegate("check", "--node", tmp_path / "nowhere")
    assert (status, last["ok"]) == (1, False)
    assert parts(troubles) == {"configuration", "keys", "database"}
