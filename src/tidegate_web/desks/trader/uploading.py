"""Uploads: declarations as files, and tables of low-value consignments, through the same doors as the API."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.clearance.bulk import KEPT_BACK, RESULT_COLUMNS, findings_of_rows, result_lines
from tidegate.declarations.reduced_reading import BadUploadError, format_of
from tidegate.node.bulk_spool import Begun, UploadRefusedError
from tidegate_web.bulk.uploads import check_taken, others, own, reading, shown, spool
from tidegate_web.desks.trader.whose import own_client, why_not
from tidegate_web.node import node, now
from tidegate_web.people.pages import page
from tidegate_web.taking import Refused, read, take

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from tidegate.node.bulk_spool import Standing
    from tidegate_web.access.client import Client
    from tidegate_web.bulk.answers import UploadShown

_MOST_FILES = 10
_ROWS = 100
_NAME_OCTETS = 16
_ENDED = ("decided", "failed")
_PAYMENTS = ("", "A", "E")


@page("lodge a declaration")
@require_http_methods(["GET", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """Take files in, and list the uploads of tables."""
    client = own_client(request)
    results: list[dict[str, Any]] = []
    problem, status = "", 200
    if request.method == "POST":
        files = request.FILES.getlist("files")
        problem = why_not(client) or _counted(len(files))
        tables = [one for one in files if _is_table(one.name)]
        if not problem and len(tables) == len(files) == 1:
            problem, upload = _table(client, files[0], request.POST.get("payment", ""))
            if not problem:
                return redirect("trader:upload", upload)
        elif not problem and tables:
            problem = _("Send a table alone, and declarations apart from it.")
        elif not problem:
            results = [_declaration(client, one.name, one.read()) for one in files]
        status = 422 if problem else 200
    said = {
        "results": results,
        "problem": problem,
        "uploads": listed(client),
        "bulk": node().bulk_terms is not None,
        "why_not": why_not(client),
        "octets": node().configuration.max_message_octets,
    }
    return render(request, "trader/uploads.html", said, status=status)


@page("lodge a declaration")
@require_http_methods(["POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an upload that a page sends in pieces; the answer says where they go."""
    client = own_client(request)
    problem, name = why_not(client), ""
    if not problem:
        problem, name = _begun(client, request.POST.get("name", "")[:200], request.POST.get("payment", ""))
    if problem:
        return JsonResponse({"problem": problem}, status=422)
    return JsonResponse({"upload": name, "piece": min(node().configuration.max_message_octets, 2**20)})


@page("lodge a declaration")
@require_http_methods(["POST"])
def octets(request: HttpRequest, upload: str) -> HttpResponse:
    """Add a piece to an upload at the offset that it is said to have."""
    _own_or_404(request, upload)
    said = request.headers.get("Upload-Offset", "")
    if not said.isascii() or not said.isdigit():
        return JsonResponse({"problem": _("Say where the piece belongs.")}, status=400)
    try:
        return JsonResponse({"offset": spool().take(upload, int(said), [request.body])})
    except UploadRefusedError as error:
        return JsonResponse({"problem": str(error), **error.fields}, status=409)


@page("lodge a declaration")
@require_http_methods(["POST"])
def complete(request: HttpRequest, upload: str) -> HttpResponse:
    """Say that all of an upload came in; from then on customs reads it."""
    standing = _own_or_404(request, upload)
    try:
        spool().complete(upload, standing.offset, now())
    except UploadRefusedError as error:
        messages.error(request, str(error))
    return redirect("trader:upload", upload)


@page("see own consignments")
@require_safe
def upload(request: HttpRequest, upload: str) -> HttpResponse:
    """Show how far an upload is, and what is wrong with which rows; it renews itself until all is decided."""
    standing = shown(_own_or_404(request, upload))
    said = request.GET.get("after", "0")
    after = int(said) if said.isascii() and said.isdigit() and len(said) < 15 else 0  # noqa: PLR2004 - digits
    rows: tuple[Any, ...] = ()
    if standing.rows:
        with reading() as tables:
            rows = tuple(findings_of_rows(tables, node().journal, upload, after=after, limit=_ROWS))
    context = {
        "one": standing,
        "moving": standing.state not in (*_ENDED, "receiving"),
        "share": round(100 * standing.decided / standing.rows) if standing.rows else 0,
        "rows": rows,
        "further": rows[-1].row if len(rows) == _ROWS else None,
        "after": after,
    }
    return render(request, "trader/progress.html" if request.htmx else "trader/upload.html", context)


@page("see own consignments")
@require_safe
def result(request: HttpRequest, upload: str) -> HttpResponse | StreamingHttpResponse:
    """Give the result of each row as CSV; how rows were selected is not told."""
    _own_or_404(request, upload)
    columns = [name for name in RESULT_COLUMNS if name not in KEPT_BACK]

    def lines() -> Iterator[bytes]:
        with reading() as tables:
            yield from result_lines(tables, node().journal, [upload], columns)

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{upload}.csv"'
    return answer


def _counted(files: int) -> str:
    if not files:
        return _("Choose a file.")
    return _("At most %(n)d files at once.") % {"n": _MOST_FILES} if files > _MOST_FILES else ""


def _is_table(name: str) -> bool:
    try:
        format_of(name)
    except BadUploadError:
        return False
    return True


def _declaration(client: Client, name: str, body: bytes) -> dict[str, Any]:
    """Lodge one file; returns what became of it."""
    try:
        done = take(read(body, ("declaration",)), body, client)
    except Refused as refused:
        return {"name": name, "problem": str(refused), "findings": refused.findings}
    return {"name": name, "mrn": done.received.mrn, "repeated": done.received.repeated}


def _begun(client: Client, name: str, payment: str) -> tuple[str, str]:
    """Begin an upload of a table; returns why not, or its name."""
    try:
        check_taken()
        begun = Begun(
            upload=secrets.token_hex(_NAME_OCTETS),
            declarant=client.operator,
            format=format_of(name),
            begun=now(),
            payment_method=payment if payment in _PAYMENTS else "",
        )
        spool().begin(begun)
    except (Refused, BadUploadError, UploadRefusedError) as error:
        return str(error), ""
    return "", begun.upload


def _table(client: Client, file: Any, payment: str) -> tuple[str, str]:
    """Take a table in whole, as it came with the form."""
    problem, name = _begun(client, file.name, payment)
    if problem:
        return problem, ""
    try:
        offset = spool().take(name, 0, file.chunks())
        spool().complete(name, offset, now())
    except UploadRefusedError as error:
        return str(error), ""
    return "", name


def listed(client: Client) -> list[UploadShown]:
    """Return the operator's uploads of tables: those coming in, then the others."""
    if node().bulk_terms is None or not client.operator:
        return []
    try:
        coming = [shown(one) for one in spool().receiving(client.operator)]
        return [*coming, *others(client.operator, {one.upload for one in coming})]
    except Refused:
        return []  # the follower has not made the tables yet


def _own_or_404(request: HttpRequest, upload: str) -> Standing:
    """Return an upload of the operator that asks; another's is not found."""
    try:
        return own(upload, own_client(request).operator)
    except Refused:
        raise Http404 from None
