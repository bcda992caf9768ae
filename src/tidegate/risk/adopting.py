"""Adopting and withdrawing: what analysts do to models, profiles and policies, checked and then appended.

Each act is appended on the condition that nothing about targeting was appended meanwhile: whoever comes
second looks again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import (
    Act,
    ModelAdopted,
    ModelWithdrawn,
    PolicyAdopted,
    ProfileAdopted,
    ProfileWithdrawn,
    decode,
)
from tidegate.journal import Append, Conflict, Draft, Key, KeyIsNew, KeyLastAt
from tidegate.risk.artefact import digest_of, read_artefact
from tidegate.risk.profiles import check_profile
from tidegate.risk.standing import TARGETING_KINDS, Standing, policy_of, profile_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from tidegate.journal import Journal

TARGETING = Key("targeting")  # carried by every act about targeting
_READ_AT_ONCE = 1_000
_LONGEST_WORDS = 2_000


class TargetingRefusedError(Exception):
    """Something that cannot be adopted or withdrawn; says what, and what would be right."""

    code = "risk.targeting_refused"


class Adoption:
    """The acts about targeting in a journal: what stands by them, and the next of them."""

    def __init__(self, journal: Journal, shipped: Standing, occurred: datetime, author: str) -> None:
        """Take what the administration ships, the legal time, and who acts."""
        self._journal = journal
        self._occurred = occurred
        self._author = author
        self._last = journal.last(TARGETING)
        self.standing = shipped
        for act, attachments in acts_about_targeting(journal):
            self.standing = self.standing.after(act, attachments)

    @property
    def seen(self) -> int:
        """The position of the last act about targeting that is known here; -1 where there is none."""
        return -1 if self._last is None else self._last

    def adopt_model(self, octets: bytes, extract: bytes, *, purpose: str, start: date, until: date) -> int:
        """Adopt a model by its artefact, with the history it was trained on; returns the position.

        Raises:
            BadModelError: the bytes are no artefact.
            TargetingRefusedError: it stands already, or its days are none.
        """
        digest, artefact = digest_of(octets), read_artefact(octets)
        if any(one.act.model == digest for one in self.standing.models):
            raise TargetingRefusedError(f"The model {digest} stands already; withdraw it first.")
        self._check_days(start, until)
        act = ModelAdopted(
            model=digest,
            owner=self._author,
            purpose=_words(purpose),
            start=start,
            until=until,
            seed=artefact.seed,
            learned_to=artefact.learned_to,
            results=artefact.results,
            irregular=artefact.irregular,
        )
        attached = tuple(self._journal.attach([octets, extract]))
        return self._append(act, Key(f"model:{digest}"), attached)

    def withdraw_model(self, digest: str, reason: str) -> int:
        """Withdraw a model by its digest, or the beginning of it; returns the position."""
        named = [one for one in self.standing.models if digest and one.act.model.startswith(digest)]
        if len(named) != 1:
            known = ", ".join(one.name for one in self.standing.models) or "none"
            raise TargetingRefusedError(f"{digest!r} is not one model that stands; those are: {known}.")
        act = ModelWithdrawn(model=named[0].act.model, owner=self._author, reason=_words(reason))
        return self._append(act, Key(f"model:{act.model}"))

    def adopt_profile(self, act: ProfileAdopted) -> int:
        """Adopt a profile; one of the same code gives way to it. Returns the position.

        Raises:
            BadProfileError: it cannot be applied.
            TargetingRefusedError: its code is empty, or its days are none.
        """
        if not act.code:
            raise TargetingRefusedError("A profile has a code, which reasons name it by.")
        self._check_days(act.start, act.until)
        _words(act.purpose)
        check_profile(profile_of(act))
        return self._append(act, Key(f"profile:{act.code}"))

    def withdraw_profile(self, code: str, reason: str) -> int:
        """Withdraw a profile by its code; returns the position."""
        if not any(one.code == code for one in self.standing.profiles):
            known = ", ".join(one.code for one in self.standing.profiles) or "none"
            raise TargetingRefusedError(f"No profile {code!r} stands; those are: {known}.")
        act = ProfileWithdrawn(code=code, owner=self._author, reason=_words(reason))
        return self._append(act, Key(f"profile:{code}"))

    def adopt_policy(self, act: PolicyAdopted) -> int:
        """Adopt a policy in the place of the one that stands; returns the position."""
        _words(act.purpose)
        try:
            policy_of(act)
        except ValueError as error:
            raise TargetingRefusedError(f"The policy cannot be adopted: {error}.") from None
        return self._append(act, Key("policy"))

    @staticmethod
    def _check_days(start: date, until: date) -> None:
        if until < start:
            raise TargetingRefusedError(f"It would end on {until}, before it begins on {start}.")

    def _append(self, act: Act, key: Key, attachments: tuple[str, ...] = ()) -> int:
        draft = Draft(
            kind=act.KIND,
            version=act.VERSION,
            occurred=self._occurred,
            author=Key(self._author, personal=True),
            keys=(TARGETING, key),
            body=act.encode(),
            attachments=attachments,
        )
        unchanged = KeyIsNew(TARGETING) if self._last is None else KeyLastAt(TARGETING, self._last)
        answer = self._journal.append([Append((draft,), (unchanged,))])[0]
        if isinstance(answer, Conflict):
            text = f"Somebody else changed what is targeted, at position {answer.position}. Look again."
            raise TargetingRefusedError(text)
        self._last = answer.positions[0]
        self.standing = self.standing.after(act, attachments)
        return self._last


def acts_about_targeting(journal: Journal) -> Iterator[tuple[Act, tuple[str, ...]]]:
    """Yield every act about targeting with its attachments, in the order of the journal."""
    start = 0
    while True:
        entries = journal.about(TARGETING, start, _READ_AT_ONCE)
        for entry in entries:
            if entry.kind in TARGETING_KINDS and entry.body is not None:
                yield decode(entry.kind, entry.version, entry.body), entry.attachments
        if len(entries) < _READ_AT_ONCE:
            return
        start = entries[-1].position + 1


def _words(text: str) -> str:
    """Return words of an analyst, which must be some and not too many."""
    if not text.strip():
        raise TargetingRefusedError("A purpose or reason must be given: others will ask for it.")
    if len(text) > _LONGEST_WORDS:
        raise TargetingRefusedError(f"Words have at most {_LONGEST_WORDS} characters, not {len(text)}.")
    return text
