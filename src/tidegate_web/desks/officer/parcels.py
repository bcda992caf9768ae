"""Low-value consignments at the officer's desk: rows to control, uploads to pay, and one row."""

from __future__ import annotations

import re
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.clearance import OvertakenError, RefusedActError, UnknownConsignmentError
from tidegate.clearance.bulk import (
    BulkReader,
    count_to_control,
    pay_upload,
    record_row_control,
    row_as_stored,
    row_state,
    rows_to_control,
    upload_status,
    uploads_to_pay,
)
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate_web.desks.officer.forms import OutcomeForm
from tidegate_web.desks.saying import TASKS
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of, note_consulted
from tidegate_web.people.pages import page
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    import apsw
    from django.http import HttpRequest, HttpResponse

    from tidegate.clearance.bulk import RowToControl

_ROWS = 50
_AFTER = re.compile(r"(\d{1,12}):(\d{1,6})", re.ASCII)
# The columns of a row that an officer reads, in their order, and how they are called.
_STATED = {
    "lrn": gettext_lazy("Trader's reference"),
    "transport_document": gettext_lazy("Transport document"),
    "ucr": gettext_lazy("UCR"),
    "description": gettext_lazy("Goods"),
    "commodity": gettext_lazy("Code"),
    "origin": gettext_lazy("Origin"),
    "item_amount": gettext_lazy("Price"),
    "currency": gettext_lazy("Currency"),
    "gross_mass": gettext_lazy("Gross mass"),
    "packages": gettext_lazy("Packages"),
    "importer": gettext_lazy("Importer"),
    "exporter": gettext_lazy("Exporter"),
    "seller": gettext_lazy("Seller"),
    "procedure": gettext_lazy("Procedure"),
    "additional_procedure": gettext_lazy("Additional procedure"),
    "fiscal_reference": gettext_lazy("Fiscal reference"),
}


class RowControlForm(OutcomeForm):
    """What the control of a low-value consignment found."""


class UploadPaymentForm(forms.Form):
    """The payment of what an upload owes before release, in one sum."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=Decimal("0.01"), max_digits=16, decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "decimal", "step": "any"}),
    )  # fmt: skip
    reference = forms.CharField(label=gettext_lazy("Reference of the payment"), max_length=35)


def bulk_tables() -> apsw.Connection | None:
    """Return the tables of low-value consignments, which the caller closes; None until they are made."""
    try:
        return tables(BulkReader(), node().read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return None


@page("see the queue")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Show the rows that wait for a control and the uploads that wait for payment, the oldest first."""
    said = _AFTER.fullmatch(request.GET.get("after", ""))
    after = (int(said[1]), int(said[2])) if said else (-1, -1)
    connection = bulk_tables()
    if connection is None:
        return render(request, "officer/parcels.html", {"rows": [], "uploads": [], "count": 0})
    with closing(connection):
        found = rows_to_control(connection, node().working_tables, after=after, limit=_ROWS + 1)
        decided = {one.lodged: _decided_at(connection, one.lodged) for one in found[:_ROWS]}
        count = count_to_control(connection, node().working_tables)
        uploads = [(one, upload_status(connection, one.upload)) for one in uploads_to_pay(connection)]
    batches = {
        lodged: row_as_stored(node().journal, at, [one.place for one in found if one.lodged == lodged])
        for lodged, at in decided.items()
    }
    shown = {
        "rows": [_row(one, batches[one.lodged].get(one.place, {})) for one in found[:_ROWS]],
        "further": f"{found[_ROWS - 1].lodged}:{found[_ROWS - 1].place}" if len(found) > _ROWS else "",
        "uploads": [{"one": one, "status": status} for one, status in uploads],
        "count": count,
    }
    return render(request, "officer/parcels.html", shown)


def waiting_rows() -> int:
    """Return how many rows wait for a control."""
    connection = bulk_tables()
    if connection is None:
        return 0
    with closing(connection):
        return count_to_control(connection, node().working_tables)


def _row(one: RowToControl, decision: dict[str, Any]) -> dict[str, Any]:
    task = "goods" if decision.get("channel") == "red" else "documents"
    return {"one": one, "decision": decision, "label": TASKS[task]}


def _decided_at(connection: apsw.Connection, lodged: int) -> int:
    row = connection.execute("SELECT decided FROM parts WHERE lodged = ?", (lodged,)).fetchone()
    return -1 if row is None or row[0] is None else int(row[0])


@page("see a consignment")
@require_safe
def parcel(request: HttpRequest, lodged: int, place: int) -> HttpResponse:
    """Show one low-value consignment: what was stated, what was decided, what became of it."""
    return _show(request, lodged, place)


def _show(
    request: HttpRequest, lodged: int, place: int, *, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    connection = bulk_tables()
    if connection is None:
        raise Http404
    with closing(connection):
        state = row_state(connection, node().journal, lodged, place)
        if state is None:
            return render(request, "officer/unknown.html", {"mrn": f"{lodged}#{place}"}, status=404)
        upload = upload_status(connection, state.upload)
    note_consulted(request, state.reference, "officer:parcel")
    stated = row_as_stored(node().journal, lodged, [place]).get(place, {})
    acts = may(request.user, "record a control")
    if form is None and acts and state.decision["waits"] == "control" and state.control is None:
        form = RowControlForm(auto_id="control_%s")
    shown = {
        "state": state,
        "decision": state.decision,
        "stated": [(label, stated[name]) for name, label in _STATED.items() if stated.get(name)],
        "upload": upload,
        "lodged": lodged,
        "place": place,
        "form": form,
        "acts": acts,
    }
    return render(request, "officer/parcel.html", shown, status=status)


@page("record a control")
@require_http_methods(["GET", "POST"])
def control(request: HttpRequest, lodged: int, place: int) -> HttpResponse:
    """Record what the control of a row found, once."""
    if request.method == "GET":
        return redirect("officer:parcel", lodged, place)
    form = RowControlForm(request.POST, auto_id="control_%s")
    if not form.is_valid():
        return _show(request, lodged, place, form=form, status=422)
    said = form.cleaned_data
    try:
        record_row_control(
            node().journal, (lodged, place), now(), author_of(request.user),
            outcome=said["outcome"], found=said["found"].strip(),
        )  # fmt: skip
    except UnknownConsignmentError:
        raise Http404 from None
    except OvertakenError as error:
        form.add_error(None, _first(error))
        return _show(request, lodged, place, form=form, status=409)
    except RefusedActError as error:
        form.add_error(None, str(error))
        return _show(request, lodged, place, form=form, status=409)
    messages.success(request, _("The control is recorded."))
    return redirect("officer:parcel", lodged, place)


def _first(error: OvertakenError) -> str:
    """Tell who was first, and when."""
    entry = node().journal.read(int(error.fields["position"]), 1)[0]
    who = entry.author.partition(":")[2] or entry.author
    said = {"who": who, "when": f"{entry.occurred:%H:%M:%S}"}
    return _("Somebody was first: recorded at %(when)s by %(who)s.") % said


@page("record a payment")
@require_http_methods(["GET", "POST"])
def payment(request: HttpRequest, upload: str) -> HttpResponse:
    """Show what an upload owes before release, and record that it was paid, once."""
    connection = bulk_tables()
    if connection is None:
        raise Http404
    with closing(connection):
        status = upload_status(connection, upload)
    if status is None:
        return render(request, "officer/unknown.html", {"mrn": upload[:35]}, status=404)
    first = {"amount": status.due_now}
    form = UploadPaymentForm(request.POST or None, initial=first, auto_id="payment_%s")
    code = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                pay_upload(node().journal, upload, now(), author_of(request.user), **form.cleaned_data)
            except OvertakenError as error:
                form.add_error(None, _first(error))
                code = 409
            except RefusedActError as error:
                form.add_error(None, str(error))
                code = 409
            else:
                messages.success(request, _("The payment is recorded."))
                return redirect("officer:parcels")
        else:
            code = 422
    return render(request, "officer/upload.html", {"status": status, "form": form}, status=code)
