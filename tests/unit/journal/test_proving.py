import base64

import msgspec
import polars as pl
import pytest

from tests.contract.making import alone
from tests.unit.journal.signing import ORIGIN, signing_key
from tidegate.journal import JournalError, create_journal
from tidegate.journal.batches import attach_batches
from tidegate.journal.checkpoints import make_checkpoint
from tidegate.journal.notes import UnknownSignerError
from tidegate.journal.proofs import ProofImpossibleError
from tidegate.journal.proving import (
    BadProofError,
    ErasedError,
    NotProvenError,
    check_consistency,
    check_entry,
    prove_consistency,
    prove_entry,
)

KEY = signing_key()
KEYS = [KEY.verifier]
ROWS = pl.DataFrame({"mrn": [f"26XA{n:014d}" for n in range(7)], "value": range(7)})


@pytest.fixture
def filled(journal):
    journal.append([alone(f"mrn:{n}", body=b'{"n":%d}' % n) for n in range(10)])
    (rows,) = attach_batches(journal, ROWS)
    journal.append([alone(kind="declarations.lodged", rows=rows)])
    return journal


@pytest.fixture
def signed(filled):
    return make_checkpoint(filled, [KEY])


def changed(proof, **parts):
    """Return the proof with members of its opening put in the place of those that are there."""
    lines = proof.split("\n")
    opening = msgspec.json.decode(base64.b64decode(lines[1].removeprefix("extra "))) | parts
    lines[1] = "extra " + base64.b64encode(msgspec.json.encode(opening)).decode()
    return "\n".join(lines)


def test_every_entry_is_proven_to_who_has_the_key(filled, signed):
    for entry in filled.read():
        proven = check_entry(prove_entry(filled, entry.position, signed), KEYS)
        assert (proven.position, proven.envelope.kind) == (entry.position, entry.kind)
        assert (proven.checkpoint.origin, proven.checkpoint.size) == (ORIGIN, 11)
        assert (proven.body, proven.row) == (None, None)


def test_the_body_is_shown_where_asked_and_must_be_the_one_committed_to(filled, signed):
    proof = prove_entry(filled, 3, signed, with_body=True)
    assert check_entry(proof, KEYS).body == b'{"n":3}'
    for parts in ({"body": base64.b64encode(b'{"n":4}').decode()}, {"salt": None}, {"salt": "AAAA"}):
        with pytest.raises((NotProvenError, BadProofError)):
            check_entry(changed(proof, **parts), KEYS)


def test_every_row_of_a_batch_is_proven(filled, signed):
    for row in range(7):
        proof = prove_entry(filled, 10, signed, row=row)
        shown = check_entry(proof, KEYS).row
        assert msgspec.json.decode(shown.row) == {"mrn": f"26XA{row:014d}", "value": row}
        for parts in (
            {"index": (row + 1) % 7},
            {"row": base64.b64encode(shown.row.replace(b"26XA", b"26XB")).decode()},
            {"salt": base64.b64encode(bytes(16)).decode()},
            {"path": []},
        ):
            opening = msgspec.to_builtins(shown) | parts
            with pytest.raises(NotProvenError, match="row"):
                check_entry(changed(proof, row=opening), KEYS)


def test_a_row_of_an_act_without_a_batch_proves_nothing(filled, signed):
    row = msgspec.to_builtins(check_entry(prove_entry(filled, 10, signed, row=1), KEYS).row)
    with pytest.raises(NotProvenError, match="row"):
        check_entry(changed(prove_entry(filled, 3, signed), row=row), KEYS)


def test_no_byte_of_a_proof_can_be_changed(filled, signed):
    proof = prove_entry(filled, 4, signed, with_body=True).encode()
    for at in range(len(proof)):
        bad = proof[:at] + bytes([proof[at] ^ 2]) + proof[at + 1 :]
        with pytest.raises(JournalError):
            check_entry(bad.decode(errors="replace"), KEYS)


def test_a_proof_shows_nothing_to_who_trusts_another_key(filled, signed):
    with pytest.raises(UnknownSignerError):
        check_entry(prove_entry(filled, 4, signed), [signing_key("other").verifier])


def test_an_entry_behind_the_checkpoint_cannot_be_proven_by_it(filled, signed):
    filled.append([alone("mrn:later")])
    with pytest.raises(ProofImpossibleError, match="not position 11"):
        prove_entry(filled, 11, signed)
    assert check_entry(prove_entry(filled, 10, signed), KEYS).checkpoint.size == 11
    assert check_entry(prove_entry(filled, 11, make_checkpoint(filled, [KEY])), KEYS).position == 11


def test_a_row_that_is_not_there_cannot_be_proven(filled, signed):
    with pytest.raises(ProofImpossibleError, match="7 rows"):
        prove_entry(filled, 10, signed, row=7)
    with pytest.raises(JournalError, match="no batch"):
        prove_entry(filled, 9, signed, row=0)


def test_an_erased_body_cannot_be_shown_but_its_entry_can(filled, signed):
    filled._writer.connection().execute("DELETE FROM bodies WHERE position = 2")
    with pytest.raises(ErasedError):
        prove_entry(filled, 2, signed, with_body=True)
    assert check_entry(prove_entry(filled, 2, signed), KEYS).position == 2


def test_a_checkpoint_of_another_journal_proves_nothing_here(filled, signed, folder, clock):
    other = create_journal(folder.parent / "other", clock=clock)
    other.append([alone("mrn:other") for _ in range(20)])
    foreign = make_checkpoint(other, [KEY])
    with pytest.raises(NotProvenError):
        prove_entry(filled, 4, foreign)
    with pytest.raises(NotProvenError):
        prove_entry(other, 4, signed)
    with pytest.raises(NotProvenError):
        prove_consistency(other, signed, foreign)
    other.close()


def test_a_checkpoint_is_proven_to_continue_an_older_one(filled):
    kept = []
    for n in range(9):
        kept.append(make_checkpoint(filled, [KEY]))
        filled.append([alone(f"mrn:{n}") for _ in range(n + 1)])
    last = make_checkpoint(filled, [KEY])
    for old in kept:
        proof = prove_consistency(filled, old, last)
        assert check_consistency(proof, old.note, KEYS) == last
        for other in kept:
            if other != old:
                with pytest.raises(NotProvenError):
                    check_consistency(proof, other.note, KEYS)
    proof = prove_consistency(filled, last, last)
    assert check_consistency(proof, last.note, KEYS) == last


def test_no_byte_of_a_consistency_proof_can_be_changed(filled, signed):
    filled.append([alone("mrn:more") for _ in range(5)])
    proof = prove_consistency(filled, signed, make_checkpoint(filled, [KEY])).encode()
    for at in range(len(proof)):
        bad = proof[:at] + bytes([proof[at] ^ 2]) + proof[at + 1 :]
        with pytest.raises(JournalError):
            check_consistency(bad.decode(errors="replace"), signed.note, KEYS)


@pytest.mark.parametrize("text", ["", "nonsense\n", "c2sp.org/tlog-proof@v1\nextra e30=\n", "old 3\n\n"])
def test_what_is_no_proof_is_told(text, filled, signed):
    proof = prove_entry(filled, 4, signed)
    with pytest.raises(BadProofError):
        check_entry(text, KEYS)
    for old, new in (("index 4", "index 04x"), ("index 4", "idx 4"), ("extra ", "extra !")):
        with pytest.raises(BadProofError):
            check_entry(proof.replace(old, new), KEYS)
