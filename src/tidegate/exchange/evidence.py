"""Evidence of an answer, carried to whoever asked: fetched piece by piece, from where it broke off.

An answer names its evidence by digest, and may leave long before the octets do. Whoever asked fetches them
while the agreement is in force; the digest shows that they are the ones that the signed answer named. Either
side records it: that the last piece was given, and that the whole was received.
"""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
import zstandard

from tidegate.acts import EnquiryAnswered, EvidenceCarried, MessageRefused, decode
from tidegate.exchange.delivering import ParcelRefusedError, UnreachableError
from tidegate.exchange.drafting import agreement_key, draft, enquiry_key, evidence_key, partner_key
from tidegate.exchange.messages import EvidenceAsked, EvidencePiece, evidence_in
from tidegate.exchange.reader import ExchangeReader, evidence_waited_for
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.journal import Append, KeyIsNew, tables

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tidegate.acts import Act
    from tidegate.exchange.delivering import Delivery
    from tidegate.exchange.reader import EvidenceWaiting
    from tidegate.exchange.standing import Partner, Standing
    from tidegate.journal import Key, SqliteJournal

EVIDENCE = "/exchange/v1/evidence"
PIECE = 512 * 1024
_LARGEST = 256 * 1024 * 1024  # octets of one piece of evidence, unpacked
_FINAL = frozenset({"unknown_evidence", "not_in_that_state", "misdirected"})
_ENCODER = msgspec.json.Encoder()


def give_piece(
    journal: SqliteJournal, standing: Standing, partner: str, asked: EvidenceAsked, now: datetime
) -> EvidencePiece:
    """Return a piece of evidence of an answer to a partner; the last one leaves an act.

    Raises:
        MessageRefusedError: ``unknown_evidence``, no answer to this partner names it or it is erased;
            ``suspended``, for now; ``not_in_that_state``, the agreement holds no longer.
    """
    answered = _answer_to(journal, partner, asked)
    held = standing.agreements.get(answered.agreement)
    if held is not None and held.state == "suspended":
        raise MessageRefusedError("suspended", f"{answered.agreement} is suspended.", again=True)
    if held is None or held.in_force(now) is None:
        raise MessageRefusedError("not_in_that_state", f"{answered.agreement} is not in force.")
    try:
        with journal.files.path(asked.digest).open("rb") as file:
            octets = file.seek(0, 2)
            file.seek(min(asked.offset, octets))
            data = file.read(PIECE)
    except FileNotFoundError:
        raise MessageRefusedError("unknown_evidence", f"{asked.digest} is erased here.") from None
    if asked.offset + len(data) >= octets:
        act = EvidenceCarried(
            by=answered.by,
            partner=partner,
            agreement=answered.agreement,
            enquiry=asked.enquiry,
            digest=asked.digest,
            octets=octets,
        )
        _append(journal, act, partner, now)
    return EvidencePiece(digest=asked.digest, octets=octets, offset=asked.offset, data=data)


class Fetching:
    """Fetches the evidence that partners' answers named; what is half here lies in files beside tables."""

    def __init__(self, journal: SqliteJournal, me: str, folder: Path, delivery: Delivery) -> None:
        """Take the journal, the node's name, the folder of the reader's tables and what posts requests."""
        self._journal = journal
        self._me = me
        self._folder = folder
        self._delivery = delivery

    def fetch(self, partner: Partner, now: datetime) -> int:
        """Fetch all that a partner's answers named and is not here; return how many are settled.

        Raises:
            UnreachableError: no answer came, or none that the partner has signed; what came in stays.
            ParcelRefusedError: the partner gives nothing now.
        """
        with closing(tables(ExchangeReader(), self._folder)) as connection:
            waiting = evidence_waited_for(connection, partner.name)
        return sum(self._fetch(one, partner, now) for one in waiting)

    def _fetch(self, one: EvidenceWaiting, partner: Partner, now: datetime) -> bool:
        if self._journal.last(evidence_key(self._me, one.enquiry, one.digest)) is not None:
            return False  # settled since the tables were made
        part = self._folder / "evidence" / f"{one.enquiry}-{one.digest.rpartition(':')[2]}"
        part.parent.mkdir(exist_ok=True)
        try:
            self._whole(one, partner, part)
        except ParcelRefusedError as refused:
            if refused.fields.get("reason") not in _FINAL:
                raise
            self._refused(one, partner.name, str(refused.fields["reason"]), str(refused), now)
            return True
        stored = part.read_bytes()
        try:
            original = _unpacked(stored, one.digest)
        except ValueError as error:
            self._refused(one, partner.name, "altered", f"{one.digest} came in and {error}.", now)
        else:
            act = EvidenceCarried(
                by=partner.name,
                partner=self._me,
                agreement=one.agreement,
                enquiry=one.enquiry,
                digest=one.digest,
                octets=len(stored),
            )
            attached = tuple(self._journal.attach([original]))
            _append(self._journal, act, partner.name, now, attached)
        part.unlink()
        return True

    def _whole(self, one: EvidenceWaiting, partner: Partner, part: Path) -> None:
        """Fetch pieces into a file until it is whole."""
        while True:
            offset = part.stat().st_size if part.exists() else 0
            asked = EvidenceAsked(enquiry=one.enquiry, digest=one.digest, offset=offset)
            response = self._delivery.post(partner, EVIDENCE, _ENCODER.encode(asked))
            try:
                piece = msgspec.json.decode(response.body, type=EvidencePiece)
            except msgspec.DecodeError as error:
                text = f"{partner.name} answers what is no piece of evidence: {error}."
                raise UnreachableError(text, partner=partner.name) from None
            if (piece.digest, piece.offset) != (one.digest, offset) or piece.octets > _LARGEST:
                text = f"{partner.name} answers with another piece than was asked for."
                raise UnreachableError(text, partner=partner.name)
            with part.open("ab") as file:
                file.write(piece.data)
            if offset + len(piece.data) >= piece.octets:
                return
            if not piece.data:
                raise UnreachableError(f"{partner.name} answers with an empty piece.", partner=partner.name)

    def _refused(self, one: EvidenceWaiting, partner: str, reason: str, text: str, now: datetime) -> None:
        by = self._me if reason == "altered" else partner
        claimed = partner if reason == "altered" else self._me
        act = MessageRefused(by=by, claimed=claimed, reason=reason, text=text[:2000], digest=one.digest)
        key = evidence_key(self._me, one.enquiry, one.digest)
        keys = [key, partner_key(partner), enquiry_key(self._me, one.enquiry)]
        self._journal.append([Append((draft(act, now, f"partner:{partner}", keys),), (KeyIsNew(key),))])


def evidence_of(journal: SqliteJournal, asker: str, enquiry: str) -> list[tuple[EvidenceCarried, str]]:
    """Return the evidence that was carried to whoever asked, with the digest under which it lies here."""
    found = []
    for entry in journal.about(enquiry_key(asker, enquiry)):
        act = None if entry.body is None else decode(entry.kind, entry.version, entry.body)
        if isinstance(act, EvidenceCarried):
            found.append((act, entry.attachments[0] if entry.attachments else act.digest))
    return found


def _answer_to(journal: SqliteJournal, partner: str, asked: EvidenceAsked) -> EnquiryAnswered:
    for entry in journal.about(enquiry_key(partner, asked.enquiry)):
        act: Act | None = None if entry.body is None else decode(entry.kind, entry.version, entry.body)
        if isinstance(act, EnquiryAnswered) and asked.digest in evidence_in(bytes(act.message)):
            return act
    text = f"No answer to an enquiry {asked.enquiry} of {partner} names {asked.digest}."
    raise MessageRefusedError("unknown_evidence", text)


def _append(
    journal: SqliteJournal, act: EvidenceCarried, other: str, now: datetime, attached: tuple[str, ...] = ()
) -> None:
    """Append that evidence was carried, once; ``other`` is the partner on the other side."""
    key: Key = evidence_key(act.partner, act.enquiry, act.digest)
    keys = [key, partner_key(other), agreement_key(act.agreement), enquiry_key(act.partner, act.enquiry)]
    made = draft(act, now, f"partner:{other}", keys, attachments=attached)
    journal.append([Append((made,), (KeyIsNew(key),))])


def _unpacked(stored: bytes, digest: str) -> bytes:
    """Return the octets of evidence as they were attached; ValueError where they are not those."""
    if f"sha256:{sha256(stored).hexdigest()}" != digest:
        raise ValueError("has another digest")
    try:
        octets = zstandard.frame_content_size(stored)
        if not 0 <= octets <= _LARGEST:
            raise ValueError("unpacks to more than is taken")
        return zstandard.ZstdDecompressor().decompress(stored)
    except zstandard.ZstdError:
        raise ValueError("cannot be unpacked") from None
