"""How what waits reaches a partner: in signed parcels, until each message has a receipt or a refusal.

A parcel may be lost, and its answer too: it is then sent again, and the receiver knows it by its ids. What an
agreement does not allow does not leave: it waits while that is suspended, and is withdrawn when it has ended.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    Act,
    CheckpointCosigned,
    CheckpointWitnessed,
    DisclosureRefused,
    DisclosureSent,
    DisclosureWithdrawn,
    EnquiryAnswered,
    EnquiryMade,
    EnquiryRefused,
    MessageRefused,
    decode,
)
from tidegate.exchange.drafting import agreement_key, draft, enquiry_key, partner_key, settled_key
from tidegate.exchange.messages import Answer, Message, Parcel, Problem, message_digest
from tidegate.exchange.outgoing import outgoing
from tidegate.exchange.reader import ExchangeReader, waiting_for
from tidegate.exchange.receipting import receipt_act
from tidegate.exchange.refusals import ExchangeError, MessageRefusedError
from tidegate.exchange.signed import Request, sign_request, verify_response
from tidegate.exchange.signing import key_in_force
from tidegate.exchange.standing import Partner, keyid_of, standing_of
from tidegate.exchange.terms import PROFILE
from tidegate.exchange.witnessing import (
    check_continues,
    continued,
    cosign,
    cosignature_holds,
    cosigned_key,
    last_cosigned,
    last_witnessed,
    witness_key,
)
from tidegate.journal import Append, Key, KeyIsNew, make_checkpoint, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from tidegate.exchange.signed import Response
    from tidegate.exchange.standing import Held, Standing
    from tidegate.journal import Checkpoint, SqliteJournal
    from tidegate.journal.notes import SigningKey, VerifierKey

PARCELS = "/exchange/v1/parcels"
_MOST, _LARGEST = 400, 1024 * 1024  # messages, and about how many octets of them, in one parcel
_OK = 200
_ENCODER = msgspec.json.Encoder()


class UnreachableError(ExchangeError):
    """A partner did not answer, or not so that it can be believed; fields: partner."""

    code = "unreachable"


class ParcelRefusedError(ExchangeError):
    """A partner refused a parcel whole; fields: partner, reason, retry_after (seconds)."""

    code = "parcel_refused"


class Delivered(msgspec.Struct):
    """What became of one parcel: messages sent, settled by receipts or refusals, left, withdrawn.

    ``fetched`` is how much evidence was fetched with it.
    """

    sent: int = 0
    receipts: int = 0
    refused: int = 0
    again: int = 0
    withdrawn: int = 0
    fetched: int = 0


class _Parcel(msgspec.Struct):
    """A parcel as it is packed: acts and messages by id, and those that are withdrawn once they are known."""

    acts: dict[str, Act] = {}
    messages: dict[str, bytes] = {}
    leaving: dict[str, tuple[Act, str]] = {}


class Delivery:
    """Delivers what waits, partner by partner; one at a time for each."""

    def __init__(
        self,
        journal: SqliteJournal,
        keys: Sequence[SigningKey],
        folder: Path,
        *,
        send: Callable[[Request], Response],
        clock: Callable[[], datetime],
        nonce: Callable[[], str],
    ) -> None:
        """Take the journal, the signing keys, the folder of the reader's tables, and what sends a request."""
        self._journal = journal
        self._keys = keys
        self._me = keys[0].verifier.name
        self._folder = folder
        self._send = send
        self._clock = clock
        self._nonce = nonce

    def deliver(self, partner: Partner) -> Delivered:
        """Send one parcel of what waits for a partner and record what it answers.

        Raises:
            UnreachableError: no answer came, or none that the partner has signed.
            ParcelRefusedError: the partner refused the parcel whole.
            MessageRefusedError: ``forked``, its log contradicts what was witnessed.
        """
        standing = standing_of(self._journal)
        now = self._clock()
        packed = self._pack(partner, standing, now)
        if not packed.messages and not packed.leaving:
            return Delivered()
        checkpoint = make_checkpoint(self._journal, self._keys)
        before = last_witnessed(self._journal, partner.name)
        since = last_cosigned(self._journal, partner.name)
        parcel = Parcel(
            profile=PROFILE,
            sender=self._me,
            to=partner.name,
            messages=tuple(msgspec.Raw(one) for one in packed.messages.values()),
            checkpoint=checkpoint.note,
            since=since,
            path=continued(self._journal, since, checkpoint.size),
            known=0 if before is None else before.size,
            asks=tuple(packed.leaving),
        )
        response = self.post(partner, PARCELS, _ENCODER.encode(parcel))
        try:
            answer = msgspec.json.decode(response.body, type=Answer)
        except msgspec.DecodeError as error:
            raise UnreachableError(f"{partner.name} answers what is no answer: {error}.") from None
        if (answer.sender, answer.to) != (partner.name, self._me):
            raise UnreachableError(f"The answer is from {answer.sender} to {answer.to}.")
        return self._record(partner, packed, checkpoint, before, answer)

    def post(self, partner: Partner, path: str, body: bytes) -> Response:
        """Send a signed request to a partner and return its answer, whose signature holds.

        Raises:
            UnreachableError, ParcelRefusedError: as for ``deliver``.
        """
        key = key_in_force(self._journal, self._keys)
        request = Request("POST", partner.endpoint.rstrip("/") + path, {}, body)
        sign_request(request, key, self._clock(), self._nonce())
        response = self._send(request)

        def find(keyid: str) -> VerifierKey | None:
            return next((one for one in partner.keys if keyid_of(one) == keyid), None)

        try:
            verify_response(response, find, self._clock())
        except MessageRefusedError as error:
            text = f"{partner.name} answers with {response.status_code}, not signed by it: {error}"
            raise UnreachableError(text, partner=partner.name, reason=error.reason) from None
        if response.status_code == _OK:
            return response
        problem = _problem(response.body)
        self._note_refusal(partner, problem, body)
        raise ParcelRefusedError(
            f"{partner.name} refuses: {problem.text}",
            partner=partner.name,
            reason=problem.reason,
            retry_after=problem.retry_after,
        )

    def _pack(self, partner: Partner, standing: Standing, now: datetime) -> _Parcel:
        """Return what goes into the next parcel, and what was allowed once and is no longer."""
        packed = _Parcel()
        octets = 0
        with closing(tables(ExchangeReader(), self._folder)) as connection:
            waiting = waiting_for(connection, partner.name, _MOST, standing.suspended())
        for one in waiting:
            if self._journal.last(settled_key(partner.name, one.id)) is not None:
                continue  # settled since the tables were made
            entry = self._journal.read(one.position, 1)[0]
            act = None if entry.body is None else decode(entry.kind, entry.version, entry.body)
            message = None if act is None else outgoing(act)
            if act is None or message is None:
                continue
            if not one.control:
                held = standing.agreements[str(getattr(act, "agreement", ""))]
                why = _bar(held, message, now)
                if why == "suspended":
                    continue
                if why:
                    packed.leaving[one.id] = (act, why)
                    continue
            packed.acts[one.id] = act
            packed.messages[one.id] = message
            octets += len(message)
            if octets > _LARGEST:
                break
        return packed

    def _record(
        self,
        partner: Partner,
        packed: _Parcel,
        own: Checkpoint,
        before: Checkpoint | None,
        answer: Answer,
    ) -> Delivered:
        """Verify what a partner answers and append it in one commit."""
        now = self._clock()
        seen = check_continues(partner, answer.checkpoint, answer.since, answer.path, before)
        told = Delivered(sent=len(packed.messages))
        groups: list[Append] = []
        if seen is not None:
            messages = packed.messages | {
                id_: outgoing(act) or b"" for id_, (act, _) in packed.leaving.items()
            }
            for receipt in answer.receipts:
                if receipt.id not in messages:
                    continue
                recorded = receipt_act(receipt, partner.name, self._me, messages[receipt.id], seen)
                groups.append(self._settled(partner, receipt.id, recorded, now))
                told.receipts += 1
            if before is None or seen.size > before.size:
                groups.append(self._witnessed(partner, seen, now))
        for refusal in answer.refusals:
            if refusal.id in packed.leaving and refusal.reason == "unknown":
                act, why = packed.leaving[refusal.id]
                groups.append(self._settled(partner, refusal.id, self._withdrawn(act, why), now))
                told.withdrawn += 1
            elif refusal.again or refusal.id not in packed.acts | packed.leaving:
                told.again += 1
            else:
                act = packed.acts.get(refusal.id) or packed.leaving[refusal.id][0]
                refused = _refused(act, partner.name, refusal.clause, (refusal.reason, refusal.text))
                groups.append(self._settled(partner, refusal.id, refused, now))
                told.refused += 1
        if answer.cosignature and cosignature_holds(own, answer.cosignature, partner.keys):
            groups.append(self._cosigned(partner, own, answer.cosignature, now))
        if groups:
            self._journal.append(groups)
        return told

    def _settled(self, partner: Partner, id_: str, act: Act, now: datetime) -> Append:
        key = settled_key(partner.name, id_)
        keys = [key, partner_key(partner.name)]
        agreement = getattr(act, "agreement", "")
        if agreement:
            keys.append(agreement_key(agreement))
        if isinstance(act, EnquiryRefused):
            keys.append(enquiry_key(self._me, id_))
        return Append((draft(act, now, f"partner:{partner.name}", keys),), (KeyIsNew(key),))

    def _witnessed(self, partner: Partner, seen: Checkpoint, now: datetime) -> Append:
        line = cosign(seen, key_in_force(self._journal, self._keys), now)
        act = CheckpointWitnessed(partner=partner.name, size=seen.size, note=seen.note, cosignature=line)
        keys = [witness_key(partner.name), partner_key(partner.name)]
        return Append((draft(act, now, f"node:{self._me}", keys),))

    def _cosigned(self, partner: Partner, own: Checkpoint, line: str, now: datetime) -> Append:
        act = CheckpointCosigned(partner=partner.name, size=own.size, cosignature=line)
        keys = [cosigned_key(partner.name), partner_key(partner.name)]
        return Append((draft(act, now, f"partner:{partner.name}", keys),))

    def _withdrawn(self, act: Act, why: str) -> Act:
        if isinstance(act, DisclosureSent):
            return DisclosureWithdrawn(
                partner=act.partner, agreement=act.agreement, clause=act.clause, id=act.id, reason=why
            )
        assert isinstance(act, EnquiryMade | EnquiryAnswered)
        return EnquiryRefused(
            by=self._me,
            partner=act.partner,
            agreement=act.agreement,
            clause=act.clause,
            id=act.id,
            reason=why,
            text="Withdrawn before it was received.",
        )

    def _note_refusal(self, partner: Partner, problem: Problem, body: bytes) -> None:
        """Record that a parcel was refused whole, once a minute for each reason."""
        now = self._clock()
        act = MessageRefused(
            by=partner.name,
            claimed=self._me,
            reason=problem.reason,
            text=problem.text,
            digest=message_digest(body),
        )
        once = Key(f"refusal:{partner.name}:{problem.reason}:{now:%Y%m%dT%H%M}")
        keys = [once, partner_key(partner.name)]
        made = draft(act, now, f"partner:{partner.name}", keys)
        self._journal.append([Append((made,), (KeyIsNew(once),))])


def _bar(held: Held, message: bytes, now: datetime) -> str:
    """Return why a message may not leave now; nothing where it may."""
    if held.state != "signed":
        return held.state
    if held.in_force(now) is None:
        return "expired"
    read = msgspec.json.decode(message, type=Message)
    return "" if held.clause(read.clause, read.version) is not None else "amended"


def _refused(act: Act, by: str, clause: str, why: tuple[str, str]) -> Act:
    reason, text = why
    if isinstance(act, DisclosureSent):
        return DisclosureRefused(
            by=by,
            partner=by,
            agreement=act.agreement,
            clause=clause or act.clause,
            id=act.id,
            reason=reason,
            text=text,
        )
    if isinstance(act, EnquiryMade | EnquiryAnswered):
        return EnquiryRefused(
            by=by,
            partner=by,
            agreement=act.agreement,
            clause=clause or act.clause,
            id=act.id,
            reason=reason,
            text=text,
        )
    message = outgoing(act) or b""
    return MessageRefused(
        by=by, claimed=str(getattr(act, "by", "")), reason=reason, text=text, digest=message_digest(message)
    )


def _problem(body: bytes) -> Problem:
    try:
        return msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return Problem("unreadable", "The partner's refusal cannot be read.")
