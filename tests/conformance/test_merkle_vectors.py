"""The proof vectors of transparency-dev, from the shared data; and what judging them must not look at."""

import base64
import json

import pytest
from click.testing import CliRunner

from tests.shared_data import shared_data
from tidegate.commands.journal import journal
from tidegate.journal.proofs import consistency_path, inclusion_path, root_at
from tidegate.journal.tree import grow, leaf_hash, node_number
from tidegate.journal.vectors import judge_vector, judge_vectors

DATA = shared_data()
VECTORS = None if DATA is None else DATA / "merkle"
needs_vectors = pytest.mark.skipif(VECTORS is None, reason="the shared data is not beside the project")


def tree(count):
    leaves = [leaf_hash(b"%d" % number) for number in range(count)]
    completed = grow(0, [], leaves)
    return leaves, lambda level, index: completed[node_number(level, index)] if level else leaves[index]


def vector(**fields):
    def plain(value):
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        return [plain(one) for one in value] if isinstance(value, list) else value

    return {name: plain(value) for name, value in fields.items()}


def inclusion_vector(index=4, size=7):
    leaves, nodes = tree(size)
    return vector(
        leafIdx=index,
        treeSize=size,
        root=root_at(nodes, size),
        leafHash=leaves[index],
        proof=inclusion_path(nodes, index, size),
        wantErr=False,
    )


def consistency_vector(first=3, second=7):
    _, nodes = tree(second)
    return vector(
        size1=first,
        size2=second,
        root1=root_at(nodes, first),
        root2=root_at(nodes, second),
        proof=consistency_path(nodes, first, second),
        wantErr=False,
    )


def judged(made):
    return judge_vector(json.dumps(made).encode(), "one.json")


@needs_vectors
def test_every_shared_vector_is_judged_as_its_author_expects():
    found = list(judge_vectors(VECTORS))
    assert len(found) > 90
    assert {one.kind for one in found} <= {"inclusion", "consistency"}
    assert [one.file for one in found if not one.agrees] == []
    assert {one.valid for one in found} == {True, False}


@needs_vectors
def test_the_command_prints_one_object_a_vector_and_nothing_else():
    done = CliRunner().invoke(journal, ["verify-proof", "--vectors", str(VECTORS), "--json"])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert len(lines) == len(list(VECTORS.rglob("*.json")))
    assert all(set(line) == {"file", "valid", "agrees"} and line["agrees"] for line in lines)


@pytest.mark.parametrize("made", [inclusion_vector(), consistency_vector()])
def test_what_a_vector_proves_does_not_depend_on_what_it_expects(made):
    assert (judged(made).valid, judged(made).agrees) == (True, True)
    expecting = {**made, "wantErr": True}
    assert (judged(expecting).valid, judged(expecting).agrees) == (True, False)
    del made["wantErr"]
    assert (judged(made).valid, judged(made).agrees) == (True, None)


@pytest.mark.parametrize(
    ("made", "change"),
    [
        (inclusion_vector(), {"leafIdx": 5}),
        (inclusion_vector(), {"leafIdx": 2**64 - 1}),
        (inclusion_vector(), {"treeSize": 14}),
        (inclusion_vector(), {"treeSize": 0}),
        (inclusion_vector(), {"proof": None}),
        (inclusion_vector(), {"leafHash": ""}),
        (consistency_vector(), {"size1": 4}),
        (consistency_vector(), {"size1": 0}),
        (consistency_vector(), {"size1": 8}),
        (consistency_vector(), {"size2": 16}),
        (consistency_vector(), {"proof": []}),
        (consistency_vector(), {"root1": ""}),
        (consistency_vector(), {"root1": consistency_vector()["root2"]}),
        (consistency_vector(7, 7), {"proof": consistency_vector()["proof"][:1]}),
    ],
)
def test_a_changed_vector_proves_nothing(made, change):
    assert judged(made).valid
    assert judged({**made, **change}).valid is False


def test_equal_trees_are_consistent_by_their_roots_whatever_these_are():
    same = vector(size1=0, size2=0, root1=b"any", root2=b"any", proof=[])
    assert judged(same).valid
    assert not judged({**same, **vector(root2=b"other")}).valid


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"leafIdx":-1}', b'{"size1":1,"wantErr":true}'])
def test_what_is_no_vector_is_told_and_does_not_stop_the_others(tmp_path, text):
    (tmp_path / "a.json").write_bytes(text)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.json").write_text(json.dumps(inclusion_vector()))
    bad, good = judge_vectors(tmp_path)
    assert (bad.file, bad.valid, good.file, good.valid) == ("a.json", False, "below/b.json", True)
    assert "no vector" in bad.text


def test_the_command_tells_what_is_not_as_expected(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(inclusion_vector() | {"wantErr": True}))
    done = CliRunner().invoke(journal, ["verify-proof", "--vectors", str(tmp_path)])
    assert done.exit_code == 1
    assert "a.json: not as expected" in done.stdout
