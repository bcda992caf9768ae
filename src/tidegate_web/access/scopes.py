"""Scopes: what a credential may be for. docs/access.md has this table; a test compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SCOPES: dict[str, str] = {
    "declarations:write": "lodge, amend and invalidate declarations, tell of arrivals, hand in documents",
    "declarations:read": "see the declarations of the operator and of those it acts for",
    "notices:read": "hear what customs tells the operator",
    "tariff:read": "look up codes and rates, and work out duties",
    "bulk:write": "upload tables of low-value consignments",
    "bulk:read": "follow uploads and fetch their results",
    "webhooks:write": "say where notices are pushed to, and have dead ones sent again",
    "authorisations:write": "let others act for the operator, and end that",
    "operator:admin": "make, rotate and revoke the operator's own credentials",
}
ADMIN = "operator:admin"


def known(scopes: Iterable[str]) -> list[str]:
    """Return scopes in order, each once.

    Raises:
        UnknownScopeError: one is not in the table.
    """
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        raise UnknownScopeError(unknown)
    return wanted


class UnknownScopeError(Exception):
    """Scopes that are not in the table, or none at all."""

    code = "unknown_scope"

    def __init__(self, unknown: list[str]) -> None:
        said = f"No such scope: {', '.join(unknown)}." if unknown else "Name a scope."
        super().__init__(f"{said} There are: {', '.join(SCOPES)}.")
        self.fields = {"unknown": unknown}
