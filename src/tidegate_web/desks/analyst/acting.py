"""What an analyst does: tries and adopts profiles, trains and adopts models, changes the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.journal import TablesMissingError, TablesOutdatedError
from tidegate.node.targeting import adoption
from tidegate.risk.adopting import TargetingRefusedError
from tidegate.risk.artefact import read_artefact
from tidegate.risk.features import PROFILE_COLUMNS
from tidegate.risk.standing import SHORT
from tidegate_web.desks.analyst.forms import (
    ModelForm,
    PolicyForm,
    ProfileForm,
    WithdrawForm,
    stands_as,
    usual,
)
from tidegate_web.desks.analyst.history import tried
from tidegate_web.desks.analyst.looking import show_model, show_profiles, tabs, trial
from tidegate_web.desks.analyst.training import begin, kept, let_go, training
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of
from tidegate_web.people.pages import page
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tidegate.node.trying import Tried
    from tidegate.risk.adopting import Adoption
    from tidegate_web.desks.analyst.forms import Seen

_LAST = 2_000
_SEED = 1  # the same history gives the same model


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
    refused = _adopted(request, form, lambda doing: doing.adopt_profile(form.act(author, counts)))
    if refused:
        return _shown(request, form, told, status=409)
    messages.success(request, _("The profile %(code)s is adopted.") % {"code": form.cleaned_data["code"]})
    return redirect("analyst:home")


def _adopted(request: HttpRequest, form: Seen, adopt: Callable[[Adoption], int]) -> bool:
    """Adopt what a form says, on what was seen; returns whether it was refused, and the form says why.

    So a form that is sent twice adopts once, and of two analysts the second looks again.
    """
    doing = adoption(node(), now(), author_of(request.user))
    refused = ""
    if doing.seen != form.cleaned_data["seen"]:
        refused = _(
            "What is targeted was changed meanwhile, at position %(n)d. Look again before you send."
        ) % {"n": doing.seen}
    else:
        try:
            adopt(doing)
        except TargetingRefusedError as error:
            refused = str(error)
    if refused:
        form.add_error(None, refused)
        # What was written stays; sent again, it is about what stands now.
        form.data = form.data.copy()
        form.data["seen"] = doing.seen
    return bool(refused)


def _tried(form: ProfileForm) -> Tried | None:
    try:
        return tried(form.profile(), _LAST)
    except (TablesMissingError, TablesOutdatedError):
        return None


def _begun(code: str) -> dict[str, Any]:
    """Return what the form begins with: a profile that stands, where one is named."""
    doing = adoption(node(), now(), "")
    seen = {"seen": doing.seen}
    for one in doing.standing.profiles if code else ():
        if one.code == code:
            until = one.end or usual(now().date())["until"]
            return seen | {
                "code": one.code, "condition": one.condition, "reason": one.reason, "purpose": one.purpose,
                "weight": one.weight, "start": now().date(), "until": until,
            }  # fmt: skip
    return seen | usual(now().date())


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
def train(request: HttpRequest) -> HttpResponse:
    """Begin to train a model on all that was found; it decides nothing until it is adopted."""
    if request.method == "POST":
        if begin(_SEED):
            messages.success(request, _("The training has begun; this page shows when it is done."))
        else:
            messages.warning(request, _("Another training runs. Begin yours when it is done."))
    return redirect("analyst:model")


@page("change targeting")
@require_http_methods(["GET", "POST"])
def adopt_model(request: HttpRequest) -> HttpResponse:
    """Adopt the model that was trained last: from then on it decides."""
    last, made = training(), kept()
    if request.method == "GET":
        return redirect("analyst:model")
    if last is None or made is None or not last.waits:
        messages.warning(
            request, _("No model waits for adoption: it was adopted already, or none is trained.")
        )
        return redirect("analyst:model")
    form = ModelForm(request.POST, auto_id="id_model_%s")
    if not form.is_valid():
        return show_model(request, form, status=422)
    said = form.cleaned_data
    if said["model"] != last.model:
        form.add_error(
            None, _("Another model was trained meanwhile. Look at its figures before you adopt it.")
        )
        form.data = form.data.copy()
        form.data["model"] = last.model
        return show_model(request, form, status=409)
    if _adopted(request, form, lambda doing: _model_adopted(doing, made, said)):
        return show_model(request, form, status=409)
    let_go()
    messages.success(request, _("The model %(name)s is adopted.") % {"name": last.model[:SHORT]})
    return redirect("analyst:model")


def _model_adopted(doing: Adoption, made: tuple[bytes, bytes], said: dict[str, Any]) -> int:
    return doing.adopt_model(*made, purpose=said["purpose"], start=said["start"], until=said["until"])


@page("see targeting")
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """Show the policy of selection, and adopt another one."""
    changes = may(request.user, "change targeting")
    if request.method == "POST" and not changes:
        return render(request, "refused.html", {"action": "change targeting"}, status=403)
    doing = adoption(node(), now(), author_of(request.user))
    stands, status = doing.standing.policy, 200
    form = PolicyForm(initial={"seen": doing.seen, **stands_as(stands)}, stands=stands)
    if request.method == "POST":
        form = PolicyForm(request.POST, stands=stands, usual_strangeness=_usual_strangeness(doing))
        status = 409 if form.is_valid() else 422
        if status == 409 and not _adopted(request, form, _policy_adopted(request, form)):  # noqa: PLR2004 - of HTTP
            messages.success(request, _("The policy is adopted: from now on it selects."))
            return redirect("analyst:policy")
    shown = {
        "title": _("The policy of selection"),
        "tabs": tabs(request),
        "policy": stands,
        "policy_form": form,
        "changes": changes,
    }
    return render(request, "analyst/policy.html", shown, status=status)


def _policy_adopted(request: HttpRequest, form: PolicyForm) -> Callable[[Adoption], int]:
    return lambda doing: doing.adopt_policy(form.act(author_of(request.user)))


def _usual_strangeness(doing: Adoption) -> float:
    """Return what the model in force knows to be usual; 0 where no model decides."""
    champion = doing.standing.champion(now().date())
    if champion is None or doing.standing.policy.usual_strangeness:
        return 0.0
    return read_artefact(node().journal.attachment(champion.artefact)).strangeness


@page("change targeting")
@require_http_methods(["GET", "POST"])
def withdraw_profile(request: HttpRequest) -> HttpResponse:
    """Withdraw a profile, with the reason."""
    return _withdrawn(request, show_profiles, "analyst:home", "withdraw_profile")


@page("change targeting")
@require_http_methods(["GET", "POST"])
def withdraw_model(request: HttpRequest) -> HttpResponse:
    """Withdraw a model, with the reason."""
    return _withdrawn(request, show_model, "analyst:model", "withdraw_model")


def _withdrawn(request: HttpRequest, show: Callable[..., HttpResponse], back: str, act: str) -> HttpResponse:
    if request.method == "GET":
        return redirect(back)
    form = WithdrawForm(request.POST, auto_id="id_withdrawn_%s")
    if not form.is_valid():
        return show(request, withdrawing=form, status=422)
    doing = adoption(node(), now(), author_of(request.user))
    try:
        getattr(doing, act)(form.cleaned_data["named"], form.cleaned_data["reason"])
    except TargetingRefusedError as error:
        form.add_error(None, str(error))
        return show(request, withdrawing=form, status=409)
    messages.success(request, _("%(what)s is withdrawn.") % {"what": form.cleaned_data["named"]})
    return redirect(back)
