"""Rules about goods items that are data: which tariff applies, what is relieved, what is added, what proves.

Each holds between its days and names its source. They are asked about a *situation*: what items of one kind
have in common (procedure, statements, documents, ...), so each is asked once and not for every row.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, TypedDict, get_args

import msgspec

from tidegate.tariff.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Effect = Literal["relieved", "nil", "suspended"]
ChargeKind = Literal["freight", "insurance", "other"]

_EFFECTS: dict[str, Effect] = {effect: effect for effect in get_args(Effect)}
_CHARGE_KINDS: dict[str, ChargeKind] = {kind: kind for kind in get_args(ChargeKind)}

SCOPE_FIELDS = ("tariff", "instead", "all_of", "none_of", "from", "until", "source")
RELIEF_FIELDS = ("procedure", "additional", "all_of", "taxes", "effect", "up_to", "from", "until", "source")
CHARGE_FIELDS = ("code", "sign", "into", "kind", "name", "from", "until", "source")
PROOF_FIELDS = ("preference", "origin", "documents", "name", "from", "until", "source")
GROUP_FIELDS = ("group", "country", "from", "until")


class _Days(TypedDict):
    start: date
    until: date | None
    source: str


class Situation(msgspec.Struct, frozen=True):
    """What the rules look at: ``marks`` are statements, documents, fiscal roles and authorisations held."""

    day: date
    procedure: str = ""
    additional: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()


class _Dated(msgspec.Struct, frozen=True, kw_only=True):
    start: date
    until: date | None
    source: str

    def in_force(self, day: date) -> bool:
        return self.start <= day and (self.until is None or day <= self.until)


class Scope(_Dated, frozen=True, kw_only=True):
    """Which tariff applies: the first scope that fits. An empty ``tariff`` means that nothing is due.

    Where ``instead`` is named, that tariff applies unless the duties of the first are higher.
    """

    tariff: str
    instead: str
    all_of: frozenset[str]
    none_of: frozenset[str]

    def fits(self, situation: Situation) -> bool:
        """Tell whether it applies in a situation."""
        return (
            self.in_force(situation.day)
            and self.all_of <= situation.marks
            and not self.none_of & situation.marks
        )


class Relief(_Dated, frozen=True, kw_only=True):
    """What a procedure, an additional procedure or a statement does to taxes.

    ``relieved``: the amount is deducted and nothing is charged; ``nil``: nothing is charged and nothing
    deducted; ``suspended``: the amount is assessed and not payable. ``up_to`` is the largest value of the
    consignment in minor units that it holds for, or None.
    """

    procedure: str
    additional: str
    all_of: frozenset[str]
    taxes: frozenset[str]
    effect: Effect
    up_to: int | None

    def fits(self, situation: Situation) -> bool:
        """Tell whether it applies in a situation, the value of the consignment left aside."""
        return (
            self.in_force(situation.day)
            and situation.procedure.startswith(self.procedure)
            and (not self.additional or self.additional in situation.additional)
            and self.all_of <= situation.marks
        )


class ChargeRule(_Dated, frozen=True, kw_only=True):
    """What a code of an addition or deduction means: ``sign`` 1 or -1, ``into`` the value or a base."""

    code: str
    sign: int
    into: str
    kind: ChargeKind
    name: str


class Proof(_Dated, frozen=True, kw_only=True):
    """The documents of which one proves the origin that a preference asks for."""

    preference: str
    origin: str
    documents: tuple[str, ...]
    name: str


def scope_rules(rows: Iterable[Mapping[str, str]], name: str = "scopes") -> tuple[Scope, ...]:
    """Return scopes from rows of text with SCOPE_FIELDS, in their order."""
    return tuple(
        Scope(
            tariff=row.text("tariff"),
            instead=row.text("instead"),
            all_of=frozenset(row.words("all_of")),
            none_of=frozenset(row.words("none_of")),
            **_dated(row),
        )
        for row in _rows(rows, name)
    )


def relief_rules(
    rows: Iterable[Mapping[str, str]], minor_digits: int, name: str = "reliefs"
) -> tuple[Relief, ...]:
    """Return reliefs from rows of text with RELIEF_FIELDS; ``taxes`` empty means all of them.

    Raises:
        BadTableError: a row has an effect that does not exist, or a limit that is no number.
    """
    read = []
    for row in _rows(rows, name):
        effect = _EFFECTS.get(row.text("effect"))
        if effect is None:
            raise row.bad(f"effect {row.text('effect')!r} is none of {', '.join(_EFFECTS)}")
        read.append(
            Relief(
                procedure=row.text("procedure"),
                additional=row.text("additional"),
                all_of=frozenset(row.words("all_of")),
                taxes=frozenset(row.words("taxes")),
                effect=effect,
                up_to=row.scaled("up_to", 10**minor_digits) if row.text("up_to") else None,
                **_dated(row),
            )
        )
    return tuple(read)


def charge_rules(rows: Iterable[Mapping[str, str]], name: str = "charges") -> tuple[ChargeRule, ...]:
    """Return the meanings of additions and deductions from rows of text with CHARGE_FIELDS.

    Raises:
        BadTableError: a sign is neither + nor -, or a kind does not exist.
    """
    read = []
    for row in _rows(rows, name):
        sign, kind = row.text("sign"), _CHARGE_KINDS.get(row.text("kind") or "other")
        if sign not in ("+", "-"):
            raise row.bad(f"sign {sign!r} is neither + nor -")
        if kind is None:
            raise row.bad(f"kind {row.text('kind')!r} is none of {', '.join(_CHARGE_KINDS)}")
        read.append(
            ChargeRule(
                code=row.text("code"),
                sign=1 if sign == "+" else -1,
                into=row.text("into") or "value",
                kind=kind,
                name=row.text("name"),
                **_dated(row),
            )
        )
    return tuple(read)


def proof_rules(rows: Iterable[Mapping[str, str]], name: str = "proofs") -> tuple[Proof, ...]:
    """Return proofs of origin from rows of text with PROOF_FIELDS."""
    return tuple(
        Proof(
            preference=row.text("preference"),
            origin=row.text("origin"),
            documents=tuple(row.words("documents")),
            name=row.text("name"),
            **_dated(row),
        )
        for row in _rows(rows, name)
    )


def group_rows(rows: Iterable[Mapping[str, str]], name: str = "origin_groups") -> list[dict[str, object]]:
    """Return the membership of origin groups from rows of text with GROUP_FIELDS."""
    return [
        {"group": row.text("group"), "country": row.text("country"), **row.dates("group")}
        for row in _rows(rows, name)
    ]


def _rows(rows: Iterable[Mapping[str, str]], name: str) -> Iterable[Row]:
    return (Row(name, number, texts) for number, texts in enumerate(rows, start=1))


def _dated(row: Row) -> _Days:
    dates = row.dates("rule")
    start = dates["rule_from"]
    assert start is not None, "a rule without a beginning holds from the first of days"
    return {"start": start, "until": dates["rule_until"], "source": row.text("source")}
