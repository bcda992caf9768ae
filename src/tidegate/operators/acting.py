"""What is done about operators: check, then append under a condition.

Each function reads what there is from the acts themselves, not from a table that may lag, and appends on the
condition that nothing was added meanwhile: nobody is registered twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from tidegate.acts import (
    Act,
    AuthorisationGranted,
    AuthorisationWithdrawn,
    DeviceRegistered,
    DeviceRetired,
    OperatorRegistered,
    OperatorReinstated,
    OperatorSuspended,
    Representation,
    Role,
    decode,
)
from tidegate.journal import Append, Conflict, Draft, Journal, Key, KeyIsNew, KeyLastAt
from tidegate.operators.model import (
    Authorisation,
    Device,
    Operator,
    fold_device,
    fold_operator,
    granted,
    withdrawn,
)
from tidegate.operators.refusals import (
    AlreadySoError,
    BadOperatorError,
    OperatorOvertakenError,
    UnknownOperatorError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

LONGEST_NUMBER = 17  # an..17, the identifier of a party (WCO data element R037)
_LONGEST_NAME = 70  # an..70, the name of a party
_LONGEST_WORDS = 500
_LONGEST_PROCEDURE = 7  # requested, previous and additional code in one
_MOST_PROCEDURES = 100


def register_operator(
    journal: Journal, occurred: datetime, author: Key, *, number: str, roles: Sequence[Role], name: str = ""
) -> int:
    """Register an operator under its number, once; returns the position.

    Raises:
        BadOperatorError: the number, a role or the name has not the form it needs.
        AlreadySoError: an operator has this number.
    """
    _check_number(number)
    unknown = [role for role in roles if role not in get_args(Role)]
    if unknown or not roles:
        raise BadOperatorError(f"{number}: name one or more of the roles {', '.join(get_args(Role))}.")
    _check_words(name, _LONGEST_NAME)
    known, last = operator_now(journal, number)
    if known is not None:
        raise AlreadySoError(f"{number} is registered already.", operator=number)
    act = OperatorRegistered(operator=number, roles=tuple(dict.fromkeys(roles)), name=name)
    keys = (registration_key(number), operator_key(number))
    return _append(journal, act, (occurred, author), keys, last)


def suspend_operator(journal: Journal, occurred: datetime, author: Key, *, number: str, reason: str) -> int:
    """Suspend an operator, and say why; returns the position."""
    operator, last = _known(journal, number)
    _check_words(reason, _LONGEST_WORDS, least=1)
    if operator.suspended is not None:
        raise AlreadySoError(f"{number} is suspended already.", operator=number)
    act = OperatorSuspended(operator=number, reason=reason)
    keys = (registration_key(number), operator_key(number))
    return _append(journal, act, (occurred, author), keys, last)


def reinstate_operator(
    journal: Journal, occurred: datetime, author: Key, *, number: str, reason: str = ""
) -> int:
    """Reinstate an operator that is suspended; returns the position."""
    operator, last = _known(journal, number)
    _check_words(reason, _LONGEST_WORDS)
    if operator.suspended is None:
        raise AlreadySoError(f"{number} is not suspended.", operator=number)
    act = OperatorReinstated(operator=number, reason=reason)
    keys = (registration_key(number), operator_key(number))
    return _append(journal, act, (occurred, author), keys, last)


def register_device(
    journal: Journal, occurred: datetime, author: Key, *, device: str, owner: str, kind: str = ""
) -> int:
    """Register a device under an operator who answers for it; returns the position."""
    _check_number(device, LONGEST_NUMBER * 2)
    _check_words(kind, _LONGEST_NAME)
    _known(journal, owner)
    now, last = _device_now(journal, device)
    if now is not None and now.retired is None:
        raise AlreadySoError(f"{device} is registered already.", device=device)
    act = DeviceRegistered(device=device, owner=owner, type=kind)
    keys = (device_key(device), operator_key(owner))
    return _append(journal, act, (occurred, author), keys, last)


def retire_device(journal: Journal, occurred: datetime, author: Key, *, device: str, reason: str = "") -> int:
    """Retire a device; returns the position."""
    _check_words(reason, _LONGEST_WORDS)
    now, last = _device_now(journal, device)
    if now is None or now.retired is not None:
        raise UnknownOperatorError(f"No device {device!r} is in use here.", device=device)
    act = DeviceRetired(device=device, owner=now.owner, reason=reason)
    keys = (device_key(device), operator_key(now.owner))
    return _append(journal, act, (occurred, author), keys, last)


def grant_authorisation(
    journal: Journal,
    occurred: datetime,
    author: Key,
    *,
    principal: str,
    representative: str,
    representation: Representation,
    procedures: Sequence[str] = (),
    start: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Let a representative act for a principal; returns the position, which is the authorisation's number.

    The representative must be registered here; a principal need not be, for who is represented may never come
    to the door. Without ``start`` it holds from ``occurred`` on.
    """
    _check_number(principal)
    _known(journal, representative)
    begun = start or occurred
    if principal == representative:
        raise BadOperatorError(f"{principal} needs no authorisation to act for itself.", operator=principal)
    if representation not in get_args(Representation):
        raise BadOperatorError(f"Representation is direct or indirect, not {representation!r}.")
    _check_procedures(procedures)
    if begun.tzinfo is None or (until is not None and (until.tzinfo is None or until <= begun)):
        raise BadOperatorError("An authorisation ends after it begins; both moments have a time zone.")
    act = AuthorisationGranted(
        principal=principal,
        representative=representative,
        representation=representation,
        procedures=tuple(dict.fromkeys(procedures)),
        start=begun,
        until=until,
    )
    leaves, last = _leaves(journal, principal, representative)
    same = [
        one.number for one in leaves.values() if one.withdrawn is None and one == granted(act, one.number)
    ]
    if same:
        text = f"{principal} has granted {representative} the very same, as authorisation {same[0]}."
        raise AlreadySoError(text, authorisation=same[0])
    return _append(journal, act, (occurred, author), _pair_keys(principal, representative), last)


def withdraw_authorisation(
    journal: Journal, occurred: datetime, author: Key, *, number: int, reason: str = ""
) -> int:
    """Withdraw an authorisation by its number; returns the position."""
    _check_words(reason, _LONGEST_WORDS)
    given = authorisation_at(journal, number)
    if given is None:
        raise UnknownOperatorError(f"No authorisation has the number {number} here.", authorisation=number)
    principal, representative = given.principal, given.representative
    leaves, last = _leaves(journal, principal, representative)
    if leaves[number].withdrawn is not None:
        raise AlreadySoError(f"Authorisation {number} is withdrawn already.", authorisation=number)
    act = AuthorisationWithdrawn(
        authorisation=number, principal=principal, representative=representative, reason=reason
    )
    return _append(journal, act, (occurred, author), _pair_keys(principal, representative), last)


def operator_now(journal: Journal, number: str) -> tuple[Operator | None, int | None]:
    """Return an operator as its acts say now, and the position of the last of them; None for none."""
    operator, last = None, None
    for act, position, occurred in _acts(journal, registration_key(number)):
        operator, last = fold_operator(operator, act, occurred), position
    return operator, last


def authorisation_at(journal: Journal, number: int) -> AuthorisationGranted | None:
    """Return what was granted at a position, or None where that is something else."""
    if not 0 <= number < journal.size:
        return None
    (entry,) = journal.read(number, 1)
    if entry.body is None or entry.kind != AuthorisationGranted.KIND:
        return None
    act = decode(entry.kind, entry.version, entry.body)
    assert isinstance(act, AuthorisationGranted)
    return act


def leaves_now(journal: Journal, principal: str, representative: str) -> list[Authorisation]:
    """Return every authorisation that a principal ever granted a representative, as their acts say now."""
    return list(_leaves(journal, principal, representative)[0].values())


def held_now(journal: Journal, representative: str) -> list[Authorisation]:
    """Return every authorisation that a representative was ever granted, as their acts say now."""
    return list(_folded(journal, representative_key(representative))[0].values())


def operator_key(number: str) -> Key:
    """Return the key of an operator, the same under which it lodges; it stands for a person or a firm."""
    return Key(f"operator:{number}", personal=True)


def registration_key(number: str) -> Key:
    """Return the key of an operator's registration, which is new but once."""
    return Key(f"registration:{number}", personal=True)


def device_key(device: str) -> Key:
    """Return the key of a device; it leads to who has it."""
    return Key(f"device:{device}", personal=True)


def pair_key(principal: str, representative: str) -> Key:
    """Return the key of all authorisations between two; the length keeps the numbers apart."""
    return Key(f"authorisation:{len(principal)}:{principal}:{representative}", personal=True)


def representative_key(representative: str) -> Key:
    """Return the key of all that a representative was ever granted."""
    return Key(f"representative:{representative}", personal=True)


def _pair_keys(principal: str, representative: str) -> tuple[Key, ...]:
    pair = pair_key(principal, representative)
    parties = (operator_key(principal), operator_key(representative))
    return (pair, *parties, representative_key(representative))


def _known(journal: Journal, number: str) -> tuple[Operator, int]:
    operator, last = operator_now(journal, number)
    if operator is None or last is None:
        raise UnknownOperatorError(f"No operator is registered as {number!r} here.", operator=number)
    return operator, last


def _device_now(journal: Journal, name: str) -> tuple[Device | None, int | None]:
    device, last = None, None
    for act, position, occurred in _acts(journal, device_key(name)):
        device, last = fold_device(device, act, occurred), position
    return device, last


def _leaves(
    journal: Journal, principal: str, representative: str
) -> tuple[dict[int, Authorisation], int | None]:
    """Return the authorisations between two by their numbers, and the position of the last act about them."""
    return _folded(journal, pair_key(principal, representative))


def _folded(journal: Journal, key: Key) -> tuple[dict[int, Authorisation], int | None]:
    leaves: dict[int, Authorisation] = {}
    last = None
    for act, position, occurred in _acts(journal, key):
        last = position
        if isinstance(act, AuthorisationGranted):
            leaves[position] = granted(act, position)
        elif isinstance(act, AuthorisationWithdrawn) and act.authorisation in leaves:
            leaves[act.authorisation] = withdrawn(leaves[act.authorisation], occurred)
    return leaves, last


def _acts(journal: Journal, key: Key) -> Iterator[tuple[Act, int, datetime]]:
    start = 0
    while entries := journal.about(key, start):
        for entry in entries:
            if entry.body is not None:
                yield decode(entry.kind, entry.version, entry.body), entry.position, entry.occurred
        start = entries[-1].position + 1


def _append(
    journal: Journal, act: Act, who: tuple[datetime, Key], keys: tuple[Key, ...], last: int | None
) -> int:
    """Append an act about the first of the keys, on the condition that its last entry is the one known."""
    occurred, author = who
    condition = KeyIsNew(keys[0]) if last is None else KeyLastAt(keys[0], last)
    draft = Draft(
        kind=act.KIND, version=act.VERSION, occurred=occurred, author=author, keys=keys, body=act.encode()
    )
    answer = journal.append([Append((draft,), (condition,))])[0]
    if isinstance(answer, Conflict):
        text = f"Somebody else acted first, at position {answer.position}. Look again and decide anew."
        raise OperatorOvertakenError(text, position=answer.position)
    return answer.positions[0]


def _check_number(number: str, longest: int = LONGEST_NUMBER) -> None:
    fits = 0 < len(number) <= longest and number.isprintable() and not number.startswith("~")
    if not fits or any(sign.isspace() for sign in number):
        raise BadOperatorError(
            f"A number has 1 to {longest} printable characters and no space: {number[:40]!r}."
        )


def _check_words(words: str, longest: int, least: int = 0) -> None:
    if not least <= len(words) <= longest or not words.isprintable():
        raise BadOperatorError(f"Give {least} to {longest} printable characters, not {len(words)}.")


def _check_procedures(procedures: Sequence[str]) -> None:
    wrong = [
        one for one in procedures if not (one.isascii() and one.isalnum() and len(one) <= _LONGEST_PROCEDURE)
    ]
    if wrong or len(procedures) > _MOST_PROCEDURES:
        raise BadOperatorError(f"Procedures are beginnings of codes such as 40 or 4000, not {wrong[:3]}.")
