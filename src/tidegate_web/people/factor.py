"""The second factor: which roles need one, and whether who looks has shown one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from tidegate_web.people.models import Person

_BY_PROVIDER = "second_factor_by_provider"


def is_needed(person: Person) -> bool:
    """Tell whether the role of a person needs a second factor."""
    return person.role in settings.SECOND_FACTOR_FOR


def has_one(person: Person) -> bool:
    """Tell whether a person has set up a second factor here."""
    return bool(is_mfa_enabled(person, [Authenticator.Type.TOTP]))


def is_lacking(request: HttpRequest) -> bool:
    """Tell whether who looks needs a second factor, and has neither one here nor shown the provider's."""
    if not is_needed(request.user) or request.session.get(_BY_PROVIDER) == request.user.pk:
        return False
    return not has_one(request.user)


def take_away(person: Person) -> None:
    """Take away a person's second factor and its recovery codes, and end their sessions."""
    Authenticator.objects.filter(user=person).delete()
    person.end_sessions()


def by_provider(claims: Mapping[str, Any]) -> bool:
    """Tell whether what the administration's sign-in says counts as a second factor."""
    how = settings.CONFIGURATION.oidc_second_factor
    if how != "claimed":
        return bool(how == "trusted")
    amr = claims.get("amr")
    said = [*(amr if isinstance(amr, list) else []), claims.get("acr")]
    return any(value in settings.CONFIGURATION.oidc_second_factor_values for value in said)


def note_sign_in(request: HttpRequest, signal_kwargs: Mapping[str, Any] | None) -> None:
    """Note with a new session whether the provider's second factor counts for it."""
    if _counts(signal_kwargs):
        request.session[_BY_PROVIDER] = request.user.pk


def _counts(signal_kwargs: Mapping[str, Any] | None) -> bool:
    login = (signal_kwargs or {}).get("sociallogin")
    return login is not None and by_provider(login.account.extra_data)


class FactorStage(AuthenticateStage):  # type: ignore[misc] - the library has no types of its own
    """The step at which the second factor is asked for; not where the provider's counts already."""

    def handle(self) -> tuple[Any, bool]:
        """Ask, or go on."""
        if _counts(self.login.signal_kwargs):
            return None, True
        answer: tuple[Any, bool] = super().handle()
        return answer
