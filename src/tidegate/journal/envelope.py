"""The stored form of an act: an envelope that is hashed into the tree, and apart from it a salted body.

docs/journal-format.md describes the bytes for strangers; a change here is a change of the format.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from tidegate.journal.model import Append, Cause, Draft, Entry, JournalError, Key, Rows

SALT_SIZE = 16
BODY_LIMIT = 64 * 1024
KEY_LIMIT = 512
COUNT_LIMIT = 2**53  # what every JSON reader counts exactly
PSEUDONYM_MARK = "~"
DIGEST_PATTERN = re.compile(r"sha256:[0-9a-f]{64}")


class BadDraftError(JournalError):
    """A draft that can never enter; fields: kind, part."""

    code = "bad_draft"


class BodyTooLargeError(JournalError):
    """A body above 64 KiB; fields: kind, size, limit."""

    code = "body_too_large"


class Envelope(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is hashed, in the order of its JSON members; members at their default are left out."""

    kind: str
    ver: int
    rec: datetime
    occ: datetime
    by: str
    keys: tuple[str, ...] = ()
    cause: tuple[str, int, str, int] | None = None
    att: tuple[str, ...] = ()
    rows: tuple[str, int, str] | None = None
    dig: str


encode_envelope = msgspec.json.Encoder().encode
decode_envelope = msgspec.json.Decoder(Envelope).decode


def body_digest(salt: bytes, body: bytes) -> str:
    """Return what the envelope commits to: hex SHA-256(salt || body)."""
    return sha256(salt + body).hexdigest()


def pseudonym_of(salt: bytes, text: str) -> str:
    """Return the stand-in of a personal key: `~` and 128 bits of SHA-256(salt || text), in hex.

    The salt is random, one per text, and erased with the text: what is left tells nothing.
    """
    return PSEUDONYM_MARK + sha256(salt + text.encode()).hexdigest()[:32]


def used_attachments(draft: Draft) -> tuple[str, ...]:
    """Return the digests of all attachments that the draft names, its rows' included."""
    return draft.attachments if draft.rows is None else (*draft.attachments, draft.rows.attachment)


def check_groups(groups: Sequence[Append]) -> None:
    """Raise for the first draft or condition that could never enter."""
    for group in groups:
        for draft in group.drafts:
            check_draft(draft)
        for condition in group.conditions:
            _check_key(condition.key, "a condition", "key")
        causes = [draft.cause for draft in group.drafts if draft.cause is not None]
        if len(set(causes)) < len(causes):
            raise BadDraftError("Two acts of one group have the same cause: count them with n.", part="cause")


def check_draft(draft: Draft) -> None:
    """Raise, saying which part is wrong, when the draft could never enter."""
    kind = draft.kind
    if not kind or not kind.isprintable():
        raise _bad(kind, "kind", "a kind reads like declaration.lodged")
    if not 1 <= draft.version <= COUNT_LIMIT:
        raise _bad(kind, "version", f"versions count from 1, not {draft.version}")
    _check_occurred(draft)
    if len(draft.body) > BODY_LIMIT:
        raise BodyTooLargeError(
            f"{kind}: the body has {len(draft.body)} bytes, the limit is {BODY_LIMIT}: attach it instead.",
            kind=kind,
            size=len(draft.body),
            limit=BODY_LIMIT,
        )
    cause, rows = draft.cause, draft.rows
    if cause is not None and not (
        0 <= cause.n <= COUNT_LIMIT and (cause.responder + cause.subject).isprintable()
    ):
        raise _bad(kind, "cause", f"a cause needs printable texts, and n from 0 on: {cause}")
    if rows is not None and not (0 <= rows.count <= COUNT_LIMIT and rows.root.isprintable()):
        raise _bad(kind, "rows", f"these rows cannot be counted: {rows}")
    _check_key(draft.author, kind, "author")
    for key in draft.keys:
        _check_key(key, kind, "keys")
    for digest in used_attachments(draft):
        if not DIGEST_PATTERN.fullmatch(digest):
            raise _bad(kind, "attachments", f"{digest!r} is no digest of an attachment")


def _bad(kind: str, part: str, text: str) -> BadDraftError:
    return BadDraftError(f"{kind!r}: {text}.", kind=kind, part=part)


def _check_occurred(draft: Draft) -> None:
    try:
        offset = draft.occurred.utcoffset()
        if offset:
            draft.occurred.astimezone(UTC)
    except OverflowError:
        offset = None
    if offset is None:
        text = f"`occurred` ({draft.occurred}) needs a time zone, and a year from 1 to 9999 in UTC"
        raise _bad(draft.kind, "occurred", text)


def _check_key(key: Key, kind: str, part: str) -> None:
    text = key.text
    if not text or len(text) > KEY_LIMIT or text[0] == PSEUDONYM_MARK or not text.isprintable():
        limits = f"needs 1 to {KEY_LIMIT} printable characters and no ~ in front"
        raise _bad(kind, part, f"the key {text[:40]!r} {limits}")


def entry_of(position: int, envelope: Envelope, body: bytes | None, texts: dict[str, str]) -> Entry:
    """Return the entry an envelope describes; `texts` resolves the pseudonyms that still have a text."""
    return Entry(
        position=position,
        kind=envelope.kind,
        version=envelope.ver,
        recorded=envelope.rec,
        occurred=envelope.occ,
        author=texts.get(envelope.by, envelope.by),
        keys=tuple([texts.get(key, key) for key in envelope.keys]) if texts else envelope.keys,
        cause=None if envelope.cause is None else Cause(*envelope.cause),
        attachments=envelope.att,
        rows=None if envelope.rows is None else Rows(*envelope.rows),
        body=body,
    )


def pseudonyms_in(envelope: Envelope) -> list[str]:
    """Return the pseudonyms that stand in the envelope, the author's first."""
    return [text for text in (envelope.by, *envelope.keys) if text.startswith(PSEUDONYM_MARK)]
