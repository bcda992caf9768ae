"""What each type of message from a partner becomes: an act, where the agreement allows it, or a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar

import msgspec

from tidegate.acts import (
    Act,
    AgreementAmended,
    AgreementEnded,
    AgreementProposed,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    DisclosureReceived,
    EnquiryAnswered,
    EnquiryMade,
)
from tidegate.exchange.drafting import enquiry_key
from tidegate.exchange.messages import (
    Answered,
    Disclosed,
    Message,
    Proposed,
    Question,
    Reasoned,
    Signature,
)
from tidegate.exchange.reading import document_digest, duration, read_agreement
from tidegate.exchange.refusals import BadAgreementError, MessageRefusedError
from tidegate.exchange.scope import check_rows
from tidegate.exchange.signing import document_signed
from tidegate.exchange.terms import SERVICES

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.exchange.model import Agreement, Permission
    from tidegate.exchange.standing import Held, Partner, Standing
    from tidegate.journal import Journal, Key

T = TypeVar("T")
CONTROL = frozenset({"proposal", "signature", "suspension", "resumption", "end"})


class Taking:
    """Turns the messages of one partner into acts, as the agreements stand at a moment."""

    def __init__(
        self, journal: Journal, standing: Standing, me: str, partner: Partner, now: datetime
    ) -> None:
        self._journal = journal
        self._standing = standing
        self._me = me
        self._partner = partner
        self._now = now

    def act(self, message: Message, raw: msgspec.Raw) -> tuple[Act, tuple[Key, ...]]:
        """Return the act that a message becomes, and keys that it has besides the usual ones.

        Raises:
            MessageRefusedError: it is not taken, with the clause or the reason.
        """
        if message.type == "proposal":
            return self._proposed(message), ()
        held = self._held(message)
        if message.type == "signature":
            return self._signed(message, held), ()
        if message.type in CONTROL:
            return self._changed(message, held), ()
        agreement, clause = self._clause(message, held)
        if message.type == "answer":
            return self._answer(message, raw, agreement, clause)
        if message.type == "enquiry":
            return self._enquiry(message, raw, clause)
        return self._disclosure(message, raw, agreement, clause), ()

    def _disclosure(
        self, message: Message, raw: msgspec.Raw, agreement: Agreement, clause: Permission
    ) -> DisclosureReceived:
        if clause.action != "disclose" or clause.assigner != self._partner.name:
            _refuse("out_of_scope", f"{clause.uid} does not let {self._partner.name} disclose.", clause.uid)
        content = _content(message, Disclosed)
        if content.kind != clause.target:
            _refuse("out_of_scope", f"{clause.uid} shares {clause.target}, not {content.kind}.", clause.uid)
        check_rows(content.rows, agreement, clause)
        within = next((duty.within for duty in clause.duty if duty.action == "delete"), None)
        return DisclosureReceived(
            partner=self._partner.name,
            agreement=message.agreement,
            clause=message.clause,
            id=message.id,
            message=raw,
            until=None if within is None else self._now + duration(within),
        )

    def _enquiry(
        self, message: Message, raw: msgspec.Raw, clause: Permission
    ) -> tuple[EnquiryMade, tuple[Key, ...]]:
        if clause.action not in SERVICES or clause.assigner != self._me:
            _refuse("out_of_scope", f"{clause.uid} is no service of {self._me}.", clause.uid)
        question = _content(message, Question)
        asked = {name for name in ("mrn", "ucr", "operator", "text") if getattr(question, name)}
        wanted = {"verify": {"mrn"}, "mirror": {"ucr"}, "status": {"operator"}, "assist": {"text"}}
        if not asked >= wanted[clause.action] or (clause.action != "assist" and len(asked) > 1):
            named = ", ".join(wanted[clause.action])
            _refuse("out_of_scope", f"{clause.uid}: {clause.action} is asked by {named}.", clause.uid)
        within = next((duty.within for duty in clause.duty if duty.action == "answer"), None)
        act = EnquiryMade(
            by=self._partner.name,
            partner=self._me,
            agreement=message.agreement,
            clause=message.clause,
            id=message.id,
            service=clause.action,
            due=None if within is None else self._now + duration(within),
            message=raw,
        )
        return act, (enquiry_key(self._partner.name, message.id),)

    def _answer(
        self, message: Message, raw: msgspec.Raw, agreement: Agreement, clause: Permission
    ) -> tuple[EnquiryAnswered, tuple[Key, ...]]:
        content = _content(message, Answered)
        key = enquiry_key(self._me, content.enquiry)
        if self._journal.last(key) is None:
            _refuse("unknown_enquiry", f"There is no enquiry {content.enquiry} of {self._me}.")
        if clause.action not in SERVICES or clause.assigner != self._partner.name:
            _refuse("out_of_scope", f"{clause.uid} is no service of {self._partner.name}.", clause.uid)
        check_rows(content.rows, agreement, clause)
        act = EnquiryAnswered(
            by=self._partner.name,
            partner=self._me,
            agreement=message.agreement,
            clause=message.clause,
            id=message.id,
            enquiry=content.enquiry,
            message=raw,
        )
        return act, (key,)

    def _proposed(self, message: Message) -> AgreementProposed:
        content = _content(message, Proposed)
        document = content.document.encode()
        try:
            agreement = read_agreement(document)
        except BadAgreementError as error:
            _refuse("bad_agreement", str(error))
        parties = {party.uid for party in agreement.party}
        if parties != {self._me, self._partner.name} or agreement.uid != message.agreement:
            _refuse("bad_agreement", f"The agreement is not between {self._partner.name} and {self._me}.")
        check_next_version(self._standing.agreements.get(agreement.uid), agreement, self._partner.name)
        if not document_signed(document, content.signature, self._partner.keys):
            _refuse("bad_signature", f"{self._partner.name} has not signed this agreement.")
        return AgreementProposed(
            agreement=agreement.uid,
            version=agreement.version,
            by=self._partner.name,
            partner=self._partner.name,
            document=content.document,
            signature=content.signature,
            id=message.id,
        )

    def _signed(self, message: Message, held: Held) -> AgreementSigned | AgreementAmended:
        content = _content(message, Signature)
        version = held.versions.get(message.version)
        if version is None or version.by != self._me or message.version <= held.signed:
            _refuse("not_in_that_state", f"Version {message.version} does not wait for a signature.")
        if content.digest != document_digest(version.document):
            _refuse("bad_signature", "What was signed is not the document that was proposed.")
        if not document_signed(version.document, content.signature, self._partner.keys):
            _refuse("bad_signature", f"{self._partner.name} has not signed this agreement.")
        kind = AgreementAmended if held.signed else AgreementSigned
        return kind(
            agreement=held.uid,
            version=message.version,
            by=self._partner.name,
            partner=self._partner.name,
            digest=content.digest,
            signature=content.signature,
            id=message.id,
        )

    def _changed(
        self, message: Message, held: Held
    ) -> AgreementSuspended | AgreementResumed | AgreementEnded:
        content = _content(message, Reasoned)
        if held.ended or not held.signed:
            _refuse("not_in_that_state", f"{held.uid} is {held.state}.")
        if message.type == "resumption" and self._partner.name not in held.suspended_by:
            _refuse("not_in_that_state", f"{held.uid} is not suspended by {self._partner.name}.")
        kinds: dict[str, type[AgreementSuspended | AgreementResumed | AgreementEnded]] = {
            "suspension": AgreementSuspended,
            "resumption": AgreementResumed,
            "end": AgreementEnded,
        }
        return kinds[message.type](
            agreement=held.uid,
            by=self._partner.name,
            partner=self._partner.name,
            reason=content.reason,
            id=message.id,
        )

    def _held(self, message: Message) -> Held:
        held = self._standing.agreements.get(message.agreement)
        if held is None or held.partner != self._partner.name:
            # It may be on its way: what was proposed is sent before what is shared under it.
            text = f"There is no agreement {message.agreement!r} with {self._partner.name} here."
            raise MessageRefusedError("unknown_agreement", text)
        return held

    def _clause(self, message: Message, held: Held) -> tuple[Agreement, Permission]:
        """Return the agreement in force and the clause that a message names."""
        if held.state != "signed":
            words = {"proposed": "not_signed", "suspended": "suspended", "ended": "ended"}
            _refuse(words[held.state], f"{held.uid} is {held.state}.", message.clause)
        agreement = held.in_force(self._now)
        if agreement is None:
            version = held.current
            assert version is not None
            dates = f"{version.agreement.valid_from} to {version.agreement.valid_until}"
            _refuse("expired", f"{held.uid} holds from {dates}.", message.clause)
        if message.version > held.signed:
            text = f"Version {message.version} of {held.uid} is not signed here yet."
            raise MessageRefusedError("not_signed", text, clause=message.clause, again=True)
        clause = held.clause(message.clause, message.version)
        if clause is None:
            known = ", ".join(one.uid for one in agreement.permission)
            text = f"{held.uid} has no clause {message.clause!r} as in version {message.version}: {known}."
            _refuse("out_of_scope", text, message.clause)
        if message.purpose not in clause.purpose:
            text = f"{clause.uid} is for {', '.join(clause.purpose)}, not for {message.purpose!r}."
            _refuse("wrong_purpose", text, clause.uid)
        return agreement, clause


def check_next_version(held: Held | None, agreement: Agreement, by: str) -> None:
    """Raise ``not_in_that_state`` unless an agreement is the next version that may be proposed."""
    if held is None:
        if agreement.version != 1:
            _refuse("not_in_that_state", f"{agreement.uid} begins with version 1.")
        return
    if held.ended:
        _refuse("not_in_that_state", f"{agreement.uid} has ended: propose another one.")
    last = max(held.versions)
    if agreement.version != last + 1:
        _refuse("not_in_that_state", f"The next version of {agreement.uid} is {last + 1}.")
    if {held.partner, by} - {party.uid for party in agreement.party}:
        _refuse("not_in_that_state", f"{agreement.uid} has other parties.")


def _content(message: Message, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(message.content, type=type_)
    except msgspec.DecodeError as error:
        raise MessageRefusedError(
            "unreadable", f"The content of a {message.type} cannot be read: {error}.", clause=message.clause
        ) from None


def _refuse(reason: str, text: str, clause: str = "") -> NoReturn:
    raise MessageRefusedError(reason, text, clause=clause)
