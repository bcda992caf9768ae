"""What the issuer says of a person, as this node reads it: account, groups, role, office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from tidegate.node.configuration import roles_by_group

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME, _OFFICE, _SHOWN = 150, 35, 120  # letters that the fields of an account have


def kept(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims that this node has a use for."""
    said = settings.CONFIGURATION
    names = {"sub", "nonce", "amr", "acr", "name", said.oidc_person_claim, said.oidc_groups_claim}
    names |= {said.oidc_office_claim} if said.oidc_office_claim else set()
    return {name: claims[name] for name in sorted(names) if name in claims}


def account_of(claims: Mapping[str, Any]) -> str:
    """Return the name of a person's account here; empty where the issuer gives none that can be one."""
    said = claims.get(settings.CONFIGURATION.oidc_person_claim)
    return said if isinstance(said, str) and len(said) <= _NAME else ""


def name_of(claims: Mapping[str, Any]) -> str:
    """Return the name by which a person is spoken of."""
    return str(claims.get("name") or "")[:_SHOWN]


def role_of(claims: Mapping[str, Any]) -> str | None:
    """Return the role that a person's groups say, empty where none does; None where groups do not count."""
    by_group = roles_by_group(settings.CONFIGURATION)
    if not by_group:
        return None
    said = claims.get(settings.CONFIGURATION.oidc_groups_claim)
    groups = {said} if isinstance(said, str) else {one for one in said or () if isinstance(one, str)}
    return next((role for group, role in by_group if group in groups), "")


def office_of(claims: Mapping[str, Any]) -> str | None:
    """Return the office that the issuer says, or None where offices are given here."""
    claim = settings.CONFIGURATION.oidc_office_claim
    said = claims.get(claim) if claim else None
    return said[:_OFFICE] if isinstance(said, str) else None
