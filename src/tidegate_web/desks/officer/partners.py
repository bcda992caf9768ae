"""What partners said about a consignment and those it names, what they were asked, and asking them."""

from __future__ import annotations

import secrets
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.acts import (
    DisclosureReceived,
    EnquiryAnswered,
    EnquiryMade,
    EnquiryRefused,
    ReceiptRecorded,
    decode,
)
from tidegate.clearance import UnknownConsignmentError, ucrs_of
from tidegate.clearance.naming import known_by
from tidegate.exchange import (
    STANDING,
    ExchangeError,
    ExchangeReader,
    OvertakenError,
    Question,
    enquire,
    standing_of,
    told_about,
)
from tidegate.exchange.drafting import enquiry_key, settled_key
from tidegate.exchange.messages import Answered, Disclosed, Message
from tidegate.exchange.terms import SERVICES
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate.journal.proving import prove_entry
from tidegate.node.exchange import actor
from tidegate_web.desks.officer.story import story_of
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of, note_consulted
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from tidegate.declarations.declaration import Declaration
    from tidegate.exchange.standing import Standing
    from tidegate.exchange.told import Name
    from tidegate_web.desks.officer.story import Story

_MOST_SAID, _MOST_ROWS = 20, 10
_MRN_LENGTH = 18
_LONGEST = 2_000
SERVICE_WORDS = {
    "verify": gettext_lazy("verify a declaration"),
    "status": gettext_lazy("standing of an operator"),
    "mirror": gettext_lazy("compare with the export"),
    "assist": gettext_lazy("assistance, in words"),
}
# By what a service is asked (`exchange.taking`), and how that is called.
_ASKED_BY = {"verify": "mrn", "mirror": "ucr", "status": "operator", "assist": "mrn"}
_NAMED = {
    "mrn": gettext_lazy("MRN"),
    "ucr": gettext_lazy("UCR"),
    "operator": gettext_lazy("Operator"),
}


class Answer(msgspec.Struct, frozen=True):
    """What came back: when, in words, with rows; ``refused`` where it was not answered."""

    position: int
    when: datetime
    text: str
    rows: list[dict[str, str]]
    refused: bool = False


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a partner disclosed, asked, or was asked, with the agreement and what proves it.

    ``receipt`` is the position in the partner's journal of what this node sent.
    """

    position: int
    when: datetime
    partner: str
    what: str
    about: str
    agreement: str
    title: str
    clause: str
    purpose: str
    text: str = ""
    rows: list[dict[str, str]] = []
    answers: list[Answer] = []
    waits: bool = False
    due: datetime | None = None
    receipt: int | None = None
    until: datetime | None = None


def names_of(mrn: str, declaration: Declaration | None) -> list[Name]:
    """Return the names under which partners may speak of a consignment, its own first."""
    names: list[Name] = [("mrn", mrn)]
    if declaration is None:
        return names
    shipment = declaration.goods_shipment
    previous = list(shipment.previous_document) if shipment is not None else []
    for item in shipment.government_agency_goods_item if shipment is not None else ():
        previous += item.previous_document
    # A declaration of export that a partner gave its number is named as a previous document.
    names += [("mrn", one.id) for one in previous if one.id and len(one.id) == _MRN_LENGTH]
    names += [("ucr", ucr) for ucr in ucrs_of(declaration)]
    names += [("ucr", one.id) for one in known_by(declaration) if one.kind == "ucr"]
    names += [("operator", one.id) for one in known_by(declaration) if one.kind == "operator"]
    return list(dict.fromkeys(names))


def said_about(names: list[Name]) -> list[Said]:
    """Return what partners said under these names and what they were asked, the latest first."""
    journal = node().journal
    if journal.last(STANDING) is None:
        return []
    try:
        connection = tables(ExchangeReader(), node().read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return []
    with closing(connection):
        positions = told_about(connection, names, _MOST_SAID)
    standing = standing_of(journal)
    found = (_said(position, names, standing) for position in positions)
    return [one for one in found if one is not None]


def _said(position: int, names: list[Name], standing: Standing) -> Said | None:
    entries = node().journal.read(position, 1)
    entry = entries[0] if entries else None
    if entry is None or entry.body is None:
        return None
    act = decode(entry.kind, entry.version, entry.body)
    if not isinstance(act, DisclosureReceived | EnquiryMade):
        return None
    message = msgspec.json.decode(act.message, type=Message)
    held = standing.agreements.get(act.agreement)
    version = held.current if held is not None else None
    common: dict[str, Any] = {
        "position": position,
        "when": entry.occurred,
        "agreement": act.agreement,
        "title": version.agreement.title if version is not None else act.agreement,
        "clause": act.clause,
        "purpose": message.purpose,
    }
    if isinstance(act, DisclosureReceived):
        content = msgspec.json.decode(message.content, type=Disclosed)
        rows = [row for row in content.rows if any(_in_row(name, row) for name in names)][:_MOST_ROWS]
        about = next((_words_of(name) for name in names if any(_in_row(name, row) for row in rows)), "")
        return Said(partner=act.partner, what=_("disclosed: %(kind)s") % {"kind": content.kind},
                    about=about, rows=rows, until=act.until, **common)  # fmt: skip
    return _asked(act, msgspec.json.decode(message.content, type=Question), common)


def _asked(act: EnquiryMade, question: Question, common: dict[str, Any]) -> Said:
    ours = act.by == node().origin
    service = SERVICE_WORDS.get(act.service, act.service)
    answers = list(_answers(act))
    named: list[Name] = [("mrn", question.mrn), ("ucr", question.ucr), ("operator", question.operator)]
    text = _("was asked: %(service)s") if ours else _("asked: %(service)s")
    return Said(
        partner=act.partner if ours else act.by,
        what=text % {"service": service},
        about=", ".join(_words_of(name) for name in named if name[1]),
        text=question.text,
        answers=answers,
        waits=not answers,
        due=act.due,
        receipt=_receipt(act.partner, act.id) if ours else None,
        **common,
    )


def _answers(act: EnquiryMade) -> Iterator[Answer]:
    for entry in node().journal.about(enquiry_key(act.by, act.id)):
        made = decode(entry.kind, entry.version, entry.body) if entry.body is not None else None
        if isinstance(made, EnquiryAnswered):
            message = msgspec.json.decode(made.message, type=Message)
            said = msgspec.json.decode(message.content, type=Answered)
            text = said.text or ("" if said.found else _("Nothing was found."))
            yield Answer(entry.position, entry.occurred, text, list(said.rows[:_MOST_ROWS]))
        elif isinstance(made, EnquiryRefused):
            yield Answer(entry.position, entry.occurred, made.text, [], refused=True)


def _receipt(partner: str, id_: str) -> int | None:
    """Return where in its journal a partner has what was sent to it, as its receipt proves."""
    for entry in node().journal.about(settled_key(partner, id_)):
        made = decode(entry.kind, entry.version, entry.body) if entry.body is not None else None
        if isinstance(made, ReceiptRecorded):
            return made.position
    return None


def _in_row(name: Name, row: dict[str, str]) -> bool:
    kind, value = name
    return row.get(kind) == value if kind != "operator" else value in row.values()


def _words_of(name: Name) -> str:
    return f"{_NAMED[name[0]]} {name[1]}"


class AskForm(forms.Form):
    """What a partner is asked, under which clause of which agreement, about which number."""

    token = forms.RegexField(r"\A[0-9a-f]{32}\Z", widget=forms.HiddenInput, max_length=32)
    service = forms.ChoiceField(
        label=gettext_lazy("Whom, and for what"),
        help_text=gettext_lazy("What agreements in force let this node ask."),
    )
    about = forms.ChoiceField(label=gettext_lazy("About"))
    text = forms.CharField(
        label=gettext_lazy("What you want to know"),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For assistance: in words. The partner keeps them."),
    )

    def __init__(self, *args: Any, offers: list[tuple[str, str]], names: list[Name], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="ask_%s", **kwargs)
        self.fields["service"].choices = offers
        self.fields["about"].choices = [
            (f"{kind}:{value}", _words_of((kind, value))) for kind, value in names
        ]

    def clean(self) -> dict[str, Any]:
        """See that a service is asked by what it is asked by."""
        said: dict[str, Any] = super().clean() or {}
        service = said.get("service", "").partition("|")[0]
        kind = said.get("about", "").partition(":")[0]
        if service == "assist" and not said.get("text", "").strip():
            self.add_error("text", _("Say what you want to know."))
        if service and kind and _ASKED_BY[service] != kind:
            text = _("This is asked by: %(named)s. Choose one of these.")
            self.add_error("about", text % {"named": _NAMED[_ASKED_BY[service]]})
        return said


def offers_now() -> list[tuple[str, str]]:
    """Return what this node may ask now, as the choices of a form: each service, clause and purpose."""
    journal = node().journal
    if journal.last(STANDING) is None:
        return []
    me = node().origin
    return [
        (
            f"{clause.action}|{held.uid}|{clause.uid}|{purpose}",
            f"{held.partner}: {SERVICE_WORDS[clause.action]} ({purpose.replace('-', ' ')})",
        )
        for held, agreement in standing_of(journal).in_force(now())
        for clause in agreement.permission
        if clause.assignee == me and clause.action in SERVICES
        for purpose in clause.purpose
    ]


def ask_form(mrn: str, declaration: Declaration | None, *said: Any) -> AskForm | None:
    """Return the form by which a partner is asked; None where no agreement lets this node ask."""
    offers = offers_now()
    if not offers:
        return None
    initial = {"token": secrets.token_hex(16)}
    return AskForm(*said, offers=offers, names=names_of(mrn, declaration), initial=initial)


@page("ask a partner")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, mrn: str) -> HttpResponse:
    """Ask a partner about a consignment, or who is named in it; sent twice, it is asked once."""
    try:
        story = story_of(mrn)
    except UnknownConsignmentError:
        raise Http404 from None
    form = ask_form(mrn, story.declaration, *([request.POST] if request.method == "POST" else []))
    if form is None:
        messages.warning(request, _("No agreement in force lets this node ask a partner."))
        return redirect("officer:consignment", mrn)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            problem = _ask(request, form.cleaned_data)
            if not problem:
                messages.success(request, _("The partner is asked. Its answer appears here."))
                return redirect("officer:consignment", mrn)
            form.add_error(None, problem)
            status = 409
        else:
            status = 422
    note_consulted(request, mrn, "officer:ask")
    return render(request, "officer/ask.html", {"form": form, "story": story}, status=status)


def _ask(request: HttpRequest, said: dict[str, Any]) -> str:
    """Ask; returns why it could not be asked, or nothing."""
    _service, uid, clause, purpose = said["service"].split("|")
    kind, _colon, value = said["about"].partition(":")
    question = Question(**{kind: value}, text=said["text"].strip())
    moment = now()
    try:
        enquire(
            actor(node(), author_of(request.user), moment), uid, clause, question, purpose, once=said["token"]
        )
    except OvertakenError:
        return _("It was asked already, or what is agreed has changed meanwhile. Look again.")
    except ExchangeError as error:
        return str(error)
    return ""


@page("see a consignment")
@require_safe
def proof(request: HttpRequest, mrn: str, position: int) -> HttpResponse:
    """Give the proof that what a partner said is in the journal."""
    try:
        story: Story = story_of(mrn)
    except UnknownConsignmentError:
        raise Http404 from None
    said = said_about(names_of(mrn, story.declaration))
    positions = {one.position for one in said} | {answer.position for one in said for answer in one.answers}
    if position not in positions:
        raise Http404
    note_consulted(request, mrn, "officer:partner")
    text = prove_entry(node().journal, position, node().checkpoint())
    name = f'attachment; filename="{mrn}-{position}.proof.txt"'
    return HttpResponse(
        text.encode(), content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name}
    )
