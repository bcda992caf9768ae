"""What an officer does: said in a form, bound to what the officer saw, told by the journal who came first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.clearance import (
    OvertakenError,
    RefusedActError,
    UnknownConsignmentError,
    acts_about,
    answer_inventory,
    answer_query,
    arrive,
    consignment_now,
    decide_review,
    invalidate_cleared,
    order_control,
    override_assessment,
    record_control,
    record_documents,
    record_payment,
    refer,
    request_documents,
)
from tidegate.clearance.acting import consignment_as_seen
from tidegate.clearance.relining import lines_now, with_amounts
from tidegate_web.desks.officer.looking import form_of, show
from tidegate_web.desks.saying import KINDS
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from tidegate.journal import SqliteJournal


@page("record a control")
@require_http_methods(["GET", "POST"])
def control(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record what a control found."""

    def record(said: dict[str, Any]) -> int:
        return record_control(
            *who(request, mrn),
            outcome=said["outcome"],
            found=said["found"].strip(),
            hours=float(said["hours"] or 0),
            photographs=said["photographs"],
            seen=said["seen"],
        )

    return done(request, mrn, "control", record, _("The control is recorded."))


@page("record a control")
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, mrn: str) -> HttpResponse:
    """Order a control on grounds of one's own."""

    def record(said: dict[str, Any]) -> int:
        return order_control(*who(request, mrn), **said)

    return done(request, mrn, "order", record, _("The control is ordered."))


@page("refer a consignment")
@require_http_methods(["GET", "POST"])
def referral(request: HttpRequest, mrn: str) -> HttpResponse:
    """Refer a consignment to somebody else."""

    def record(said: dict[str, Any]) -> int:
        return refer(*who(request, mrn), **said)

    return done(request, mrn, "referral", record, _("The consignment is referred."))


@page("ask for documents")
@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest, mrn: str) -> HttpResponse:
    """Ask the trader for documents."""

    def record(said: dict[str, Any]) -> int:
        return request_documents(*who(request, mrn), **said)

    return done(request, mrn, "documents", record, _("The trader is asked for documents."))


@page("ask for documents")
@require_http_methods(["GET", "POST"])
def examined(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record that the documents handed in were examined, so that release waits for them no longer."""

    def record(said: dict[str, Any]) -> int:
        return record_documents(*who(request, mrn), **said)

    return done(request, mrn, "examined", record, _("The documents are examined."))


@page("record an arrival")
@require_http_methods(["GET", "POST"])
def arrival(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record that goods arrived."""

    def record(said: dict[str, Any]) -> int:
        return arrive(*who(request, mrn), **said)

    return done(request, mrn, "arrival", record, _("The arrival is recorded."))


@page("override an assessment")
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, mrn: str) -> HttpResponse:
    """Put other amounts in the place of those that were worked out."""
    return done(request, mrn, "override", _overriding(request, mrn), _("The assessment is overridden."))


@page("override an assessment")
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, mrn: str) -> HttpResponse:
    """Put the amounts that a review which changed a decision comes to, once."""
    return done(request, mrn, "follow", _overriding(request, mrn), _("The changed decision is in effect."))


def _overriding(request: HttpRequest, mrn: str) -> Callable[[dict[str, Any]], int]:
    def record(said: dict[str, Any]) -> int:
        journal, _mrn, moment, author = who(request, mrn)
        lines, reason = lines_now(journal, mrn), said["reason"].strip()
        put = {
            (line.item, line.type): said[name]
            for line in lines
            if (name := f"{line.item}-{line.type}") in said and said[name] != line.amount
        }
        taxes = with_amounts(lines, put, consignment_now(journal, mrn)[0].currency, reason)
        return override_assessment(
            journal,
            mrn,
            moment,
            author,
            taxes=taxes,
            reason=reason,
            review=said.get("review"),
            seen=said["seen"],
        )

    return record


@page("decide a review")
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record what a review came to."""

    def record(said: dict[str, Any]) -> int:
        return decide_review(*who(request, mrn), **{**said, "text": said["text"].strip()})

    return done(request, mrn, "review", record, _("The review is decided."))


@page("record a payment")
@require_http_methods(["GET", "POST"])
def payment(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record money that came in for a consignment."""

    def record(said: dict[str, Any]) -> int:
        currency = consignment_now(node().journal, mrn)[0].currency
        return record_payment(*who(request, mrn), **said, currency=currency)

    return done(request, mrn, "payment", record, _("The payment is recorded."))


@page("answer a query")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record what was answered to the question of another authority."""

    def record(said: dict[str, Any]) -> int:
        return answer_query(*who(request, mrn), **said)

    return done(request, mrn, "answer", record, _("The answer is recorded."))


@page("record an arrival")
@require_http_methods(["GET", "POST"])
def inventory(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record that the port's inventory matches what was declared."""

    def record(said: dict[str, Any]) -> int:
        return answer_inventory(*who(request, mrn), **said, matched=True)

    return done(request, mrn, "inventory", record, _("The inventory matches."))


@page("correct what is cleared")
@require_http_methods(["GET", "POST"])
def ending(request: HttpRequest, mrn: str) -> HttpResponse:
    """Put forward that a cleared declaration be ended."""

    def record(said: dict[str, Any]) -> int:
        journal, _mrn, moment, author = who(request, mrn)
        return invalidate_cleared(journal, mrn, moment, author=author, practice=node().practice, **said)

    return done(request, mrn, "ending", record, _("It is put forward that the declaration be ended."))


def who(request: HttpRequest, mrn: str) -> tuple[SqliteJournal, str, datetime, str]:
    """Return what every act of an officer begins with: where, about what, when and by whom."""
    return node().journal, mrn, now(), author_of(request.user)


def done(
    request: HttpRequest, mrn: str, name: str, record: Callable[[dict[str, Any]], int], told: str
) -> HttpResponse:
    """Do what a form says, and go back to the consignment; where it cannot be done, say why and keep all."""
    if request.method == "GET":
        return redirect("officer:consignment", mrn)
    try:
        form = form_of(name, mrn, request.POST, request.FILES)
        if form.is_valid():
            record(form.cleaned_data)
        elif "seen" in form.cleaned_data:
            # What stands has changed under the form: that comes before what is wrong in it.
            consignment_as_seen(node().journal, mrn, form.cleaned_data["seen"])
    except UnknownConsignmentError:
        raise Http404 from None
    except OvertakenError as error:
        form.add_error(None, overtaken(mrn, error))
        # What was written stays; sent again, it is about the consignment as it is now.
        form.data = form.data.copy()
        form.data["seen"] = error.fields.get("position", form.data["seen"])
        return show(request, mrn, status=409, **{name: form})
    except RefusedActError as error:
        form.add_error(None, str(error))
        return show(request, mrn, status=409, **{name: form})
    if form.errors:
        return show(request, mrn, status=422, **{name: form})
    messages.success(request, told)
    return redirect("officer:consignment", mrn)


def overtaken(mrn: str, error: OvertakenError) -> str:
    """Tell who acted first, when, and what they did."""
    for entry, _act in acts_about(node().journal, mrn):
        if entry.position == error.fields.get("position"):
            said = {
                "what": KINDS.get(entry.kind, entry.kind),
                "when": f"{entry.occurred:%H:%M:%S}",
                "who": entry.author.partition(":")[2] or entry.author,
            }
            text = _("Somebody was first: “%(what)s” at %(when)s by %(who)s. Look again before you send.")
            return text % said
    return str(error)
