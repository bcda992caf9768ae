"""How sign-in goes here, for the library that does it: nobody makes an account for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage

from tidegate_web.access import audit
from tidegate_web.people import factor, lockout

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator
    from django.http import HttpRequest, HttpResponse

    from tidegate_web.people.models import Person

_FACTOR_STAGE = "allauth.mfa.stages.AuthenticateStage"


class Accounts(DefaultAccountAdapter):  # type: ignore[misc] - the library has no types of its own
    """Nobody signs up; wrong passwords are heard later; a second factor is asked for once."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy("Too many wrong codes. Try again in five minutes."),
        "username_password_mismatch": gettext_lazy("The account or the password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell that no account is made from outside."""
        del request
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return whence a request comes, as the rest of the door sees it."""
        return lockout.address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a password before it is looked at: where none are taken, or after too many wrong ones."""
        if settings.CONFIGURATION.people_sign_in == "oidc":
            audit.note(request, 403, "no_passwords")
            text = _("This node takes no passwords. Sign in with %(name)s.")
            raise ValidationError(text % {"name": settings.CONFIGURATION.oidc_name})
        wait = lockout.wait_of(request, str(credentials.get("username", "")))
        if wait:
            audit.note(request, 429, "locked_out")
            text = _(
                "There were too many wrong passwords. Try again in %(time)s, or ask the administrator of "
                "this node."
            )
            raise ValidationError(text % {"time": lockout.in_words(wait)})

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a wrong password."""
        audit.note(request, 401, "wrong_password")
        lockout.note_failure(request, str(credentials.get("username", "")))

    def get_login_stages(self) -> list[str]:
        """Return what signing in goes through; the second factor in our own way."""
        ours = f"{factor.FactorStage.__module__}.{factor.FactorStage.__qualname__}"
        return [ours if one == _FACTOR_STAGE else one for one in super().get_login_stages()]

    def post_login(
        self, request: HttpRequest, user: Person, *, signal_kwargs: dict[str, Any] | None, **how: Any
    ) -> HttpResponse:
        """Note with the session whether the administration's sign-in counts as a second factor."""
        factor.note_sign_in(request, signal_kwargs)
        return super().post_login(request, user, signal_kwargs=signal_kwargs, **how)


class Factors(DefaultMFAAdapter):  # type: ignore[misc] - as above
    """A second factor that a role needs is not taken off by its owner; it is scanned from a white ground."""

    def build_totp_svg(self, url: str) -> str:
        """Return the picture to scan: dark on light also where the page is dark."""
        return str(qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode"))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Tell whether a factor may go."""
        return not factor.is_needed(authenticator.user)
