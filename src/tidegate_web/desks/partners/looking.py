"""What is looked at: partners, one of them, an agreement, acts behind a figure, one act with its proof."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tidegate.exchange import Happened, flows, happened, open_enquiries, standing_of, waiting_messages
from tidegate.exchange.drafting import PARTNER_KEY
from tidegate.exchange.dry_run import dry_run
from tidegate.exchange.rendering import agreement_key as pseudonym_key
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate.journal.proving import prove_entry
from tidegate_web.desks.partners.saying import HAPPENED, STATES, reason_words
from tidegate_web.desks.partners.telling import clauses_of, said_in
from tidegate_web.node import node, now
from tidegate_web.people.consulting import note_consulted
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    import apsw
    from django.http import HttpRequest

    from tidegate.exchange import Held, Partner, Standing
    from tidegate.journal import Entry

_DAYS = 7
_ROWS = 50
_SMALL = 200_000  # acts of a journal in which a dry run is a matter of seconds
_REFUSED = frozenset({"refused_here", "refused_there", "parcel_refused"})
_TRIED = timedelta(hours=1)  # what a dry run looks at here: some seconds of work at most


def _reading() -> apsw.Connection | None:
    """Return a connection to what happened between nodes, None before it was first followed."""
    held = node()
    held.join_exchange()
    if not any(reader.name == "exchange" for reader in held.readers):
        return None
    try:
        return tables(held.reader("exchange"), held.read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return None


def _since() -> str:
    return (now() - timedelta(days=_DAYS - 1)).date().isoformat()


@page("see partners")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show who the partners are, and what went out and came in with each in the last days."""
    standing = standing_of(node().journal)
    connection = _reading()
    counted: Counter[tuple[str, str]] = Counter()
    waiting: Counter[str] = Counter()
    asked: list[dict[str, object]] = []
    if connection is not None:
        with closing(connection):
            for flow in flows(connection, _since()):
                counted[flow.partner, flow.what] += flow.count
            for (partner_, _uid), count in waiting_messages(connection).items():
                waiting[partner_] += count
            asked = open_enquiries(connection)
    rows = [
        {
            "partner": one,
            "trust": _trust(one),
            "in_force": _in_state(standing, one, "signed"),
            "offered": _in_state(standing, one, "proposed"),
            "count": {what: counted[one.name, what] for what in HAPPENED},
            "waiting": waiting[one.name],
            "ours": sum(one.name == each["partner"] for each in asked),
            "theirs": sum(one.name == each["by"] for each in asked),
        }
        for one in standing.partners.values()
    ]
    shown = {"rows": rows, "days": _DAYS, "making": connection is None}
    return render(request, "partners/list.html", shown)


@page("see partners")
@require_safe
def partner(request: HttpRequest, name: str) -> HttpResponse:
    """Show one partner: agreements, what waits, what was refused and why, and what happened last."""
    standing = standing_of(node().journal)
    known = standing.partners.get(name)
    if known is None:
        raise Http404
    lately: list[Happened] = []
    refused: list[dict[str, Any]] = []
    asked: list[dict[str, Any]] = []
    waiting: dict[tuple[str, str], int] = {}
    counts: Counter[str] = Counter()
    connection = _reading()
    if connection is not None:
        with closing(connection):
            lately = happened(connection, name, limit=25)
            told = [flow for flow in flows(connection, _since()) if flow.partner == name]
            waiting = waiting_messages(connection)
            asked = [_question(one, name) for one in open_enquiries(connection) if name in _parties(one)]
        for flow in told:
            counts[flow.what] += flow.count
        refused = [
            {"flow": flow, "side": HAPPENED[flow.what], "why": reason_words(flow.reason)}
            for flow in told
            if flow.what in _REFUSED
        ]
    held = [one for _uid, one in sorted(standing.agreements.items()) if one.partner == name]
    shown = {
        "partner": known,
        "trust": _trust(known),
        "agreements": [_agreement(one, waiting.get((name, one.uid), 0)) for one in held],
        "counts": [(what, HAPPENED[what], counts[what]) for what in HAPPENED if counts[what]],
        "refused": refused,
        "asked": asked,
        "lately": [_line(one) for one in lately],
        "days": _DAYS,
    }
    return render(request, "partners/partner.html", shown)


@page("see partners")
@require_safe
def agreement(request: HttpRequest, uid: str) -> HttpResponse:
    """Show an agreement clause by clause; on wish, what it would have let out of the last days."""
    held = standing_of(node().journal).agreements.get(uid)
    if held is None:
        raise Http404
    version = held.versions[max(held.versions)]
    moment = now()
    small = node().journal.size <= _SMALL
    tried = None
    if "tried" in request.GET and small:
        within = (moment - _TRIED, moment)
        key = pseudonym_key(node().key, uid)
        tried = dry_run(node().journal, version.agreement, node().origin, key, within)
    shown = {
        "held": held,
        "version": version,
        "agreement": version.agreement,
        "state": STATES[held.state],
        "waits_for_us": version.agreement.version > held.signed and version.by != node().origin,
        "clauses": clauses_of(version.agreement, node().origin),
        "tried": tried,
        "small": small,
    }
    return render(request, "partners/agreement.html", shown)


@page("see partners")
@require_safe
def acts(request: HttpRequest) -> HttpResponse:
    """List the acts behind a figure: with one partner (the first, where none is named), of one kind."""
    known = list(standing_of(node().journal).partners)
    name = request.GET.get("partner", "") or next(iter(known), "")
    what, before = request.GET.get("what", ""), request.GET.get("before", "")
    if (name and name not in known) or (what and what not in HAPPENED):
        raise Http404
    connection = _reading()
    found: list[Happened] = []
    if connection is not None:
        with closing(connection):
            limit = int(before) if before.isdecimal() and len(before) < 16 else None  # noqa: PLR2004 - digits of a position
            found = happened(connection, name, what, limit, _ROWS)
    shown = {
        "name": name,
        "what": what,
        "title": HAPPENED[what] if what else _("All acts"),
        "rows": [_line(one) for one in found],
        "tabs": HAPPENED.items(),
        "further": found[-1].position if len(found) == _ROWS else None,
    }
    return render(request, "partners/acts.html", shown)


@page("see partners")
@require_safe
def act(request: HttpRequest, position: int) -> HttpResponse:
    """Show one act between nodes: what was said, under which clause, and the receipt for it."""
    entry, name = _entry(position)
    note_consulted(request, f"partner:{name}", "partners:act")
    shown = {"entry": entry, "name": name, **said_in(node(), entry, name)}
    return render(request, "partners/act.html", shown)


@page("see partners")
@require_safe
def proof(request: HttpRequest, position: int) -> HttpResponse:
    """Give the proof that an act between nodes is in the journal."""
    del request
    _entry(position)
    text = prove_entry(node().journal, position, node().checkpoint())
    return HttpResponse(
        text.encode(),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="exchange-{position}.proof.txt"'},
    )


def _entry(position: int) -> tuple[Entry, str]:
    """Return an act with a partner, and the partner's name; another act is none that is shown here."""
    found = node().journal.read(position, 1) if position < node().journal.size else []
    names = [
        key.removeprefix(PARTNER_KEY) for one in found for key in one.keys if key.startswith(PARTNER_KEY)
    ]
    if not names:
        raise Http404
    return found[0], names[0]


def _trust(one: Partner) -> tuple[str, str]:
    if one.trusted:
        return _("trusted"), "green"
    return (_("revoked"), "red") if one.revoked else (_("not trusted yet"), "yellow")


def _in_state(standing: Standing, one: Partner, state: str) -> int:
    return sum(held.partner == one.name and held.state == state for held in standing.agreements.values())


def _agreement(held: Held, waiting: int) -> dict[str, Any]:
    version = held.versions[max(held.versions)]
    return {
        "held": held,
        "agreement": version.agreement,
        "state": STATES[held.state],
        "waiting": waiting,
        "waits_for_us": version.agreement.version > held.signed and version.by != node().origin,
        "suspended_by": ", ".join(sorted(held.suspended_by)),
    }


def _parties(one: dict[str, object]) -> tuple[object, object]:
    return one["by"], one["partner"]


def _question(one: dict[str, object], name: str) -> dict[str, Any]:
    theirs = one["by"] == name
    due = datetime.fromisoformat(str(one["due"])) if one["due"] else None
    return {
        "one": one,
        "who": _("The partner waits for our answer") if theirs else _("We wait for the partner's answer"),
        "due": due,
        "late": due is not None and due < now(),
    }


def _line(one: Happened) -> dict[str, Any]:
    return {
        "one": one,
        "what": HAPPENED[one.what],
        "why": reason_words(one.reason) if one.what in _REFUSED else one.reason,
        "when": datetime.fromtimestamp(one.at, UTC),
    }
