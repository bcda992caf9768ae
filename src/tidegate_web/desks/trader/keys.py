"""Keys for machines: made, shown once, put in the place of another, ended."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core import signing
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tidegate_web.access import credentials
from tidegate_web.access.credentials import CredentialError
from tidegate_web.access.limits import counters, today
from tidegate_web.access.scopes import SCOPES
from tidegate_web.desks.trader.whose import own_client, why_not
from tidegate_web.node import now
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tidegate_web.access.credentials import Made

_SALT = "key"
_FORM_SECONDS = 12 * 3600
_OVERLAP = timedelta(hours=24)
_DAYS = 365


MEANINGS = {
    "declarations:write": gettext_lazy("lodge and change declarations"),
    "declarations:read": gettext_lazy("see declarations"),
    "notices:read": gettext_lazy("hear what customs tells"),
    "tariff:read": gettext_lazy("look up codes, rates and duties"),
    "bulk:write": gettext_lazy("upload tables of low-value consignments"),
    "bulk:read": gettext_lazy("follow uploads and fetch their results"),
    "webhooks:write": gettext_lazy("say where notices are pushed to"),
    "authorisations:write": gettext_lazy("let others act for you, and end that"),
    "operator:admin": gettext_lazy("make and end keys itself"),
}


class KeyForm(forms.Form):
    """A key that is wanted."""

    form = forms.CharField(widget=forms.HiddenInput)
    purpose = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=70,
        help_text=gettext_lazy("So that you know it again: warehouse system, test."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=[(scope, MEANINGS.get(scope, scope)) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose what it may do.")},
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days it holds"), min_value=1, max_value=credentials.LONGEST_DAYS, initial=_DAYS
    )


@page("manage keys")
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys, and make one; the same form sent twice makes one."""
    client = own_client(request)
    if request.method == "GET":
        form = KeyForm(
            initial={"form": _mark(), "days": _DAYS, "scopes": ["declarations:write", "declarations:read"]}
        )
        return _shown(request, form)
    form = KeyForm(request.POST)
    problem = why_not(client)
    if problem:
        form.add_error(None, problem)
    if form.is_valid() and _first_time(form):
        said = form.cleaned_data
        wanted = credentials.Wanted(scopes=tuple(said["scopes"]), purpose=said["purpose"], days=said["days"])
        try:
            made = credentials.make(client.operator, wanted, now())
        except CredentialError as error:
            form.add_error(None, str(error))
        else:
            return _shown(request, KeyForm(initial={"form": _mark(), "days": _DAYS}), made)
    return _shown(request, form, status=422)


@page("manage keys")
@require_http_methods(["POST"])
def rotate(request: HttpRequest, name: str) -> HttpResponse:
    """Make a key in the place of another, which holds on for a day."""
    client = own_client(request)
    if counters().use(f"rotated:{client.operator}:{name[:20]}", today(), 1):
        try:
            made = credentials.rotate(client.operator, name, now(), overlap=_OVERLAP)
        except CredentialError as error:
            messages.error(request, str(error))
        else:
            return _shown(request, KeyForm(initial={"form": _mark(), "days": _DAYS}), made)
    else:
        messages.error(request, _("It was put in the place of today already; the old one ends by itself."))
    return redirect("trader:keys")


@page("manage keys")
@require_http_methods(["POST"])
def revoke(request: HttpRequest, name: str) -> HttpResponse:
    """End a key at once."""
    try:
        credentials.revoke(own_client(request).operator, name, now())
    except CredentialError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The key opens nothing any more."))
    return redirect("trader:keys")


def _first_time(form: KeyForm) -> bool:
    """Tell whether a form was not sent before; a mark is used once."""
    try:
        mark: str = signing.loads(form.cleaned_data["form"], salt=_SALT, max_age=_FORM_SECONDS)
    except signing.BadSignature:
        form.add_error(None, _("This form was open for too long. Load the page again."))
        return False
    if not counters().use(f"key-form:{mark}", today(), 1):
        form.add_error(
            None, _("This key is made already; its secret was shown once. End it, and make another.")
        )
        return False
    return True


def _mark() -> str:
    return signing.dumps(secrets.token_hex(8), salt=_SALT)


def _shown(
    request: HttpRequest, form: KeyForm, made: Made | None = None, *, status: int = 200
) -> HttpResponse:
    client, moment = own_client(request), now()
    held = credentials.shown_of(client.operator) if client.operator else []
    meant = [
        {"key": one, "may": [MEANINGS.get(scope, scope) for scope in one.scopes]}
        for one in held
        if one.revoked is None and (one.expires is None or one.expires > moment)
    ]
    shown = {
        "form": form,
        "made": made,
        "keys": meant,
        "ended": len(held) - len(meant),
        "why_not": why_not(client),
    }
    return render(request, "trader/keys.html", shown, status=status)
