"""Who the administration's own sign-in lets in: known or made here, with the role that the groups say."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import render
from django.utils.translation import gettext as _

from tidegate_web.access import audit
from tidegate_web.people import claims as said
from tidegate_web.people import recording
from tidegate_web.people.models import Person, Role

if TYPE_CHECKING:
    from django.http import HttpRequest

_OF_TRADE = (Role.TRADER, Role.BROKER)


class Entering(DefaultSocialAccountAdapter):  # type: ignore[misc] - the library has no types of its own
    """Nobody signs up; who comes from the issuer is found, made, or refused in words."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Tell that the library makes no account: `pre_social_login` does, where it may be."""
        del request, sociallogin
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Person:
        """Return the library's idea of a new person, which is not used."""
        del request, data
        person: Person = sociallogin.user
        return person

    def on_authentication_error(self, request: HttpRequest, provider: Any, **why: Any) -> None:
        """Count it, without personal data."""
        del provider, why
        audit.note(request, 401, "sign_in_failed")

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find or make whose account this is, and give it the role of its groups; or refuse.

        Raises:
            ImmediateHttpResponse: the person is not let in; the page says why.
        """
        claims = sociallogin.account.extra_data
        sent, came = str(sociallogin.state.get("nonce") or ""), str(claims.get("nonce") or "")
        if not sent or not hmac.compare_digest(sent.encode(), came.encode()):
            text = _("This answer is not to the question that this browser asked. Sign in once more.")
            raise _refused(request, "foreign_answer", text)
        with transaction.atomic():
            if not sociallogin.is_existing:
                sociallogin.connect(request, _person(request, claims))
            person: Person = sociallogin.user
            if not person.is_active:
                text = _("This account is closed. If that is a mistake, ask the administrator of this node.")
                raise _refused(request, "account_closed", text)
            has_role = _take_over(person, claims)
        if not has_role:
            text = _(
                "You are in none of the groups that have a role at this node. If your work needs one, ask "
                "whoever keeps the groups of your administration."
            )
            raise _refused(request, "no_role", text)


def _person(request: HttpRequest, claims: dict[str, Any]) -> Person:
    """Return the person whom a first sign-in is about: one who is known and not bound yet, or a new one."""
    name = said.account_of(claims)
    known = Person.objects.filter(username__iexact=name).first() if name else None
    if known is not None:
        if _is_free(known):
            return known
        text = _("The account %(name)s is somebody else's, or signs in by password.") % {"name": name}
        raise _refused(request, "account_taken", text)
    role = said.role_of(claims)
    if settings.CONFIGURATION.oidc_unknown == "make" and name and role:
        made = Person(username=name, name=said.name_of(claims), role=role)
        made.set_unusable_password()
        try:
            made.full_clean(exclude=["password"])
        except ValidationError:
            text = _("Your name at the administration's sign-in cannot be the name of an account here.")
            raise _refused(request, "no_account", text) from None
        made.office = said.office_of(claims) or ""
        made.save()
        recording.note_given(recording.PROVIDER, made, "group")
        return made
    text = _("This node does not know you. Ask its administrator for an account.")
    raise _refused(request, "unknown_person", text)


def _is_free(person: Person) -> bool:
    """Tell whether an account may be bound: to nobody yet, and nobody opens it by a password.

    Whoever names people at the issuer could else take over an account that has a password here.
    """
    bound = SocialAccount.objects.filter(user=person).exists()
    by_password = settings.CONFIGURATION.people_sign_in == "both" and person.has_usable_password()
    return not bound and not by_password


def _take_over(person: Person, claims: dict[str, Any]) -> bool:
    """Give a person the role and office that the issuer says; tells whether there is a role."""
    role, office = said.role_of(claims), said.office_of(claims)
    if person.role in _OF_TRADE or role is None:
        role = person.role  # given here
    office = person.office if office is None or role != Role.OFFICER else office
    if (role, office) != (person.role, person.office):
        person.role, person.office = role, office
        person.save(update_fields=["role", "office"])
        if role:
            recording.note_given(recording.PROVIDER, person, "group")
        else:
            person.end_sessions()
            recording.note_ended(recording.PROVIDER, person, "group")
    return bool(role)


def _refused(request: HttpRequest, code: str, text: str) -> ImmediateHttpResponse:
    audit.note(request, 403, code)
    return ImmediateHttpResponse(render(request, "people/refused_here.html", {"text": text}, status=403))
