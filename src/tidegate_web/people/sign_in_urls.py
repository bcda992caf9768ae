"""The addresses of signing in: what this node has of the library's, and nothing else of it.

The library asks for the addresses of pages that are not here (signing up, addresses of mail, other accounts):
they have their names, and there is nothing at them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.http import Http404
from django.urls import include, path
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_NOT_HERE = (
    "account_signup",
    "account_email",
    "account_set_password",
    "account_email_verification_sent",
    "account_confirm_login_code",
    "socialaccount_signup",
    "socialaccount_connections",
)


def nothing(request: HttpRequest) -> HttpResponse:
    """Tell that there is nothing here."""
    raise Http404(request.path)


urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("oidc/cancelled/", require_safe(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("oidc/error/", require_safe(social.login_error), name="socialaccount_login_error"),
    *(path(f"none/{name}", nothing, name=name) for name in _NOT_HERE),
]
