"""Results do not depend on the batch: cut, restarted, crashed or renewed, a stream comes to the same."""

import shutil
from collections import Counter

import pytest

from tests.unit.clearance.making import MOMENT, Post, terms
from tests.unit.clearance.stream import TIGHT, outcome, play
from tidegate.clearance import ClearanceReader, ClearanceResponder
from tidegate.journal import follow, open_journal, replay, responders


class Newer(ClearanceResponder):
    """The responder's next version, which answers as this one does."""

    version = ClearanceResponder.version + 1


class CrashError(Exception):
    """The process ended here."""


def played(folder, catch_up):
    """Play the stream with a way of catching up, and return what came of it."""
    post = Post(folder, terms(TIGHT))
    numbers = play(post, lambda turn: catch_up(post, turn))
    found = outcome(post, numbers)
    post.journal.close()
    return found


@pytest.fixture(scope="module")
def in_one_go(tmp_path_factory):
    return played(tmp_path_factory.mktemp("whole"), lambda post, _turn: post.catch_up())


def test_the_stream_has_everything_in_it(in_one_go):
    kinds = Counter(kind for story in in_one_go["stories"].values() for kind, *_ in story)
    assert set(kinds) == {
        "declaration.lodged",
        "declaration.accepted",
        "declaration.rejected",
        "declaration.assessed",
        "channel.assigned",
        "goods.arrived",
        "control.recorded",
        "payment.recorded",
        "goods.released",
    }
    assert min(kinds.values()) >= 3
    assert {one.channel for one in in_one_go["read"]} == {None, "green", "red", "yellow", "blue"}
    assert {one.stratum for one in in_one_go["read"]} == {None, "random", "profile", "none"}


@pytest.mark.parametrize("batch", [1, 7])
def test_batches_of_one_and_of_seven_come_to_the_same(tmp_path, in_one_go, batch):
    assert played(tmp_path, lambda post, _turn: post.catch_up(batch)) == in_one_go


def test_a_responder_restarted_between_batches_comes_to_the_same(tmp_path, in_one_go):
    def restarted(post, _turn):
        before = -1
        while before != post.journal.size:
            before = post.journal.size
            for until in range(before - before % 5, before + 5, 5):
                post.journal.close()
                post.journal = open_journal(post.folder / "journal", clock=lambda: MOMENT)
                folder = post.folder / "responders"
                responders.answer(post.journal, post.responder(), folder, batch=3, until=until)

    assert played(tmp_path, restarted) == in_one_go


def test_a_crash_between_answering_and_remembering_comes_to_the_same(tmp_path, in_one_go, monkeypatch):
    def crashed(post, turn):
        with monkeypatch.context() as patched:
            crashes = 0

            def crash(_connection, _position):
                raise CrashError

            patched.setattr(responders, "move", crash)
            size = post.journal.size
            with pytest.raises(CrashError):
                post.catch_up(5 + turn)
            crashes += 1
            assert post.journal.size > size
        post.catch_up(11 - turn)

    assert played(tmp_path, crashed) == in_one_go


def test_a_new_version_begins_where_the_old_one_stopped_and_comes_to_the_same(tmp_path, in_one_go):
    def renewed(post, turn):
        newer = Newer(post.terms, bytes(range(32)), post.journal)
        post.catch_up(4, responder=newer if turn >= 3 else None)

    assert played(tmp_path, renewed) == in_one_go


def test_tables_lost_on_the_way_come_to_the_same(tmp_path, in_one_go):
    def lost(post, turn):
        post.catch_up(6)
        if turn in (1, 3):
            shutil.rmtree(post.folder / "responders")

    assert played(tmp_path, lost) == in_one_go


def test_other_capacities_come_to_something_else(tmp_path, in_one_go):
    post = Post(tmp_path, terms())
    numbers = play(post, lambda _turn: post.catch_up())
    assert outcome(post, numbers) != in_one_go
    post.journal.close()


def test_the_reader_replayed_is_the_reader_as_it_followed(tmp_path):
    post = Post(tmp_path, terms(TIGHT))

    def catch_up(turn):
        post.catch_up()
        follow(post.journal, ClearanceReader(), tmp_path / "read", batch=1 + 3 * turn)

    play(post, catch_up)
    replayed = replay(post.journal, ClearanceReader(), tmp_path / "read", batch=13)
    assert replayed.before == replayed.after
    assert replayed.entries > 100
    post.journal.close()
