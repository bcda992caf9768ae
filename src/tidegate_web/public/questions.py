"""Questions and complaints: asked by anybody, found again by the reference alone, answered by an officer."""

from __future__ import annotations

import hmac
import secrets
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.journal import Key, TablesMissingError, TablesOutdatedError, tables
from tidegate.notices import (
    NoticeRefusedError,
    Question,
    Waiting,
    answer_question,
    question,
    receive_question,
    waiting_questions,
)
from tidegate_web.access.counters import Pace
from tidegate_web.access.limits import counters
from tidegate_web.access.lockout import address_of
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of, note_consulted
from tidegate_web.people.pages import page, public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# Letters and digits that are not taken for one another when read aloud.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12
_SALT = "question"
_FORM_SECONDS = 24 * 3600
_PACE = Pace(per_minute=2, at_once=10)


class QuestionForm(forms.Form):
    """What somebody asks, or complains about."""

    form = forms.CharField(widget=forms.HiddenInput)
    matter = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            ("question", gettext_lazy("A question")),
            ("complaint", gettext_lazy("A complaint")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether you ask or complain.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Your words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 8})
    )
    about = forms.CharField(
        label=gettext_lazy("What it is about"),
        required=False,
        max_length=140,
        help_text=gettext_lazy("A movement reference number, a place, a notice: if there is one."),
    )
    contact = forms.CharField(
        label=gettext_lazy("Where we may reach you"),
        required=False,
        max_length=140,
        help_text=gettext_lazy("Not needed: the answer is found with the reference you are given."),
    )


@public
@csrf_exempt  # nobody is signed in here; the mark in the form does what the cookie would
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take a question or a complaint, and give a reference for it; the same form sent twice is one."""
    if request.method == "GET":
        return render(request, "public/ask.html", {"form": QuestionForm(initial={"form": _mark()})})
    form = QuestionForm(request.POST)
    if form.is_valid():
        reference = _taken(request, form)
        if reference:
            return redirect(reverse("public:question", args=[reference]) + "?new=1")
    if "form" in form.errors:
        form.data = form.data.copy()
        form.data["form"] = _mark()
    return render(request, "public/ask.html", {"form": form}, status=422)


def _taken(request: HttpRequest, form: QuestionForm) -> str:
    said = form.cleaned_data
    try:
        reference: str = signing.loads(said["form"], salt=_SALT, max_age=_FORM_SECONDS)
    except signing.BadSignature:
        form.add_error("form", _("This form was open for too long. Look over it, and send it again."))
        return ""
    spent = counters().spend(_who(request), _PACE, time.time())
    if not spent.allowed:
        form.add_error(None, _("Too many at once. Send it again in %(n)d seconds.") % {"n": spent.wait})
        return ""
    parts = {name: said[name] for name in ("matter", "words", "about", "contact")}
    try:
        receive_question(node().journal, now(), reference=reference, **parts)
    except NoticeRefusedError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return ""
    return reference


def _who(request: HttpRequest) -> str:
    """Return under which name an address is counted: a keyed digest, forgotten when its pace has run out."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), address_of(request).encode(), "sha256")
    return f"question:{digest.hex()[:32]}"


def _mark() -> str:
    """Return what makes a form one: the reference it will have, signed."""
    return signing.dumps("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)), salt=_SALT)


@public
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Lead to a question by its reference."""
    said = "".join(request.GET.get("reference", "").split()).upper().replace("-", "")[:40]
    return redirect("public:question", said or "-")


@public
@require_safe
def shown(request: HttpRequest, reference: str) -> HttpResponse:
    """Show whether a question is answered, and how; what was written and by whom is not shown again."""
    found = question(node().journal, reference)
    if found is None:
        return render(request, "public/no_question.html", {"reference": reference[:40]}, status=404)
    return render(request, "public/question.html", {"question": found, "new": "new" in request.GET})


class AnswerForm(forms.Form):
    """An officer's answer."""

    words = forms.CharField(
        label=gettext_lazy("The answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Whoever has the reference reads it as you write it."),
    )  # fmt: skip


@page("answer enquiries")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """List the questions that wait for an answer."""
    return render(request, "public/waiting.html", {"questions": _waiting()})


@page("answer enquiries")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a question, and take the answer."""
    found = question(node().journal, reference)
    if found is None:
        raise Http404
    note_consulted(request, f"question:{reference}", "public:answer")
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = _answered(request, found, form)
        if status == 200:  # noqa: PLR2004 - of HTTP
            messages.success(request, _("The answer can be read with the reference."))
            return redirect("public:waiting")
    shown: dict[str, Any] = {"form": form, "question": found}
    return render(request, "public/answer.html", shown, status=status)


def _answered(request: HttpRequest, found: Question, form: AnswerForm) -> int:
    if not form.is_valid():
        return 422
    author = Key(author_of(request.user), personal=True)
    words = form.cleaned_data["words"]
    try:
        answer_question(node().journal, now(), author, reference=found.reference, words=words)
    except NoticeRefusedError as error:
        form.add_error(None, str(error))
        return 409
    return 200


def _waiting() -> list[Waiting]:
    held = node()
    try:
        connection = tables(held.reader("questions"), held.read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return []
    with closing(connection):
        return waiting_questions(connection)
