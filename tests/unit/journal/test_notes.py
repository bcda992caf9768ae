import pytest

from tests.unit.journal.signing import signing_key
from tidegate.journal.notes import (
    BadKeyError,
    BadNoteError,
    BadSignatureError,
    SigningKey,
    UnknownSignerError,
    VerifierKey,
    open_note,
    parse_vkey,
    sign_note,
    split_note,
)

# The example in the documentation of Go's golang.org/x/mod/sumdb/note: made by other software than ours.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501
)
TEXT = "customs.example/journal\n3\nroot\n"


def test_a_note_that_other_software_signed_verifies():
    note = open_note(GO_NOTE, [parse_vkey(GO_KEY)])
    assert note.text.startswith("If you think")
    assert [key.name for key in note.signers] == ["PeterNeumann"]
    assert parse_vkey(GO_KEY).vkey == GO_KEY


def test_a_note_by_two_keys_verifies_with_either_and_passes_over_strangers():
    one, two, other = signing_key("one"), signing_key("two"), signing_key("other")
    note = sign_note(TEXT, [one, two])
    assert open_note(note, [one.verifier, two.verifier]).signers == (one.verifier, two.verifier)
    assert open_note(note, [two.verifier, other.verifier]).signers == (two.verifier,)
    with pytest.raises(UnknownSignerError):
        open_note(note, [other.verifier])
    with pytest.raises(UnknownSignerError):
        open_note(note, [signing_key("one", "somebody.else").verifier])


def test_no_byte_of_a_note_can_be_changed():
    key = signing_key()
    note = sign_note(TEXT, [key]).encode()
    for at in range(len(note)):
        changed = note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :]
        with pytest.raises((BadNoteError, BadSignatureError, UnknownSignerError)):
            open_note(changed.decode(errors="replace"), [key.verifier])


def test_a_wrong_signature_by_a_known_key_is_not_outweighed_by_a_right_one():
    one, two = signing_key("one"), signing_key("two")
    other = sign_note("other\n", [one]).split("\n\n")[1]
    with pytest.raises(BadSignatureError):
        open_note(sign_note(TEXT, [two]) + other, [one.verifier, two.verifier])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\nno dash AAAAAAAA\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name !!!!\n",
        "text\n\n— name AAAAAAAA",
        "te\rxt\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 101,
    ],
)
def test_what_is_no_note_is_told(note):
    with pytest.raises(BadNoteError) as refusal:
        split_note(note)
    assert refusal.value.code == "bad_note"


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("PeterNeumann", "Peter"),
        GO_KEY.replace("+AR", "+BR"),
        GO_KEY[:-4],
    ],
)
def test_what_is_no_key_is_told(vkey):
    with pytest.raises(BadKeyError):
        parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b"])
def test_a_key_cannot_have_a_name_that_a_note_cannot_carry(name):
    with pytest.raises(BadKeyError):
        SigningKey(name, signing_key().private)


@pytest.mark.parametrize("text", ["no newline", "an\n\nempty line\n"])
def test_a_text_that_could_be_misread_is_not_signed(text):
    with pytest.raises(BadNoteError):
        sign_note(text, [signing_key()])


def test_a_key_of_other_bytes_is_no_key():
    note = sign_note(TEXT, [signing_key()])
    false = VerifierKey(signing_key().verifier.name, b"\xff" * 32)
    with pytest.raises(UnknownSignerError):
        open_note(note, [false])
