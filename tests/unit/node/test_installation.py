"""A node is made once, documents itself, and says what is wrong with it when it cannot be opened."""

import shutil
import tomllib
from contextlib import closing

import pytest

from tests.unit.clearance.making import lodging
from tests.unit.node.making import MOMENT, administration, change, clock, made, opened
from tidegate.clearance import lodge
from tidegate.journal import JournalMissingError, digest, tables
from tidegate.node import (
    BadAdministrationError,
    BadConfigurationError,
    Configuration,
    create_node,
    open_node,
    settings,
)


def test_a_new_node_opens_with_its_defaults(tmp_path):
    with opened(made(tmp_path / "node")) as node:
        assert node.configuration == Configuration()
        assert (node.journal.size, node.administration.country, len(node.key)) == (0, "XA", 32)


def test_the_folders_above_a_new_node_are_made(tmp_path):
    assert (made(tmp_path / "a" / "b") / "node.toml").is_file()


def test_the_configuration_says_what_every_setting_means(tmp_path):
    text = (made(tmp_path / "node") / "node.toml").read_text()
    assert set(tomllib.loads(text)) == set(settings())
    for name, (meaning, _) in settings().items():
        assert f"# {meaning}\n{name} = " in text


def test_two_nodes_have_different_keys_that_only_their_owner_reads(tmp_path):
    for name in ("one", "two"):
        create_node(tmp_path / name, "demo", clock)
    keys = [tmp_path / name / "node.key" for name in ("one", "two")]
    assert keys[0].read_text() != keys[1].read_text()
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}


@pytest.mark.parametrize("inside", ["file", "node"])
def test_a_node_is_not_made_where_something_is(tmp_path, inside):
    if inside == "file":
        (tmp_path / "node").mkdir()
        (tmp_path / "node" / "notes.txt").write_text("mine")
    else:
        made(tmp_path / "node")
    before = sorted(path.name for path in (tmp_path / "node").iterdir())
    with pytest.raises(BadConfigurationError, match="is not empty"):
        made(tmp_path / "node")
    assert sorted(path.name for path in (tmp_path / "node").iterdir()) == before


def test_a_node_is_not_made_in_a_file(tmp_path):
    (tmp_path / "node").write_text("mine")
    with pytest.raises(BadConfigurationError):
        made(tmp_path / "node")
    assert (tmp_path / "node").read_text() == "mine"


def test_nothing_is_made_for_an_administration_that_is_not_known(tmp_path):
    with pytest.raises(BadAdministrationError, match="known by name are demo, uk"):
        create_node(tmp_path / "node", "atlantis", clock)
    assert not (tmp_path / "node").exists()


def test_a_node_finds_the_folder_of_its_administration_from_anywhere(tmp_path, monkeypatch):
    administration(tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    made(tmp_path / "node", "mine")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with opened(tmp_path / "node") as node:
        assert node.administration.country == "XA"


def test_a_folder_without_configuration_is_no_node(tmp_path):
    with (
        pytest.raises(BadConfigurationError, match=r"it has no node\.toml. Make one with") as refused,
        opened(tmp_path),
    ):
        raise AssertionError("it opened")
    assert refused.value.code == "bad_configuration"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("batch = 500", "batch = 500\nbath = 1", "unknown field `bath`"),
        ("batch = 500", 'batch = "many"', "Expected `int`, got `str` - at `$.batch`"),
        ("batch = 500", "batch = 0", "batch must be at least 1, not 0"),
        ("max_message_depth = 64", "max_message_depth = -1", "max_message_depth must be at least 1"),
        ("batch = 500", "batch = = 500", "line"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(tmp_path, old, new, said):
    change(made(tmp_path / "node") / "node.toml", old, new)
    with pytest.raises(BadConfigurationError, match=r"node\.toml: ") as refused, opened(tmp_path / "node"):
        raise AssertionError("it opened")
    assert said in str(refused.value)


@pytest.mark.parametrize("key", ["", "abc", "zz" * 32, "ab" * 31, "ü" * 64])
def test_a_bad_key_is_refused(tmp_path, key):
    (made(tmp_path / "node") / "node.key").write_text(key)
    with pytest.raises(BadConfigurationError, match=r"node\.key"), opened(tmp_path / "node"):
        raise AssertionError("it opened")


def test_a_node_without_its_key_or_its_journal_is_refused(tmp_path):
    (made(tmp_path / "one") / "node.key").unlink()
    with pytest.raises(BadConfigurationError, match=r"node\.key"), opened(tmp_path / "one"):
        raise AssertionError("it opened")
    shutil.rmtree(made(tmp_path / "two") / "journal")
    with pytest.raises(JournalMissingError), opened(tmp_path / "two"):
        raise AssertionError("it opened")


def test_a_node_is_closed_whatever_happens_in_it(tmp_path):
    with pytest.raises(ZeroDivisionError), open_node(made(tmp_path / "node"), clock) as node:
        raise ZeroDivisionError
    with pytest.raises(Exception, match="closed"):
        node.journal.append([])


def test_a_reader_is_found_by_its_name(tmp_path):
    with opened(made(tmp_path / "node")) as node:
        assert node.reader("clearance").name == "clearance"
        with pytest.raises(BadConfigurationError, match="there is no reader 'x'; the readers are: clearance"):
            node.reader("x")


def test_tables_that_were_thrown_away_are_folded_again_and_nothing_is_answered_twice(tmp_path):
    folder = made(tmp_path / "node")
    with opened(folder) as node:
        lodge(node.journal, [lodging(f"L{n}", occurred=MOMENT) for n in range(5)], country="XA", key=node.key)
        node.catch_up()
        answered = node.journal.size
        with closing(tables(node.reader("clearance"), node.read_tables)) as read:
            before = digest(read)
    for name in ("read", "responders"):
        shutil.rmtree(folder / name)
    with opened(folder) as node:
        node.catch_up(2)
        assert {entry.kind for entry in node.journal.read(answered)} <= {"responder.started"}
        with closing(tables(node.reader("clearance"), node.read_tables)) as read:
            assert digest(read) == before
        assert node.catch_up() == 0
