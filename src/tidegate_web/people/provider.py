"""The administration's own sign-in (OpenID Connect), over the library's client.

The library holds the state, exchanges the code under PKCE (RFC 7636), and judges issuer, audience and time
of the ID token, which comes from the issuer itself over TLS (OpenID Connect Core 1.0, 3.1.3.7). Added here: a
nonce, which binds the ID token to the browser that asked; that both answers are about one person (5.3.2); and
that nothing in an address changes what is asked.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.shortcuts import render
from requests import RequestException

from tidegate_web.access import audit
from tidegate_web.people import lockout
from tidegate_web.people.claims import kept

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class AdministrationProvider(OpenIDConnectProvider):  # type: ignore[misc] - the library has no types of its own
    """The one provider of a node."""

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **how: Any
    ) -> HttpResponse:
        """Send a browser to the issuer, to sign in and for nothing else."""
        del process, how
        if not lockout.may_begin(request):
            audit.note(request, 429, "too_many")
            return render(request, "429.html", status=429)
        nonce = secrets.token_urlsafe(24)
        try:
            return super().redirect(
                request, AuthProcess.LOGIN, next_url, data, auth_params={"nonce": nonce}, nonce=nonce
            )
        except (RequestException, KeyError) as error:
            return render_authentication_error(request, self, exception=error)

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> Any:
        """Return who signs in, by what the issuer says in the ID token and beside it."""
        token, beside = response.get("id_token"), response.get("userinfo") or {}
        if not token or not token.get("sub"):
            raise OAuth2Error("the issuer sent no ID token")
        if beside and beside.get("sub") != token["sub"]:
            raise OAuth2Error("the issuer speaks of two people")
        return super().sociallogin_from_response(request, {**beside, **token})

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what is kept of what the issuer says: what is needed here, and no more."""
        return kept(data)

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Return none: accounts have no addresses here."""
        del data
        return []


provider_classes = [AdministrationProvider]
