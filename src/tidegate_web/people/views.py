"""The first page of each role, the language, and one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from tidegate_web.people import factor
from tidegate_web.people.models import Role
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
    shown = {
        "factor": factor.has_one(request.user),
        "factor_needed": factor.is_needed(request.user),
        "password": request.user.has_usable_password(),
    }
    return render(request, "people/account.html", shown)


@page("own account", without_factor=True)
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Say that the role needs a second factor, and lead to where it is set up."""
    if not factor.is_lacking(request):
        return redirect("first")
    return render(request, "people/factor.html")
