"""Which notifications tell of an act, in their order, and what is particular to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidegate.acts import (
    AccountRefused,
    Act,
    AmendmentRequested,
    ChannelAssigned,
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationExpired,
    DeclarationInvalidated,
    DeclarationRegistered,
    DeclarationRejected,
    DocumentsRequested,
    GoodsArrived,
    GoodsExited,
    GoodsReleased,
    InvalidationRequested,
    Payable,
    QueryRaised,
    RequestRefused,
)
from tidegate.declarations.findings import Finding
from tidegate.notices import codes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tidegate.notices.model import Case

    Parts = dict[str, object]  # the fields of NoticeIssued that one kind fills
    Told = list[tuple[str, Parts]]


_LAPSED = Finding(
    "TG-EXPIRED",
    "Declaration",
    "The goods did not arrive in the time given after the declaration, which has lapsed. Declare them anew.",
)


def notices_about(act: Act, case: Case, occurred: datetime) -> Told:
    """Return the kinds of notification that tell of an act, in their order, each with its own parts.

    ``case`` is the declaration as it stands with the act folded in.
    """
    words = _WORDS.get(type(act))
    return words(case, occurred, act) if words is not None else []


def _taxes(case: Case, status: str) -> Parts:
    return {
        "status": status,
        "taxes": case.taxes,
        "taxes_elsewhere": case.taxes_elsewhere,
        "assessed": case.assessed,
    }


def _statement(code: str) -> Parts:
    return {"statement": code, "statement_type": codes.STATEMENT}


def _stands(case: Case) -> Told:
    """Return that a declaration is cleared, and before it how it stands, where it was changed."""
    changed: Told = [("RES", {"changes": case.changes, "further": case.further})] if case.changed else []
    after = codes.CLEARED_AFTER_CONTROL if case.controlled else codes.CLEARED_WITHOUT
    return [*changed, ("CLE", _statement(after))]


def _received(_case: Case, _when: datetime, _act: Any) -> Told:
    return [("RCV", {})]


def _accepted(_case: Case, when: datetime, _act: Any) -> Told:
    return [("ACC", {"effective": when})]


def _rejected(_case: Case, when: datetime, act: Any) -> Told:
    return [("REJ", {"findings": act.findings, "further": act.further, "effective": when})]


def _expired(_case: Case, when: datetime, _act: Any) -> Told:
    """Return that a declaration lapsed: it is rejected, as if it had not been made."""
    return [("REJ", {"findings": (_LAPSED,), "effective": when})]


def _assessed(case: Case, _when: datetime, act: Any) -> Told:
    status = codes.FINAL if case.cleared else codes.INDICATIVE
    return [("TAX", _taxes(case, status))] if act.calculated else []


def _selected(_case: Case, _when: datetime, act: Any) -> Told:
    return [("CTL", {})] if act.channel == "red" else []


def _documents(_case: Case, _when: datetime, _act: Any) -> Told:
    return [("DOC", {"statement": codes.DOCUMENTS_WANTED, "statement_type": codes.DOCUMENTS_WANTED})]


def _arrived(_case: Case, _when: datetime, act: Any) -> Told:
    return [("RCV", {})] if act.acknowledged else []


def _queried(_case: Case, _when: datetime, act: Any) -> Told:
    return [(act.authority if act.authority in codes.FUNCTIONS else "QRY", {"words": act.text})]


def _called(_case: Case, _when: datetime, act: Any) -> Told:
    return [("CPI", {"payable": Payable(act.amount, act.currency, act.account)})]


def _released(case: Case, _when: datetime, act: Any) -> Told:
    """Return that goods are released while the debt is provisional; else clearance tells of it."""
    if not act.provisional:
        return []
    taxes: Told = [("TAX", _taxes(case, codes.PROVISIONAL))] if case.calculated else []
    return [*taxes, ("ROG", _statement(codes.CLEARED_WITHOUT))]


def _cleared(case: Case, _when: datetime, _act: Any) -> Told:
    taxes: Told = [("TAX", _taxes(case, codes.FINAL))] if case.calculated else []
    return [*taxes, *_stands(case)]


def _amended(case: Case, _when: datetime, _act: Any) -> Told:
    """Return that an amendment is granted; after clearance the declaration as it stands follows at once."""
    granted: Told = [("REQ", {"status": codes.GRANTED, "statement_type": codes.STATEMENT})]
    return granted + _stands(case) if case.cleared else granted


def _invalidated(_case: Case, when: datetime, _act: Any) -> Told:
    granted: Parts = {"status": codes.GRANTED, "statement_type": codes.STATEMENT}
    return [("REQ", granted), ("INV", _statement(codes.INVALIDATED) | {"effective": when})]


def _refused(_case: Case, _when: datetime, act: Any) -> Told:
    declined = {"status": codes.DECLINED, "statement_type": codes.STATEMENT}
    return [("REQ", declined | {"findings": act.findings, "further": act.further})]


def _exited(_case: Case, when: datetime, _act: Any) -> Told:
    return [("EOG", {"status": codes.EXITED, "statement_type": codes.OFFICE_STATEMENT, "effective": when})]


_WORDS: dict[type[Act], Callable[[Case, datetime, Any], Told]] = {
    AccountRefused: _called,
    AmendmentRequested: _received,
    ChannelAssigned: _selected,
    DeclarationAccepted: _accepted,
    DeclarationAmended: _amended,
    DeclarationAssessed: _assessed,
    DeclarationCleared: _cleared,
    DeclarationExpired: _expired,
    DeclarationInvalidated: _invalidated,
    DeclarationRegistered: _received,
    DeclarationRejected: _rejected,
    DocumentsRequested: _documents,
    GoodsArrived: _arrived,
    GoodsExited: _exited,
    GoodsReleased: _released,
    InvalidationRequested: _received,
    QueryRaised: _queried,
    RequestRefused: _refused,
}

TOLD = frozenset(act.KIND for act in _WORDS)
