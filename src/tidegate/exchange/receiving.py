"""How a parcel from a partner is received: each message becomes an act and gets a receipt, or is refused.

Everything is appended under conditions: that the message is new, and that nothing about partners and
agreements has changed since it was checked. So a suspension bites whatever is on its way, and a message that
comes twice is one act with one receipt.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    Act,
    CheckpointWitnessed,
    DisclosureRefused,
    EnquiryRefused,
    MessageRefused,
    decode,
)
from tidegate.exchange.drafting import agreement_key, draft, enquiry_key, partner_key, received_key
from tidegate.exchange.messages import (
    LARGEST_PARCEL,
    MOST_MESSAGES,
    Answer,
    Message,
    Parcel,
    Receipt,
    Refusal,
    message_digest,
)
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.exchange.signing import key_in_force
from tidegate.exchange.standing import STANDING, standing_of
from tidegate.exchange.taking import CONTROL, Taking
from tidegate.exchange.terms import PROFILE
from tidegate.exchange.witnessing import check_continues, continued, cosign, last_witnessed, witness_key
from tidegate.journal import Append, Appended, Key, KeyIsNew, KeyLastAt, make_checkpoint
from tidegate.journal.proofs import ProofImpossibleError, inclusion_path
from tidegate.journal.trees import stored_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tidegate.exchange.standing import Partner, Standing
    from tidegate.journal import Checkpoint, Condition, Draft, Entry, SigningKey, SqliteJournal

_ATTEMPTS = 3
_MESSAGES = msgspec.json.Decoder(Message)
_PARCELS = msgspec.json.Decoder(Parcel)


class Received(msgspec.Struct):
    """A message on its way in, and what became of it."""

    id: str
    raw: msgspec.Raw
    message: Message | None = None
    position: int | None = None
    refusal: Refusal | None = None


class Receiver:
    """Receives the parcels that partners have signed."""

    def __init__(
        self, journal: SqliteJournal, me: str, keys: Sequence[SigningKey], standing: Standing | None = None
    ) -> None:
        """Take the journal, the node's name and its signing keys."""
        self._journal = journal
        self._me = me
        self._keys = keys
        self.standing = standing or standing_of(journal)

    def receive(self, body: bytes, partner: Partner, nonce: str, now: datetime) -> Answer:
        """Receive a parcel whose signature was verified to be the partner's; return what is answered.

        Raises:
            MessageRefusedError: the parcel is refused whole: ``unreadable``, ``too_large``, ``misdirected``,
                ``unknown_profile``, ``replayed``, or ``forked`` where its checkpoint contradicts the last.
        """
        parcel = self._parcel(body, partner)
        nonce_key = Key(f"nonce:{partner.name}:{nonce}")
        if self._journal.last(nonce_key) is not None:
            raise MessageRefusedError("replayed", f"The nonce {nonce} of {partner.name} was used before.")
        before = last_witnessed(self._journal, partner.name)
        seen = None
        if parcel.checkpoint:
            seen = check_continues(partner, parcel.checkpoint, parcel.since, parcel.path, before)
        received = [_read(raw) for raw in parcel.messages]
        run: list[Received] = []
        for one in received:
            if one.message is not None and one.message.type in CONTROL:
                self._take(run, partner, nonce_key, now)
                run = []
                self._take([one], partner, nonce_key, now)
            else:
                run.append(one)
        self._take(run, partner, nonce_key, now)
        cosignature = ""
        if seen is not None and (before is None or seen.size > before.size):
            cosignature = self._witness(seen, partner, nonce_key, now)
        known = seen or before
        received += [self._asked(id_, partner) for id_ in parcel.asks[:MOST_MESSAGES]]
        return self._answer(parcel, received, known.size if known is not None else 0, cosignature)

    def refuse(self, claimed: str, refused: MessageRefusedError, body: bytes, now: datetime) -> None:
        """Record that something was refused whole.

        Whoever it was may not be known, so the record is bounded: of one sender and reason, 16 a minute.
        """
        digest = message_digest(body)
        act = MessageRefused(
            by=self._me, claimed=claimed, reason=refused.reason, text=refused.text[:2000], digest=digest
        )
        share = digest[-1]
        once = Key(f"refusal:{claimed}:{refused.reason}:{now:%Y%m%dT%H%M}:{share}")
        keys = [once, Key("refusals"), *([partner_key(claimed)] if claimed else [])]
        made = draft(act, now, f"node:{self._me}", keys)
        self._journal.append([Append((made,), (KeyIsNew(once),))])

    def _asked(self, id_: str, partner: Partner) -> Received:
        """Return what became of an earlier message."""
        asked = Received(id_, msgspec.Raw(b""))
        position = self._journal.last(received_key(partner.name, id_[:32])) if id_.isalnum() else None
        if position is None:
            asked.refusal = Refusal(id_[:32], "unknown", "No such message was received.", again=True)
        else:
            self._became(asked, self._journal.read(position, 1)[0])
        return asked

    def _parcel(self, body: bytes, partner: Partner) -> Parcel:
        if len(body) > LARGEST_PARCEL:
            raise MessageRefusedError("too_large", f"A parcel has {LARGEST_PARCEL} octets at most.")
        try:
            profile = msgspec.json.decode(body, type=_Profiled).profile
            if profile != PROFILE:
                text = f"The profile {profile!r} is not spoken here; what is: {PROFILE}."
                raise MessageRefusedError("unknown_profile", text, again=True)
            parcel = _PARCELS.decode(body)
        except msgspec.DecodeError as error:
            raise MessageRefusedError("unreadable", f"The parcel cannot be read: {error}.") from None
        if (parcel.sender, parcel.to) != (partner.name, self._me):
            text = f"The parcel is from {parcel.sender} to {parcel.to}, and signed by {partner.name}."
            raise MessageRefusedError("misdirected", text)
        if len(parcel.messages) > MOST_MESSAGES:
            raise MessageRefusedError("too_large", f"A parcel has {MOST_MESSAGES} messages at most.")
        return parcel

    def _take(self, run: list[Received], partner: Partner, nonce_key: Key, now: datetime) -> None:
        """Take messages in one commit; again, where the standing changed meanwhile."""
        waiting = [one for one in run if one.refusal is None]
        for _ in range(_ATTEMPTS):
            if not waiting:
                return
            self.standing.follow(self._journal)
            waiting = self._attempt(waiting, partner, nonce_key, now)
        for one in waiting:
            text = "Partners or agreements are being changed here: send it again."
            one.refusal = Refusal(one.id, "overtaken", text, again=True)

    def _attempt(
        self, waiting: list[Received], partner: Partner, nonce_key: Key, now: datetime
    ) -> list[Received]:
        taking = Taking(self._journal, self.standing, self._me, partner, now)
        unchanged = KeyLastAt(STANDING, self.standing.position - 1)
        groups: list[Append] = []
        tried: list[Received] = []
        here: set[str] = set()
        for one in waiting:
            made = self._draft(one, taking, partner, here, now)
            if made is None:
                continue
            here.add(one.id)
            if not groups:
                made = msgspec.structs.replace(made, keys=(*made.keys, nonce_key))
            conditions: tuple[Condition, ...] = (KeyIsNew(received_key(partner.name, one.id)), unchanged)
            groups.append(Append((made,), conditions))
            tried.append(one)
        again = []
        for one, outcome in zip(tried, self._journal.append(groups) if groups else (), strict=True):
            if isinstance(outcome, Appended):
                one.position = outcome.positions[0]
            elif isinstance(outcome.condition, KeyIsNew):
                one.refusal = None
                self._repeated(one, self._journal.read(outcome.position, 1)[0])
            else:
                one.refusal = None
                again.append(one)
        return again

    def _draft(
        self, one: Received, taking: Taking, partner: Partner, here: set[str], now: datetime
    ) -> Draft | None:
        """Return what a message becomes, an act or its refusal; None where it was here before."""
        message = one.message
        assert message is not None
        known = self._journal.last(received_key(partner.name, one.id))
        if known is not None:
            self._repeated(one, self._journal.read(known, 1)[0])
            return None
        keys = [received_key(partner.name, one.id), partner_key(partner.name)]
        if message.agreement in self.standing.agreements:
            keys.append(agreement_key(message.agreement))
        try:
            self._check_order(message, partner, here)
            act, further = taking.act(message, one.raw)
        except MessageRefusedError as refused:
            one.refusal = Refusal(one.id, refused.reason, refused.text, refused.clause, refused.again)
            if refused.again:
                return None
            act, further = self._refused(message, one, partner, refused), ()
            if message.type == "enquiry":
                further = (enquiry_key(partner.name, message.id),)
        return draft(act, now, f"partner:{partner.name}", [*keys, *further], message=bytes(one.raw))

    def _check_order(self, message: Message, partner: Partner, here: set[str]) -> None:
        after = message.after
        if after and after not in here and self._journal.last(received_key(partner.name, after)) is None:
            text = f"The message {after[:32]} about the same subject has not come yet."
            raise MessageRefusedError("early", text, again=True)

    def _refused(self, message: Message, one: Received, partner: Partner, why: MessageRefusedError) -> Act:
        if message.type in {"disclosure", "enquiry"}:
            kind = DisclosureRefused if message.type == "disclosure" else EnquiryRefused
            return kind(
                by=self._me,
                partner=partner.name,
                agreement=message.agreement[:120],
                clause=why.clause[:120],
                id=message.id,
                reason=why.reason,
                text=why.text[:2000],
            )
        return MessageRefused(
            by=self._me,
            claimed=partner.name,
            reason=why.reason,
            text=why.text[:2000],
            digest=message_digest(bytes(one.raw)),
        )

    def _repeated(self, one: Received, entry: Entry) -> None:
        """Note what became of a message when it came first; another one under its id is refused."""
        if message_digest(bytes(one.raw)) not in entry.keys:
            text = "Another message was received under this id."
            one.refusal = Refusal(one.id, "id_reused", text)
            return
        self._became(one, entry)

    def _became(self, one: Received, entry: Entry) -> None:
        act = None if entry.body is None else decode(entry.kind, entry.version, entry.body)
        if isinstance(act, DisclosureRefused | EnquiryRefused):
            one.refusal = Refusal(one.id, act.reason, act.text, act.clause)
        elif isinstance(act, MessageRefused):
            one.refusal = Refusal(one.id, act.reason, act.text)
        else:
            one.position = entry.position

    def _witness(self, seen: Checkpoint, partner: Partner, nonce_key: Key, now: datetime) -> str:
        """Record a partner's checkpoint, and return the line that signs it."""
        line = cosign(seen, key_in_force(self._journal, self._keys), now)
        act = CheckpointWitnessed(partner=partner.name, size=seen.size, note=seen.note, cosignature=line)
        keys = [witness_key(partner.name), partner_key(partner.name), nonce_key]
        last = self._journal.last(keys[0])
        condition: Condition = KeyIsNew(keys[0]) if last is None else KeyLastAt(keys[0], last)
        made = draft(act, now, f"node:{self._me}", keys)
        (outcome,) = self._journal.append([Append((made,), (condition,))])
        return line if isinstance(outcome, Appended) else ""

    def _answer(self, parcel: Parcel, received: list[Received], known: int, cosignature: str) -> Answer:
        checkpoint = make_checkpoint(self._journal, self._keys)
        try:
            path = continued(self._journal, parcel.known, checkpoint.size)
        except ProofImpossibleError:
            path = ()  # the sender has seen more than there is: its audit will say so
        taken = [one for one in received if one.refusal is None]  # a refusal has an entry too, and no receipt
        positions = [one.position for one in taken if one.position is not None]
        proofs = receipts(self._journal, positions, checkpoint.size)
        return Answer(
            profile=PROFILE,
            sender=self._me,
            to=parcel.sender,
            checkpoint=checkpoint.note,
            since=parcel.known,
            path=path,
            receipts=tuple(
                msgspec.structs.replace(proofs[one.position], id=one.id)
                for one in taken
                if one.position is not None
            ),
            refusals=tuple(one.refusal for one in received if one.refusal is not None),
            known=known,
            cosignature=cosignature,
        )


class _Profiled(msgspec.Struct, frozen=True):
    """What is read first of a parcel, so that one of another profile can be told from one that is broken."""

    profile: str = ""


def receipts(journal: SqliteJournal, positions: Sequence[int], size: int) -> dict[int, Receipt]:
    """Return, by position, what shows that entries are in the tree of ``size``; the ids are left out."""
    found = {}
    with journal.reading() as connection:
        nodes = stored_nodes(connection)
        held: dict[tuple[int, int], bytes] = {}

        def remembered(level: int, index: int) -> bytes:
            if (level, index) not in held:
                held[level, index] = nodes(level, index)
            return held[level, index]

        for position in positions:
            envelope: bytes = connection.execute(
                "SELECT envelope FROM entries WHERE position = ?", (position,)
            ).get
            path = inclusion_path(remembered, position, size)
            found[position] = Receipt(
                "",
                position,
                base64.b64encode(envelope).decode(),
                tuple(base64.b64encode(one).decode() for one in path),
            )
    return found


def _read(raw: msgspec.Raw) -> Received:
    try:
        message = _MESSAGES.decode(raw)
    except msgspec.DecodeError as error:
        text = f"The message cannot be read: {error}."
        return Received("", raw, None, None, Refusal("", "unreadable", text[:500]))
    # A copy: what was decoded from is the whole parcel, which need not be kept.
    return Received(message.id, msgspec.Raw(bytes(raw)), message)
