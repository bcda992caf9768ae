"""The administration's own sign-in, as the library for it is told: read before Django is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tidegate.node import Configuration

PROVIDER = "administration"  # its name in addresses
_SECRET = "TIDEGATE_OIDC_SECRET"  # noqa: S105 - the name of a variable


def providers_of(
    configuration: Configuration, folder: Path, environment: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Return the library's setting: the one provider, or none where people sign in by password alone.

    Raises:
        ImproperlyConfigured: its secret is neither in the environment nor in the file that is named.
    """
    if configuration.people_sign_in == "password":
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": configuration.oidc_name,
        "client_id": configuration.oidc_client,
        "secret": _secret(configuration, folder, environment),
        "settings": {
            "server_url": configuration.oidc_issuer.rstrip("/"),
            "scope": ["openid", *configuration.oidc_scopes],
            "oauth_pkce_enabled": True,
        },
    }
    return {"openid_connect": {"APPS": [app]}}


def _secret(configuration: Configuration, folder: Path, environment: Mapping[str, str]) -> str:
    said = environment.get(_SECRET)
    if said:
        return said
    path = folder / configuration.oidc_secret_file
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        text = f"The secret of oidc_client should be in {path} or in ${_SECRET}: {error.strerror}"
        raise ImproperlyConfigured(text) from None
