"""What an analyst does: tries a profile on history, adopts it, withdraws a profile or a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.journal import TablesMissingError, TablesOutdatedError
from tidegate.node.targeting import adoption, standing_now
from tidegate.risk.adopting import TargetingRefusedError
from tidegate.risk.features import PROFILE_COLUMNS
from tidegate_web.desks.analyst.forms import ProfileForm, WithdrawForm, usual
from tidegate_web.desks.analyst.history import tried
from tidegate_web.desks.analyst.looking import tabs, trial
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tidegate.node.trying import Tried

_LAST = 2_000


@page("change targeting")
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Write a profile: tried as it is typed, adopted when it is sent."""
    if request.method == "GET":
        return _shown(request, ProfileForm(initial=_begun(request.GET.get("code", ""))))
    form = ProfileForm(request.POST)
    wanted = request.POST.get("do") == "adopt" and not request.htmx
    told = _tried(form) if form.is_valid() else None
    if request.htmx:
        return render(request, "analyst/tried.html", {"form": form, **trial(told)})
    if not form.is_valid():
        return _shown(request, form, status=422)
    if not wanted:
        return _shown(request, form, told)
    counts = {}
    if told is not None:
        counts = {
            "tested": told.tested, "held": told.held, "controlled": told.controlled,
            "irregular": told.irregular,
        }  # fmt: skip
    author = author_of(request.user)
    try:
        adoption(node(), now(), author).adopt_profile(form.act(author, counts))
    except TargetingRefusedError as error:
        form.add_error(None, str(error))
        return _shown(request, form, told, status=409)
    messages.success(request, _("The profile %(code)s is adopted.") % {"code": form.cleaned_data["code"]})
    return redirect("analyst:home")


def _tried(form: ProfileForm) -> Tried | None:
    try:
        return tried(form.profile(), _LAST)
    except (TablesMissingError, TablesOutdatedError):
        return None


def _begun(code: str) -> dict[str, Any]:
    """Return what the form begins with: a profile that stands, where one is named."""
    for one in standing_now(node()).profiles if code else ():
        if one.code == code:
            until = one.end or usual(now().date())["until"]
            return {
                "code": one.code, "condition": one.condition, "reason": one.reason, "purpose": one.purpose,
                "weight": one.weight, "start": now().date(), "until": until,
            }  # fmt: skip
    return usual(now().date())


def _shown(
    request: HttpRequest, form: ProfileForm, told: Tried | None = None, *, status: int = 200
) -> HttpResponse:
    shown = {
        "title": _("A risk profile"),
        "tabs": tabs(request),
        "form": form,
        "last": _LAST,
        "columns": sorted(PROFILE_COLUMNS),
        **trial(told),
    }
    return render(request, "analyst/profile.html", shown, status=status)


@page("change targeting")
@require_http_methods(["GET", "POST"])
def withdraw_profile(request: HttpRequest) -> HttpResponse:
    """Withdraw a profile, with the reason."""
    return _withdrawn(request, "analyst:home", "withdraw_profile")


@page("change targeting")
@require_http_methods(["GET", "POST"])
def withdraw_model(request: HttpRequest) -> HttpResponse:
    """Withdraw a model, with the reason."""
    return _withdrawn(request, "analyst:model", "withdraw_model")


def _withdrawn(request: HttpRequest, back: str, act: str) -> HttpResponse:
    if request.method == "GET":
        return redirect(back)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was withdrawn: say why. Others will ask for it."))
        return redirect(back)
    doing = adoption(node(), now(), author_of(request.user))
    try:
        getattr(doing, act)(form.cleaned_data["named"], form.cleaned_data["reason"])
    except TargetingRefusedError as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(request, _("%(what)s is withdrawn.") % {"what": form.cleaned_data["named"]})
    return redirect(back)
