import pytest

from tests.contract.making import alone
from tidegate.journal import AttachmentMissingError


def test_attachments_come_back_as_they_were(journal):
    blobs = [b"", b"<xml/>" * 1000, bytes(range(256))]
    digests = journal.attach(blobs)
    assert [journal.attachment(digest) for digest in digests] == blobs
    assert all(digest.startswith("sha256:") and len(digest) == 71 for digest in digests)


def test_the_same_bytes_have_one_digest(journal):
    one, two, other = journal.attach([b"same", b"same", b"other"])
    assert one == two != other
    assert journal.attach([b"same"]) == [one]


def test_no_blobs_are_no_digests(journal):
    assert journal.attach([]) == []


def test_an_attachment_outlives_the_journal_that_stored_it(engine, journal, folder, clock):
    (digest,) = journal.attach([b"original"])
    journal.close()
    again = engine.open(folder, clock)
    assert again.attachment(digest) == b"original"
    again.append([alone("mrn:A", attachments=(digest,))])
    again.close()


def test_an_unknown_attachment_is_missing(journal):
    with pytest.raises(AttachmentMissingError) as refusal:
        journal.attachment("sha256:" + "1" * 64)
    assert refusal.value.code == "attachment_missing"
    with pytest.raises(AttachmentMissingError):
        journal.attachment("../../secret")
