"""How a node stands with others: partners and agreements, folded from the acts about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.acts import (
    Act,
    AgreementAmended,
    AgreementEnded,
    AgreementProposed,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    PartnerIntroduced,
    PartnerKind,
    PartnerRekeyed,
    PartnerRevoked,
    PartnerTrusted,
    decode,
)
from tidegate.exchange.model import Agreement
from tidegate.exchange.reading import document_digest, read_agreement
from tidegate.journal import Entry, Journal, Key
from tidegate.journal.notes import VerifierKey, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tidegate.exchange.model import Permission

AGREEMENT_KINDS = frozenset(
    one.KIND
    for one in (
        AgreementProposed,
        AgreementSigned,
        AgreementAmended,
        AgreementSuspended,
        AgreementResumed,
        AgreementEnded,
    )
)
PARTNER_KINDS = frozenset(
    one.KIND for one in (PartnerIntroduced, PartnerTrusted, PartnerRekeyed, PartnerRevoked)
)
STANDING_KINDS = AGREEMENT_KINDS | PARTNER_KINDS
STANDING = Key("exchange-standing")  # every act about partners and agreements carries it
State = Literal["proposed", "signed", "suspended", "ended"]


class Partner(msgspec.Struct, frozen=True):
    """A partner: the keys it may sign with, the last one first in force; none while it is not trusted."""

    name: str
    kind: PartnerKind
    endpoint: str
    introduced: VerifierKey
    keys: tuple[VerifierKey, ...] = ()
    revoked: bool = False

    @property
    def trusted(self) -> bool:
        """Whether what it signs is taken."""
        return bool(self.keys) and not self.revoked


class Version(msgspec.Struct, frozen=True):
    """A version of an agreement: the bytes that are signed, who proposed it, the signatures by party."""

    agreement: Agreement
    document: bytes
    by: str
    signatures: dict[str, str]

    @property
    def digest(self) -> str:
        """The digest of the bytes."""
        return document_digest(self.document)


class Held(msgspec.Struct, frozen=True):
    """An agreement as it stands: versions, the one signed last, who has suspended it, if it ended."""

    uid: str
    partner: str
    versions: dict[int, Version]
    signed: int = 0
    suspended_by: frozenset[str] = frozenset()
    ended: bool = False

    @property
    def state(self) -> State:
        """The state, in a word."""
        if self.ended:
            return "ended"
        if not self.signed:
            return "proposed"
        return "suspended" if self.suspended_by else "signed"

    @property
    def current(self) -> Version | None:
        """The version signed by both parties last."""
        return self.versions.get(self.signed)

    def in_force(self, moment: datetime) -> Agreement | None:
        """Return the agreement where it holds at a moment, signed, not suspended and not ended."""
        version = self.current
        if version is None or self.state != "signed" or not version.agreement.holds_at(moment):
            return None
        return version.agreement

    def clause(self, uid: str, version: int) -> Permission | None:
        """Return a clause of a version, where the version signed last has it unchanged."""
        then = self.versions.get(version)
        if self.current is None or then is None or version > self.signed:
            return None
        clause = self.current.agreement.clause(uid)
        same = clause == then.agreement.clause(uid)
        return clause if same and then.agreement.prohibition == self.current.agreement.prohibition else None


class Standing:
    """Partners by name and agreements by uid, as of the entries folded so far."""

    def __init__(self) -> None:
        self.partners: dict[str, Partner] = {}
        self.agreements: dict[str, Held] = {}
        self.position = 0

    def follow(self, journal: Journal) -> None:
        """Fold what is new in a journal."""
        while True:
            entries = journal.about(STANDING, self.position)
            if not entries:
                return
            self.fold(entries)

    def fold(self, entries: Iterable[Entry]) -> None:
        """Fold entries; those of other kinds are passed over."""
        for entry in entries:
            self.position = entry.position + 1
            if entry.kind in STANDING_KINDS and entry.body is not None:
                self.note(decode(entry.kind, entry.version, entry.body))

    def note(self, act: Act) -> None:
        """Fold one act; its signatures were verified before it was appended."""
        if isinstance(act, PartnerIntroduced | PartnerTrusted | PartnerRekeyed | PartnerRevoked):
            self._partner(act)
        elif isinstance(act, AgreementProposed):
            self._proposed(act)
        elif isinstance(act, AgreementSigned | AgreementAmended):
            held = self.agreements[act.agreement]
            version = held.versions[act.version]
            signed = msgspec.structs.replace(
                version, signatures={**version.signatures, act.by: act.signature}
            )
            versions = {**held.versions, act.version: signed}
            self._put(held, versions=versions, signed=act.version)
        elif isinstance(act, AgreementSuspended):
            held = self.agreements[act.agreement]
            self._put(held, suspended_by=held.suspended_by | {act.by})
        elif isinstance(act, AgreementResumed):
            held = self.agreements[act.agreement]
            self._put(held, suspended_by=held.suspended_by - {act.by})
        elif isinstance(act, AgreementEnded):
            self._put(self.agreements[act.agreement], ended=True)

    def in_force(self, moment: datetime) -> list[tuple[Held, Agreement]]:
        """Return the agreements that hold at a moment with partners that are trusted, by uid."""
        found = []
        for _, held in sorted(self.agreements.items()):
            agreement = held.in_force(moment)
            partner = self.partners.get(held.partner)
            if agreement is not None and partner is not None and partner.trusted:
                found.append((held, agreement))
        return found

    def suspended(self) -> list[str]:
        """Return the agreements that are suspended."""
        return [uid for uid, held in sorted(self.agreements.items()) if held.state == "suspended"]

    def key(self, keyid: str) -> tuple[Partner, VerifierKey] | None:
        """Return the trusted partner, and its key, that a key id of a signature means."""
        for partner in self.partners.values():
            for key in partner.keys if partner.trusted else ():
                if keyid_of(key) == keyid:
                    return partner, key
        return None

    def _put(self, held: Held, **changes: object) -> None:
        self.agreements[held.uid] = msgspec.structs.replace(held, **changes)

    def _proposed(self, act: AgreementProposed) -> None:
        document = act.document.encode()
        version = Version(read_agreement(document), document, act.by, {act.by: act.signature})
        held = self.agreements.get(act.agreement) or Held(act.agreement, act.partner, {})
        self._put(held, versions={**held.versions, act.version: version})

    def _partner(self, act: PartnerIntroduced | PartnerTrusted | PartnerRekeyed | PartnerRevoked) -> None:
        known = self.partners.get(act.partner)
        if isinstance(act, PartnerIntroduced):
            key = parse_vkey(act.key)
            keys = known.keys if known is not None and not known.revoked else ()
            self.partners[act.partner] = Partner(act.partner, act.kind, act.endpoint, key, keys)
            return
        assert known is not None
        if isinstance(act, PartnerRevoked):
            changed = msgspec.structs.replace(known, revoked=True, keys=())
        else:
            # One that is rekeyed signs by its new key alone: the old one may be in other hands by now.
            key = parse_vkey(act.key)
            changed = msgspec.structs.replace(known, introduced=key, keys=(key,), revoked=False)
        self.partners[act.partner] = changed


def keyid_of(key: VerifierKey) -> str:
    """Return how signatures name a key: the name of who signs and the id of the key."""
    return f"{key.name}+{key.id.hex()}"


def standing_of(journal: Journal) -> Standing:
    """Return how a node stands now."""
    standing = Standing()
    standing.follow(journal)
    return standing
