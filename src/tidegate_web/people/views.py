"""The pages about people: the first page of each role, one's own account, and everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate_web.people.forms import PersonForm
from tidegate_web.people.models import Person, Role
from tidegate_web.people.pages import page, public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_FIRST = {
    Role.TRADER: "trader:consignments",
    Role.BROKER: "trader:consignments",
    Role.OFFICER: "officer:queue",
    Role.SUPERVISOR: "officer:queue",
    Role.ANALYST: "analyst:home",
    Role.DIRECTOR: "director:home",
    Role.AUDITOR: "director:home",
    Role.ADMINISTRATOR: "people:list",
}


@public
@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """Lead to the first page of who asks: the desk of a role, or the public's."""
    person = request.user
    name = _FIRST.get(Role(person.role)) if person.is_authenticated and person.role else "public:home"
    try:
        return redirect(reverse(name or "public:home"))
    except NoReverseMatch:
        return redirect("people:account" if person.is_authenticated else "account_login")


@public
@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the language that was chosen, and go back to the page."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    back = request.GET.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    answer = HttpResponseRedirect(back)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=365 * 24 * 3600, samesite="Lax", httponly=True
    )
    return answer


@page("own account")
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    return render(request, "people/account.html")


@page("manage people")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List everybody who may sign in."""
    return render(request, "people/list.html", {"people": Person.objects.select_related("organisation")})


@page("manage people")
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Make a person, or change one."""
    instance = get_object_or_404(Person, pk=number) if number is not None else None
    form = PersonForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("%(name)s can sign in as %(role)s.") % _told(saved))
        return redirect("people:list")
    status = 422 if form.is_bound else 200
    return render(request, "people/person.html", {"form": form, "instance": instance}, status=status)


def _told(saved: Person) -> dict[str, str]:
    return {"name": str(saved), "role": saved.get_role_display().lower()}
