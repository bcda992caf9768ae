"""Parts enter once and in whole, references are taken by what is accepted, and rows can be proven."""

import shutil

import msgspec
import polars as pl
import pytest

from tests.unit.clearance.bulk.post import KEY, MOMENT, Post, codes, rows_of, simulated
from tidegate.clearance import OvertakenError
from tidegate.clearance.bulk import (
    BulkReader,
    BulkResponder,
    findings_of_rows,
    parts_of,
    row_state,
    upload_status,
    write_results,
)
from tidegate.journal import Key, replay
from tidegate.journal.batches import prove_row
from tidegate.journal.erasure import Wanted, erase
from tidegate.journal.rows import row_holds


class Newer(BulkResponder):
    version = BulkResponder.version + 1


@pytest.fixture
def post(tmp_path):
    post = Post(tmp_path)
    yield post
    post.journal.close()


def test_the_same_part_lodged_again_enters_nothing(post):
    rows = rows_of({}, {}, {})
    first = post.lodge(rows, part=2)
    size = post.journal.size
    again = post.lodge(rows, part=2)
    assert post.journal.size == size == 2
    assert [one.position for one in again] == [one.position for one in first]
    assert [one.again for one in first + again] == [False, False, True, True]


def test_other_rows_in_the_place_of_lodged_ones_are_refused(post):
    post.lodge(rows_of({}, {}))
    with pytest.raises(OvertakenError, match="other rows at position 0"):
        post.lodge(rows_of({}, {"lrn": "other"}))
    assert post.journal.size == 1


def test_nothing_follows_the_last_part(post):
    post.lodge(rows_of({}))
    with pytest.raises(OvertakenError, match="ended there"):
        post.lodge(rows_of({}, first=2))


def test_a_reference_is_taken_once_in_a_part_an_upload_and_the_journal(post):
    post.lodge(rows_of({"lrn": "A"}, {"lrn": "A"}, {"lrn": "A"}), part=2)
    post.lodge(rows_of({"lrn": "A"}, {"lrn": "B"}), "U2")
    post.lodge(rows_of({"lrn": "A"}), "U3", declarant="XA2")
    post.catch_up()
    assert codes(post.decided()) == [[], ["TG-H7-TWICE"], ["TG-H7-TWICE"]]
    assert codes(post.decided("U2")) == [["TG-H7-TWICE"], []]
    assert codes(post.decided("U3")) == [[]]  # another declarant's A is another reference
    assert "accepted before, as U1#1." in post.decided("U2")["findings"][0][0]["text"]


def test_what_was_rejected_is_put_right_under_the_same_reference(post):
    assert codes(post.cleared({"lrn": "A", "commodity": "1"}, {"lrn": "A"})) == [["TG-H7-CODE"], []]
    assert codes(post.cleared({"lrn": "B", "commodity": "1"}, upload="U2")) == [["TG-H7-CODE"]]
    assert codes(post.cleared({"lrn": "B"}, upload="U3")) == [[]]


def test_tables_that_were_lost_and_a_newer_version_know_what_was_accepted(tmp_path):
    post = Post(tmp_path)
    post.cleared({"lrn": "A"}, {"lrn": "B", "commodity": "1"})
    shutil.rmtree(tmp_path / "responders")
    newer = Newer(post.terms, KEY, post.journal)
    post.lodge(rows_of({"lrn": "A"}, {"lrn": "B"}), "U2")
    post.catch_up(responder=newer)
    assert codes(post.decided("U2")) == [["TG-H7-TWICE"], []]
    assert post.kinds().count("consignments.decided") == 2
    post.journal.close()


def test_a_responder_that_died_before_it_remembered_answers_the_same(tmp_path, monkeypatch):
    post = Post(tmp_path)
    post.lodge(simulated(50), part=20)

    def die(_connection, _position):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("tidegate.journal.responders.move", die)
        with pytest.raises(RuntimeError):
            post.catch_up()
    answered = post.journal.size
    assert answered > 3
    post.catch_up()  # raises AnswerDiffersError where an answer were another
    assert post.journal.size == answered
    files = [one for one in (tmp_path / "journal" / "attachments").rglob("*") if one.is_file()]
    assert len(files) == 3 + 3  # what was attached before it died is what was attached again
    post.journal.close()


def test_the_reader_replayed_is_the_reader_as_it_followed(post):
    post.lodge(simulated(40), part=7)
    post.catch_up(batch=2)
    told = replay(post.journal, BulkReader(), post.folder / "read", batch=3)
    assert told.before == told.after
    assert told.entries > 10


def test_a_status_adds_up_over_parts(post):
    post.lodge(simulated(100), part=30, last=False)
    post.catch_up()
    decided = post.decided()
    with post.tables() as read:
        status = upload_status(read, "U1")
        assert upload_status(read, "none") is None
        parts = parts_of(read, "U1")
    assert (status.rows, status.decided, status.ended, status.paid) == (100, 100, False, False)
    assert status.accepted == decided["accepted"].sum() == sum(status.channels.values())
    assert status.rejected == 100 - status.accepted
    assert f"{status.due:f}" == f"{sum(map(float, decided['due'].drop_nulls())):.2f}"
    assert status.released == (decided["waits"] == "").sum()
    assert [part.first for part in parts] == [1, 31, 61, 91]


def test_rows_with_findings_come_in_pages_and_results_in_order(post, tmp_path):
    post.lodge(rows_of(*({"commodity": "1"} if n % 4 == 0 else {} for n in range(12))), part=5)
    post.catch_up()
    with post.tables() as read:
        first = findings_of_rows(read, post.journal, "U1", limit=2)
        rest = findings_of_rows(read, post.journal, "U1", after=first[-1]["row"], limit=10)
        write_results(read, post.journal, ["U1"], tmp_path / "out.csv")
        write_results(read, post.journal, ["U1"], tmp_path / "out.parquet")
    assert [one["row"] for one in first + rest] == [1, 5, 9]
    assert first[0]["findings"][0]["code"] == "TG-H7-CODE"
    out = pl.read_csv(tmp_path / "out.csv", schema_overrides={"due": pl.String})
    assert out.height == 12
    assert out["row"].to_list() == list(range(1, 13))
    assert out["outcome"][0] == "rejected"
    assert (out["taxes"][1], out["due"][1], out["channel"][1]) == ("A00=0.00 B00=15.00", "15.00", "green")
    assert pl.read_parquet(tmp_path / "out.parquet")["lrn"].equals(out["lrn"])


def test_one_row_is_proven_as_it_was_lodged_and_as_it_was_decided_on(post):
    post.cleared({"lrn": "A"}, {"lrn": "B"})
    for entry in post.journal.read(0, 2):
        proof = prove_row(post.journal, entry.position, 1)
        assert msgspec.json.decode(proof.row)["lrn"] == "B"
        assert row_holds(proof, entry.rows.root, entry.rows.count)
    with post.tables() as read:
        state = row_state(read, post.journal, 0, 1)
        assert row_state(read, post.journal, 0, 2) is None
        assert row_state(read, post.journal, 1, 0) is None
    assert (state.reference, state.decision["row"], state.released) == ("0#1", 2, False)


def test_a_row_that_was_erased_is_passed_over_and_the_others_keep_their_places(post):
    post.lodge(rows_of({"lrn": "A"}, {"lrn": "B"}, {"lrn": "C"}))
    wanted = Wanted(rows=frozenset({(0, 1)}))
    erase(post.journal, wanted, reason="asked for", author=Key("officer"), occurred=MOMENT)
    post.catch_up()
    assert post.decided()["lrn"].to_list() == ["A", "C"]
    with post.tables() as read:
        assert row_state(read, post.journal, 0, 2).decision["lrn"] == "C"
        assert row_state(read, post.journal, 0, 1) is None
