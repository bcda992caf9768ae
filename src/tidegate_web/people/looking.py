"""The page of an auditor: who looked at what, when, and what was done to whose access; also as files."""

from __future__ import annotations

import csv
import re
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tidegate.insight.looks import Access, Look, accesses, looks
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate_web.node import node
from tidegate_web.people.consulting import note_consulted
from tidegate_web.people.forms import LookedForm
from tidegate_web.people.models import Role
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw
    from django.http import HttpRequest

_ROWS = 50
_OF_A_FILE = 1_000  # rows read at once
_AFTER = re.compile(r"(\d{1,12}):(\d{1,12})")
_DONE = {
    "made": _("Account made"),
    "changed": _("Role or office changed"),
    "reopened": _("Account reopened"),
    "group": _("Role given by the administration's sign-in"),
    "provider": _("Bound to the administration's sign-in"),
    "closed": _("Account closed"),
    "lost": _("Role lost at the administration's sign-in"),
    "factor": _("Second factor taken away"),
    "lock": _("Lock after wrong passwords lifted"),
    "password": _("New password set"),
}
_PAGES = {
    "officer:consignment": _("Consignment"),
    "officer:attachment": _("Document"),
    "officer:ask": _("Enquiry to a partner"),
    "officer:partner": _("What a partner said"),
    "officer:correct": _("Correction"),
    "officer:parcel": _("Low-value consignment"),
    "officer:find": _("Search"),
    "partners:act": _("Act of a partner"),
    "entries:entry": _("Entry before arrival"),
    "public:answer": _("Question of the public"),
    "people:looked": _("Who looked"),
}
_COLUMNS = ("moment", "person", "role", "subject", "page", "position")


@page("see who looked")
@require_safe
def looked(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show who looked at what, the latest first, or send all of it as a file (``form=csv``)."""
    form = LookedForm(request.GET)
    if not form.is_valid():
        return render(request, "people/looked.html", {"form": form}, status=422)
    note_consulted(request, form.cleaned_data["subject"] or "all", "people:looked")
    chosen = _chosen(form.cleaned_data)
    if request.GET.get("form") == "csv":
        return StreamingHttpResponse(
            _lines(chosen),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="who-looked.csv"'},
        )
    after = _AFTER.fullmatch(request.GET.get("after", ""))
    with closing(_reading()) as connection:
        before = (int(after[1]), int(after[2])) if after else None
        rows = looks(connection, **chosen, before=before, limit=_ROWS + 1)
    kept = {name: value for name, value in form.cleaned_data.items() if value}
    last = rows[_ROWS - 1] if len(rows) > _ROWS else None
    shown = {
        "form": form,
        "rows": [_shown(one) for one in rows[:_ROWS]],
        "chosen": urlencode(kept),
        "later": after is not None,
        "further": urlencode({**kept, "after": f"{last.moment}:{last.position}"}) if last else "",
    }
    return render(request, "people/looked.html", shown)


@page("see who looked")
@require_safe
def granted(request: HttpRequest) -> HttpResponse:
    """Show what was done to whose access, the latest first."""
    after = _AFTER.fullmatch(request.GET.get("after", ""))
    person = request.GET.get("person", "")[:150]
    with closing(_reading()) as connection:
        before = (int(after[1]), int(after[2])) if after else None
        rows = accesses(connection, person=person, before=before, limit=_ROWS + 1)
    last = rows[_ROWS - 1] if len(rows) > _ROWS else None
    kept = {"person": person} if person else {}
    shown = {
        "rows": [_done(one) for one in rows[:_ROWS]],
        "person": person,
        "further": urlencode({**kept, "after": f"{last.moment}:{last.position}"}) if last else "",
    }
    return render(request, "people/granted.html", shown)


def done_to(person: str) -> list[dict[str, Any]]:
    """Return what was done to a person's access lately, as pages show it."""
    try:
        connection = _reading()
    except (TablesMissingError, TablesOutdatedError):
        return []
    with closing(connection):
        return [_done(one) for one in accesses(connection, person=person, limit=_ROWS)]


def _reading() -> apsw.Connection:
    return tables(node().reader("looks"), node().read_tables)


def _chosen(said: dict[str, Any]) -> dict[str, Any]:
    """Return the bounds of a question: whole days, in UTC."""
    since, until = said["since"], said["until"]
    return {
        "subject": said["subject"].strip(),
        "person": said["person"].strip(),
        "since": datetime.combine(since, time(), UTC) if since else None,
        "until": datetime.combine(until + timedelta(days=1), time(), UTC) if until else None,
    }


def _shown(one: Look) -> dict[str, Any]:
    return {
        "one": one,
        "when": _when(one.moment),
        "role": _role(one.role),
        "page": _PAGES.get(one.page, one.page),
    }


def _done(one: Access) -> dict[str, Any]:
    return {
        "one": one,
        "when": _when(one.moment),
        "what": _DONE.get(one.what, one.what),
        "role": _role(one.role),
    }


def _when(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def _role(role: str) -> Any:
    return Role(role).label if role in Role.values else role


class _Line:
    """What `csv` writes to: it gives each line back."""

    @staticmethod
    def write(line: str) -> str:
        return line


def _lines(chosen: dict[str, Any]) -> Iterator[str]:
    """Yield a file line by line; the tables are read in parts, and held no longer than a part takes."""
    writer = csv.writer(_Line())
    yield writer.writerow(_COLUMNS)
    before: tuple[int, int] | None = None
    while True:
        with closing(_reading()) as connection:
            rows = looks(connection, **chosen, before=before, limit=_OF_A_FILE)
        for one in rows:
            yield writer.writerow(
                [_when(one.moment).isoformat(), one.person, one.role, one.subject, one.page, one.position]
            )
        if len(rows) < _OF_A_FILE:
            return
        before = rows[-1].moment, rows[-1].position
