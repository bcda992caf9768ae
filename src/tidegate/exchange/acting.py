"""What people of a node do: trust partners, agree with them, suspend, end, ask and answer.

Each checks against the journal as it is, and appends on the condition that nothing about partners and
agreements was added meanwhile. What concerns the partner goes out to it by itself.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    AgreementAmended,
    AgreementEnded,
    AgreementProposed,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    EnquiryAnswered,
    EnquiryMade,
    EnquiryRefused,
    PartnerIntroduced,
    PartnerRekeyed,
    PartnerRevoked,
    PartnerTrusted,
    decode,
)
from tidegate.exchange.drafting import (
    agreement_key,
    append_standing,
    draft,
    enquiry_key,
    partner_key,
    position_of,
    sent_key,
)
from tidegate.exchange.identity import check_fingerprint, fingerprint, read_identity, read_rotation
from tidegate.exchange.messages import Answered, Message, Question
from tidegate.exchange.outgoing import answer_message, outgoing
from tidegate.exchange.reading import document_digest, duration, read_agreement
from tidegate.exchange.refusals import (
    BadAgreementError,
    ExchangeError,
    NotInThatStateError,
    UnknownAgreementError,
    UnknownPartnerError,
)
from tidegate.exchange.signing import sign_document
from tidegate.exchange.standing import STANDING, standing_of
from tidegate.exchange.taking import check_next_version
from tidegate.exchange.terms import SERVICES
from tidegate.journal import Append, Key, KeyIsNew, KeyLastAt, SqliteJournal
from tidegate.journal.notes import SigningKey

if TYPE_CHECKING:
    from typing import Literal

    from tidegate.acts import Act
    from tidegate.exchange.standing import Held, Partner, Standing
    from tidegate.journal import Condition

_ENCODER = msgspec.json.Encoder()


class UnknownEnquiryError(ExchangeError):
    """There is no such enquiry that waits for an answer; fields: enquiry."""

    code = "unknown_enquiry"


class Actor(msgspec.Struct, frozen=True):
    """Who acts: the node's journal, its key in force and its secret, the author and the moment."""

    journal: SqliteJournal
    key: SigningKey
    secret: bytes
    author: str
    now: datetime

    @property
    def me(self) -> str:
        """The name of the node."""
        return self.key.verifier.name

    def identify(self, *words: object) -> str:
        """Return the id of a message, made of what it is about and of where the journal stands."""
        text = "\x1f".join(str(word) for word in (*words, self.journal.size, self.now.isoformat()))
        return hmac.digest(self.secret, f"exchange message {text}".encode(), "sha256").hex()[:32]

    def append(self, standing: Standing, act: Act, partner: str, *further: Key) -> int:
        """Append an act about partners or agreements."""
        keys = [partner_key(partner), *further]
        return append_standing(self.journal, standing, draft(act, self.now, self.author, keys))


def introduce(actor: Actor, document: str) -> PartnerIntroduced:
    """Record a partner by the document that it has signed; it is not trusted by that.

    Raises:
        BadIdentityError: the document cannot be read, or its key has not signed it.
    """
    identity = read_identity(document)
    act = PartnerIntroduced(
        partner=identity.name,
        kind=identity.kind,
        endpoint=identity.endpoint,
        key=identity.key,
        document=document,
    )
    actor.append(standing_of(actor.journal), act, identity.name)
    return act


def trust(actor: Actor, partner: str, given: str) -> PartnerTrusted:
    """Trust the key by which a partner was introduced last, where the fingerprint is its fingerprint.

    Raises:
        UnknownPartnerError: nobody of that name was introduced.
        FingerprintDiffersError: the fingerprint is another.
    """
    standing = standing_of(actor.journal)
    known = standing.partners.get(partner)
    if known is None:
        raise UnknownPartnerError(f"Nobody named {partner!r} was introduced here.", partner=partner)
    check_fingerprint(known.introduced, given)
    act = PartnerTrusted(
        partner=partner, key=known.introduced.vkey, fingerprint=fingerprint(known.introduced)
    )
    actor.append(standing, act, partner)
    return act


def rekey(actor: Actor, partner: str, note: str) -> bool:
    """Record that a partner rotated its key, where the note proves it; tell whether that was news.

    Raises:
        BadIdentityError: the note proves nothing.
        UnknownPartnerError: the old key is none that is trusted.
    """
    standing = standing_of(actor.journal)
    old, new = read_rotation(note)
    known = standing.partners.get(partner)
    if known is None or not known.trusted or old.name != partner:
        raise UnknownPartnerError(f"{partner} is not trusted here.", partner=partner)
    if new in known.keys:
        return False
    if old not in known.keys:
        raise UnknownPartnerError(f"The old key in the note is not that of {partner}.", partner=partner)
    actor.append(standing, PartnerRekeyed(partner=partner, key=new.vkey, note=note), partner)
    return True


def revoke(actor: Actor, partner: str, reason: str) -> None:
    """Trust a partner no longer; `unknown_partner` where there is none."""
    standing = standing_of(actor.journal)
    if partner not in standing.partners:
        raise UnknownPartnerError(f"Nobody named {partner!r} was introduced here.", partner=partner)
    actor.append(standing, PartnerRevoked(partner=partner, reason=reason), partner)


def propose(actor: Actor, document: bytes) -> AgreementProposed:
    """Sign an agreement, or the next version of one, and propose it to the other party.

    Raises:
        BadAgreementError: the document is none of the profile, or this node is no party to it.
        UnknownPartnerError: the other party is not trusted.
        MessageRefusedError: ``not_in_that_state``, the version is not the next one.
    """
    agreement = read_agreement(document)
    standing = standing_of(actor.journal)
    if actor.me not in {party.uid for party in agreement.party}:
        raise BadAgreementError(f"{agreement.uid}: {actor.me} is no party to it.")
    partner = agreement.partner_of(actor.me)
    _trusted(standing, partner)
    check_next_version(standing.agreements.get(agreement.uid), agreement, actor.me)
    id_ = actor.identify("proposal", agreement.uid, agreement.version)
    act = AgreementProposed(
        agreement=agreement.uid,
        version=agreement.version,
        by=actor.me,
        partner=partner,
        document=document.decode(),
        signature=sign_document(document, actor.key),
        id=id_,
    )
    _append(actor, standing, act, partner, id_)
    return act


def sign(actor: Actor, uid: str) -> AgreementSigned | AgreementAmended:
    """Sign the version that the partner proposed last: it holds from then on.

    Raises:
        UnknownAgreementError: there is none of that name.
        NotInThatStateError: nothing waits for this node's signature.
    """
    standing = standing_of(actor.journal)
    held = _held(standing, uid)
    version = held.versions[max(held.versions)]
    if held.ended or version.agreement.version <= held.signed or version.by == actor.me:
        raise _not_so(held, "no version waits for the signature of this node")
    partner = _trusted(standing, held.partner)
    id_ = actor.identify("signature", uid, version.agreement.version)
    kind = AgreementAmended if held.signed else AgreementSigned
    act = kind(
        agreement=uid,
        version=version.agreement.version,
        by=actor.me,
        partner=partner.name,
        digest=document_digest(version.document),
        signature=sign_document(version.document, actor.key),
        id=id_,
    )
    _append(actor, standing, act, partner.name, id_)
    return act


def change(
    actor: Actor, uid: str, what: Literal["suspend", "resume", "end"], reason: str
) -> AgreementSuspended | AgreementResumed | AgreementEnded:
    """Suspend an agreement, resume what this node has suspended, or end it; from this act on.

    Raises:
        UnknownAgreementError: there is none of that name.
        NotInThatStateError: it is not signed, has ended, or was not suspended by this node.
    """
    standing = standing_of(actor.journal)
    held = _held(standing, uid)
    if held.ended or not held.signed:
        raise _not_so(held, "only an agreement that is signed and has not ended can be changed")
    if (what == "resume") != (actor.me in held.suspended_by) and what != "end":
        raise _not_so(held, "it is resumed by the party that suspended it, and suspended once")
    kinds: dict[str, type[AgreementSuspended | AgreementResumed | AgreementEnded]] = {
        "suspend": AgreementSuspended,
        "resume": AgreementResumed,
        "end": AgreementEnded,
    }
    id_ = actor.identify(what, uid)
    act = kinds[what](agreement=uid, by=actor.me, partner=held.partner, reason=reason, id=id_)
    _append(actor, standing, act, held.partner, id_)
    return act


def enquire(
    actor: Actor, uid: str, clause: str, question: Question, purpose: str, *, once: str = ""
) -> EnquiryMade:
    """Ask a partner what a clause of an agreement lets this node ask; ``once`` names what is asked once.

    Raises:
        UnknownAgreementError: there is none of that name.
        NotInThatStateError: the agreement is not in force, or the clause is no service to this node.
        OvertakenError: what has this name was asked already.
    """
    standing = standing_of(actor.journal)
    held = _held(standing, uid)
    agreement = held.in_force(actor.now)
    permission = agreement.clause(clause) if agreement is not None else None
    if permission is None or permission.assignee != actor.me or permission.action not in SERVICES:
        raise _not_so(held, f"{clause!r} is no service that it gives to this node now")
    id_ = actor.identify("enquiry", uid, clause)
    message = Message(
        id=id_,
        type="enquiry",
        agreement=uid,
        version=held.signed,
        clause=clause,
        purpose=purpose,
        content=msgspec.Raw(_ENCODER.encode(question)),
    )
    written = _ENCODER.encode(message)
    within = next((duty.within for duty in permission.duty if duty.action == "answer"), None)
    act = EnquiryMade(
        by=actor.me,
        partner=held.partner,
        agreement=uid,
        clause=clause,
        id=id_,
        service=permission.action,
        due=None if within is None else actor.now + duration(within),
        message=msgspec.Raw(written),
    )
    keys = [*_keys(held.partner, uid, id_), enquiry_key(actor.me, id_)]
    conditions: list[Condition] = [KeyLastAt(STANDING, standing.position - 1)]
    if once:
        keys.append(Key(f"asked:{once}"))
        conditions.append(KeyIsNew(keys[-1]))
    made = draft(act, actor.now, actor.author, keys, message=written)
    position_of(actor.journal.append([Append((made,), tuple(conditions))])[0])
    return act


def answer_enquiry(
    actor: Actor, asker: str, enquiry: str, text: str, evidence: tuple[bytes, ...] = ()
) -> EnquiryAnswered:
    """Answer a request for assistance in words, with evidence that the partner can fetch by its digest.

    Raises:
        UnknownEnquiryError: there is no such enquiry, or it was answered.
        NotInThatStateError: the agreement is not in force.
    """
    position, asked = _open_enquiry(actor, asker, enquiry)
    standing = standing_of(actor.journal)
    held = _held(standing, asked.agreement)
    if held.in_force(actor.now) is None:
        raise _not_so(held, "it is not in force")
    digests = tuple(actor.journal.attach(evidence)) if evidence else ()
    answered = Answered(enquiry, found=True, text=text, evidence=digests)
    id_ = actor.identify("answer", asker, enquiry)
    written = answer_message(id_, held, asked, msgspec.Raw(_ENCODER.encode(answered)))
    act = EnquiryAnswered(
        by=actor.me,
        partner=asker,
        agreement=held.uid,
        clause=asked.clause,
        id=id_,
        enquiry=enquiry,
        message=written,
    )
    key = enquiry_key(asker, enquiry)
    keys = [*_keys(asker, held.uid, id_), key]
    made = draft(act, actor.now, actor.author, keys, message=bytes(written), attachments=digests)
    conditions = (KeyLastAt(key, position), KeyLastAt(STANDING, standing.position - 1))
    position_of(actor.journal.append([Append((made,), conditions)])[0])
    return act


def _open_enquiry(actor: Actor, asker: str, enquiry: str) -> tuple[int, EnquiryMade]:
    """Return an enquiry about which nothing has happened since it was received, with its position."""
    entries = actor.journal.about(enquiry_key(asker, enquiry))
    acts = [decode(one.kind, one.version, one.body) for one in entries if one.body is not None]
    if len(acts) != 1 or not isinstance(acts[0], EnquiryMade) or acts[0].by != asker:
        done = any(isinstance(act, EnquiryAnswered | EnquiryRefused) for act in acts)
        text = f"There is no enquiry {enquiry} of {asker} that waits{': it was answered' if done else ''}."
        raise UnknownEnquiryError(text, enquiry=enquiry)
    return entries[0].position, acts[0]


def _append(actor: Actor, standing: Standing, act: Act, partner: str, id_: str) -> None:
    uid = getattr(act, "agreement", "")
    made = draft(act, actor.now, actor.author, _keys(partner, uid, id_), message=outgoing(act))
    append_standing(actor.journal, standing, made, KeyIsNew(sent_key(partner, id_)))


def _keys(partner: str, uid: str, id_: str) -> list[Key]:
    return [sent_key(partner, id_), partner_key(partner), agreement_key(uid)]


def _trusted(standing: Standing, name: str) -> Partner:
    partner = standing.partners.get(name)
    if partner is None or not partner.trusted:
        raise UnknownPartnerError(f"{name} is not trusted here: trust it first.", partner=name)
    return partner


def _held(standing: Standing, uid: str) -> Held:
    if uid not in standing.agreements:
        known = ", ".join(sorted(standing.agreements)) or "none"
        raise UnknownAgreementError(f"There is no agreement {uid!r}; there are: {known}.", agreement=uid)
    return standing.agreements[uid]


def _not_so(held: Held, why: str) -> NotInThatStateError:
    return NotInThatStateError(f"{held.uid} is {held.state}: {why}.", agreement=held.uid, state=held.state)
