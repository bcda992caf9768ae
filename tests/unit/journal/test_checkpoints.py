from itertools import pairwise

import apsw
import pytest

from tests.contract.making import BEGIN, alone
from tests.unit.journal.signing import ORIGIN, signed_root, signing_key
from tidegate.journal import Key, create_journal, verify
from tidegate.journal.checkpoints import (
    BadCheckpointError,
    CheckpointMissingError,
    ForkedError,
    last_checkpoint,
    make_checkpoint,
    parse_checkpoint,
    read_checkpoint,
)
from tidegate.journal.keys import RotationOvertakenError, SigningKeyMissingError, chain_of, rotate_key
from tidegate.journal.notes import sign_note, split_note
from tidegate.journal.tree import EMPTY_ROOT, grow, leaf_hash, node_count, root_of

KEY = signing_key()
KEYS = [KEY.verifier]
NODE = Key(f"node:{ORIGIN}")


@pytest.fixture
def filled(journal):
    journal.append([alone(f"mrn:{n}", body=b'{"n":%d}' % n) for n in range(5)])
    return journal


@pytest.fixture
def tamper(filled, folder):  # noqa: ARG001 - there is something to tamper with once it is filled
    connection = apsw.Connection(str(folder / "journal.sqlite"))
    yield connection
    connection.close()


def rotated(journal, old, new):
    return rotate_key(journal, old, new, occurred=BEGIN, author=NODE)


def texts(verification):
    assert not verification.ok
    return " ".join(fault.text for fault in verification.faults)


def truncated(connection, size):
    """Cut the journal back to its first entries, consistently in every table."""
    connection.execute("DELETE FROM checkpoints WHERE size > ?", (size,))
    envelopes = connection.execute(
        "SELECT envelope FROM entries WHERE position < ? ORDER BY position", (size,)
    )
    rewritten(connection, [envelope for (envelope,) in list(envelopes)])


def rewritten(connection, envelopes):
    """Put these envelopes in the place of the journal's, and make all that derives from them fit."""
    leaves = [leaf_hash(envelope) for envelope in envelopes]
    frontier = []
    completed = grow(0, frontier, leaves)
    size = len(envelopes)
    for table in ("entries", "bodies", "keys", "kinds", "uses", "causes"):
        connection.execute(f"DELETE FROM {table} WHERE position >= ?", (size,))
    connection.execute("DELETE FROM nodes")
    rows = [(leaf, envelope, at) for at, (leaf, envelope) in enumerate(zip(leaves, envelopes, strict=True))]
    connection.executemany("UPDATE entries SET leaf = ?, envelope = ? WHERE position = ?", rows)
    connection.executemany("INSERT INTO nodes VALUES (?, ?)", enumerate(completed, node_count(0)))
    connection.execute(
        "UPDATE tree SET size = ?, root = ?, frontier = ?", (size, root_of(frontier), b"".join(frontier))
    )


def test_a_checkpoint_states_origin_size_and_root_and_verifies(filled):
    made = make_checkpoint(filled, [KEY])
    assert (made.origin, made.size, made.root) == (ORIGIN, 5, filled.root())
    assert read_checkpoint(made.note, KEYS) == made
    assert last_checkpoint(filled) == made
    assert verify(filled, against=made.note, keys=KEYS).ok


def test_a_journal_that_did_not_grow_has_one_checkpoint(filled):
    assert make_checkpoint(filled, [KEY]) == make_checkpoint(filled, [KEY])
    filled.append([alone("mrn:more")])
    assert make_checkpoint(filled, [KEY]).size == 6


def test_an_empty_journal_can_be_signed(journal):
    made = make_checkpoint(journal, [KEY])
    assert (made.size, made.root) == (0, EMPTY_ROOT)
    journal.append([alone("mrn:A")])
    assert verify(journal, against=made.note, keys=KEYS).ok


def test_an_older_checkpoint_holds_for_a_journal_that_grew(filled):
    notes = []
    for n in range(20):
        notes.append(make_checkpoint(filled, [KEY]).note)
        filled.append([alone(f"mrn:more{n}")])
    for note in notes:
        verification = verify(filled, against=note, keys=KEYS)
        assert verification.ok
        assert verification.against.size == parse_checkpoint(note).size


def test_the_checkpoint_wanted_must_cover_what_is_asked(filled):
    with pytest.raises(CheckpointMissingError):
        last_checkpoint(filled)
    make_checkpoint(filled, [KEY])
    assert last_checkpoint(filled, covering=5).size == 5
    with pytest.raises(CheckpointMissingError):
        last_checkpoint(filled, covering=6)


@pytest.mark.parametrize("size", [0, 1, 4])
def test_a_tail_cut_off_in_every_table_is_found_against_a_checkpoint_alone(filled, tamper, size):
    note = make_checkpoint(filled, [KEY]).note
    truncated(tamper, size)
    last = tamper.execute("SELECT envelope FROM entries ORDER BY position DESC LIMIT 1").get
    if last is not None:
        assert verify(filled).ok, "by itself the shorter journal is whole"
    verification = verify(filled, against=note, keys=KEYS)
    assert "tail is cut off" in texts(verification)
    assert (verification.entries, verification.against.size) == (size, 5)


def test_a_history_rewritten_in_every_table_and_signed_anew_is_found(filled, tamper):
    note = make_checkpoint(filled, [KEY]).note
    rows = tamper.execute("SELECT envelope FROM entries ORDER BY position")
    envelopes = [envelope for (envelope,) in list(rows)]
    envelopes[2] = envelopes[2].replace(b'"ver":1', b'"ver":2')
    rewritten(tamper, envelopes)
    tamper.execute("DELETE FROM checkpoints")
    again = make_checkpoint(filled, [KEY])
    assert verify(filled, keys=KEYS).ok
    assert verify(filled, against=again.note, keys=KEYS).ok
    assert "history was rewritten" in texts(verify(filled, against=note, keys=KEYS))


def test_a_rewritten_history_that_grew_on_is_found(filled, tamper):
    note = make_checkpoint(filled, [KEY]).note
    truncated(tamper, 3)
    filled.append([alone(f"mrn:other{n}") for n in range(9)])
    assert verify(filled).ok
    assert "history was rewritten" in texts(verify(filled, against=note, keys=KEYS))


def test_a_checkpoint_by_a_stranger_or_with_a_changed_byte_is_found(filled):
    note = make_checkpoint(filled, [KEY]).note
    other = signing_key("stranger")
    assert "known keys" in texts(verify(filled, against=note, keys=[other.verifier]))
    assert "does not fit" in texts(verify(filled, against=note.replace("\n5\n", "\n4\n"), keys=KEYS))
    assert "no checkpoint" in texts(verify(filled, against="nonsense", keys=KEYS))
    assert "no checkpoint" in texts(verify(filled, against=sign_note("a\nb\nc\n", [KEY]), keys=KEYS))


def test_a_checkpoint_of_another_origin_by_the_same_key_is_not_ours():
    note = sign_note(f"other.example\n5\n{'A' * 43}=\n", [KEY])
    with pytest.raises(BadCheckpointError):
        read_checkpoint(note, KEYS)


@pytest.mark.parametrize(
    "text", ["a\n05\nroot\n", "a\n-1\nroot\n", f"a\n5\n{'A' * 42}\n", "a\n5\n", f"a\nx\n{'A' * 43}=\n"]
)
def test_what_is_no_checkpoint_is_told(text):
    with pytest.raises(BadCheckpointError):
        parse_checkpoint(sign_note(text, [KEY]))


def test_nothing_more_is_signed_once_the_journal_is_not_the_one_signed_before(filled, tamper):
    make_checkpoint(filled, [KEY])
    with pytest.raises(ForkedError, match="origin"):
        make_checkpoint(filled, [signing_key("first", "other.example")])
    tamper.execute("UPDATE entries SET leaf = zeroblob(32) WHERE position = 4")
    filled.append([alone("mrn:more")])
    with pytest.raises(ForkedError, match="does not continue"):
        make_checkpoint(filled, [KEY])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE checkpoints SET root = zeroblob(32)",
        "UPDATE checkpoints SET size = 4",
        "UPDATE checkpoints SET size = 44",
        "UPDATE checkpoints SET note = 'note'",
        "UPDATE checkpoints SET note = replace(note, char(10, 53, 10), char(10, 52, 10))",
        "UPDATE checkpoints SET note = replace(note, '— ', '— x')",
    ],
)
def test_a_stored_checkpoint_that_was_changed_is_found(filled, tamper, statement):
    make_checkpoint(filled, [KEY])
    assert verify(filled, keys=KEYS).ok
    tamper.execute(statement)
    assert "checkpoint of" in texts(verify(filled, keys=KEYS))


def test_a_stored_checkpoint_of_the_right_tree_by_a_stranger_is_found(filled, tamper):
    note = signed_root(5, filled.root(), signing_key("stranger"))
    tamper.execute("INSERT INTO checkpoints VALUES (5, ?, ?)", (filled.root(), note))
    assert "not signed as it should be" in texts(verify(filled, keys=KEYS))


# Rotation


def test_after_a_rotation_the_new_key_signs_and_either_key_leads_to_the_other(filled):
    new = signing_key("second")
    before = make_checkpoint(filled, [KEY])
    assert rotated(filled, KEY, new) == 5
    after = make_checkpoint(filled, [KEY, new])
    assert [name for name, _ in split_note(after.note)[1]] == [ORIGIN]
    assert read_checkpoint(after.note, [new.verifier]).size == 6
    for trusted in ([KEY.verifier], [new.verifier], []):
        assert verify(filled, against=before.note, keys=trusted).ok
        assert verify(filled, against=after.note, keys=trusted).ok


def test_a_chain_of_keys_is_followed_from_the_first_to_the_last(filled):
    keys = [signing_key(str(n)) for n in range(4)]
    notes = []
    for old, new in pairwise(keys):
        notes.append(make_checkpoint(filled, [old]).note)
        rotated(filled, old, new)
        filled.append([alone("mrn:between")])
    notes.append(make_checkpoint(filled, keys).note)
    with filled.reading() as connection:
        assert chain_of(connection).keys == tuple(key.verifier for key in keys)
    for trusted in keys:
        for note in notes:
            assert verify(filled, against=note, keys=[trusted.verifier]).ok
    assert not verify(filled, against=notes[0], keys=[signing_key("stranger").verifier]).ok


def test_the_old_key_signs_nothing_after_its_rotation(filled):
    new = signing_key("second")
    rotated(filled, KEY, new)
    with pytest.raises(SigningKeyMissingError):
        make_checkpoint(filled, [KEY])
    with pytest.raises(SigningKeyMissingError):
        rotated(filled, KEY, signing_key("third"))
    forged = signed_root(6, filled.root(), KEY)
    assert "in force" in texts(verify(filled, against=forged, keys=[KEY.verifier]))
    early = signed_root(5, verify(filled).against or b"\0" * 32, new)
    assert "in force" in texts(verify(filled, against=early, keys=[new.verifier]))


def test_a_key_replaced_without_its_act_is_found(filled):
    make_checkpoint(filled, [KEY])
    stranger = signing_key("stranger").verifier
    assert not verify(filled, keys=[stranger]).ok
    rotated(filled, KEY, signing_key("second"))
    assert "neither led to" in texts(verify(filled, keys=[stranger]))


@pytest.mark.parametrize("part", ["old", "new", "note"])
def test_a_rotation_that_is_not_signed_by_both_keys_is_found(filled, part):
    new, thief = signing_key("second"), signing_key("thief")
    text = f"tidegate/key-rotation@v1\n{ORIGIN}\n{KEY.verifier.vkey}\n{new.verifier.vkey}\n"
    note = sign_note(text, [thief, new] if part == "old" else [KEY, thief] if part == "new" else [KEY, new])
    if part == "note":
        note = note.replace("v1\n", "v2\n")
    body = b'{"old":"%s","new":"%s","note":"%s"}' % tuple(
        one.replace("\n", "\\n").encode() for one in (KEY.verifier.vkey, new.verifier.vkey, note)
    )
    filled.append([alone("signing-key", kind="key.rotated", body=body)])
    verification = verify(filled, keys=KEYS)
    assert {fault.part for fault in verification.faults} == {"keys"}
    assert make_checkpoint(filled, [KEY]).size == 6, "a rotation that proves nothing changes nothing"


def test_a_rotation_of_a_key_that_was_not_in_force_is_found(filled, folder, clock):
    rotated(filled, KEY, signing_key("second"))
    elsewhere = create_journal(folder.parent / "elsewhere", clock=clock)
    rotated(elsewhere, KEY, signing_key("thief"))
    stolen = elsewhere.read(0, 1)[0].body
    elsewhere.close()
    filled.append([alone("signing-key", kind="key.rotated", body=stolen)])
    verification = verify(filled, keys=KEYS)
    assert [(fault.position, fault.part) for fault in verification.faults] == [(6, "keys")]


def test_of_two_rotations_at_once_one_wins(filled, monkeypatch):
    rotated(filled, KEY, signing_key("second"))
    monkeypatch.setattr(type(filled), "last", lambda *_: None)
    with pytest.raises(RotationOvertakenError):
        rotated(filled, signing_key("second"), signing_key("third"))
