"""The pages of an administrator: who may sign in, as what, and what is taken off an account that is stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tidegate_web.people import factor, lockout, recording
from tidegate_web.people.forms import FindForm, PersonForm
from tidegate_web.people.looking import done_to
from tidegate_web.people.models import Person
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

_ROWS = 50


@page("manage people")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List who may sign in, by name, role and state, in the order of their accounts."""
    form = FindForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = _found(**{name: chosen.get(name, "") for name in ("q", "role", "state")})
    total = found.count()
    after = request.GET.get("after", "")[:150]
    rows = list(found.filter(username__gt=after)[: _ROWS + 1])
    further = rows[_ROWS - 1].username if len(rows) > _ROWS else ""
    kept = {name: value for name, value in chosen.items() if value}
    shown = {
        "form": form,
        "total": total,
        "people": [(one, lockout.locked(one.username)) for one in rows[:_ROWS]],
        "further": urlencode({**kept, "after": further}) if further else "",
        "first": urlencode(kept) if after else None,
    }
    return render(request, "people/list.html", shown, status=200 if form.is_valid() else 422)


def _found(q: str, role: str, state: str) -> QuerySet[Person]:
    with_factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    found = Person.objects.select_related("organisation").annotate(has_factor=Exists(with_factor))
    if q:
        named = Q(username__icontains=q) | Q(name__icontains=q) | Q(organisation__name__icontains=q)
        found = found.filter(named | Q(organisation__operator__iexact=q))
    if role:
        found = found.filter(role=role)
    if state in ("open", "closed"):
        found = found.filter(is_active=state == "open")
    if state == "without":
        found = found.filter(has_factor=False)
    if state == "never":
        found = found.filter(last_login=None)
    return found.order_by("username")


@page("manage people")
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Make a person, or change one; what was done to the account stands below."""
    instance = get_object_or_404(Person, pk=number) if number is not None else None
    before = _state(instance)
    form = PersonForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        _record(request.user, saved, before, form.cleaned_data["password"])
        messages.success(request, _told(saved))
        return redirect("people:list")
    shown: dict[str, Any] = {"form": form, "instance": instance}
    if instance is not None:
        stored = Person.objects.get(pk=instance.pk)
        shown |= {
            "stored": stored,
            "factor": factor.has_one(stored),
            "factor_needed": factor.is_needed(stored),
            "locked": lockout.in_words(wait) if (wait := lockout.locked(stored.username)) else "",
            "bound": SocialAccount.objects.filter(user=stored).exists(),
            "done": done_to(stored.username),
        }
    return render(request, "people/person.html", shown, status=422 if form.is_bound else 200)


def _state(instance: Person | None) -> tuple[str, str, bool] | None:
    return (instance.role, instance.office, instance.is_active) if instance is not None else None


def _record(by: Person, saved: Person, before: tuple[str, str, bool] | None, password: str) -> None:
    """Leave the acts of what changed; who is shut out or gets a new password is signed out everywhere."""
    author = recording.by(by)
    if before is None:
        recording.note_given(author, saved, "made")
        if not saved.is_active:
            recording.note_ended(author, saved, "closed")
        return
    if before[2] and not saved.is_active:
        saved.end_sessions()
        recording.note_ended(author, saved, "closed")
    elif saved.is_active and not before[2]:
        recording.note_given(author, saved, "reopened")
    elif before[:2] != (saved.role, saved.office):
        recording.note_given(author, saved, "changed")
    if password:
        recording.note_loosened(author, saved, "password")


@page("manage people")
@require_POST
def take_factor(request: HttpRequest, number: int) -> HttpResponse:
    """Take away a second factor that its owner has lost; they set up another one when they sign in."""
    found = get_object_or_404(Person, pk=number)
    if factor.has_one(found):
        factor.take_away(found)
        recording.note_loosened(recording.by(request.user), found, "factor")
    messages.success(request, _("%(name)s has no second factor now, and is signed out.") % {"name": found})
    return redirect("people:person", number=number)


@page("manage people")
@require_POST
def bind(request: HttpRequest, number: int) -> HttpResponse:
    """Have the next sign-in at the issuer under the account's name open it, and nothing else from now on."""
    found = get_object_or_404(Person, pk=number)
    if settings.CONFIGURATION.people_sign_in == "password":
        raise Http404
    SocialAccount.objects.filter(user=found).delete()
    found.set_unusable_password()
    found.save(update_fields=["password"])
    recording.note_given(recording.by(request.user), found, "provider")
    said = {"name": found, "provider": settings.CONFIGURATION.oidc_name}
    messages.success(request, _("%(name)s signs in with %(provider)s from now on.") % said)
    return redirect("people:person", number=number)


@page("manage people")
@require_POST
def unlock(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody try again who is locked out after wrong passwords."""
    found = get_object_or_404(Person, pk=number)
    if lockout.locked(found.username):
        lockout.unlock(found.username)
        recording.note_loosened(recording.by(request.user), found, "lock")
    messages.success(request, _("%(name)s can try again at once.") % {"name": found})
    return redirect("people:person", number=number)


def _told(saved: Person) -> str:
    said = {"name": str(saved), "role": saved.get_role_display().lower()}
    if not saved.is_active:
        return _("%(name)s may not sign in any more.") % said
    return _("%(name)s can sign in as %(role)s.") % said
