"""Everything that is an operator's in one file: consignments, what happened, what was sent and told."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec
from django.http import Http404, StreamingHttpResponse
from django.views.decorators.http import require_safe

from tidegate.acts import ChannelAssigned, DeclarationAssessed
from tidegate.clearance import acts_about, holdings, tax_lines
from tidegate.journal import AttachmentErasedError
from tidegate_web.access import credentials
from tidegate_web.desks.officer.story import reading
from tidegate_web.desks.trader.models import Draft
from tidegate_web.desks.trader.uploading import listed
from tidegate_web.desks.trader.whose import own_client
from tidegate_web.hearing import notices
from tidegate_web.node import node, now
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from tidegate.acts import Act
    from tidegate.clearance import Holding
    from tidegate.journal import Entry
    from tidegate_web.access.client import Client

_AT_ONCE = 200
# What the operator concerned is not told: how it was scored and selected.
_KEPT_BACK = ("score", "reasons", "further_reasons", "stratum", "grounds", "probability")
_ENCODER = msgspec.json.Encoder(decimal_format="string")
_HEAD = ("mrn", "lrn", "declarant", "type", "lodged", "state", "waits", "owed")
_WORDS = """What this file has

consignments.csv        one line a consignment of yours, the latest first
consignments/MRN.json   what happened to it, act by act, in order
sent/MRN-POSITION-N     what you sent with an act, as it came
notices.jsonl           what customs told you, in order
uploads.json            your uploads of low-value consignments
keys.json               your credentials, without their secrets
drafts.json             declarations that you have not lodged yet

How customs scored and selected consignments is not told.
"""


@page("see own consignments")
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Give everything that is the operator's as a zip file, written as it is sent."""
    client = own_client(request)
    if not client.operator:
        raise Http404
    answer = StreamingHttpResponse(_zipped(client), content_type="application/zip")
    name = f"tidegate-{client.operator}-{now():%Y%m%d}.zip"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class _Passing(io.RawIOBase):
    """Where a zip file is written to and taken from piece by piece, so that it is never whole in memory."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Keep a piece."""
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since it was last taken."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _zipped(client: Client) -> Iterator[bytes]:
    passing = _Passing()
    with zipfile.ZipFile(passing, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(client):
            archive.writestr(name, content)
            yield passing.taken()
    yield passing.taken()


def _files(client: Client) -> Iterator[tuple[str, bytes]]:
    """Yield the files one after another: their names and contents."""
    yield "READ-ME.txt", _WORDS.encode()
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(_HEAD)
    for one in _held(client):
        rows.writerow([_harmless(getattr(one, name)) for name in _HEAD])
        yield from _of_one(client, one.mrn)
    yield "consignments.csv", table.getvalue().encode()
    yield "notices.jsonl", b"".join(_heard(client))
    yield "uploads.json", _ENCODER.encode(listed(client))
    yield "keys.json", _ENCODER.encode(credentials.shown_of(client.operator))
    drafts = [one.data for one in Draft.objects.filter(operator=client.operator, mrn="")]
    yield "drafts.json", _ENCODER.encode(drafts)


def _held(client: Client) -> Iterator[Holding]:
    before = None
    numbers = sorted(client.numbers)
    while True:
        with closing(reading()) as tables:
            rows = holdings(tables, numbers, before=before, limit=_AT_ONCE)
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        before = (rows[-1].lodged, rows[-1].mrn)


def _of_one(client: Client, mrn: str) -> Iterator[tuple[str, bytes]]:
    journal = node().journal
    own = {f"operator:{number}" for number in client.numbers}
    acts = []
    for entry, act in acts_about(journal, mrn):
        if isinstance(act, ChannelAssigned):
            continue
        acts.append(_told(entry, act, own))
        if entry.author not in own:
            continue
        for n, digest in enumerate(entry.attachments):
            try:
                yield f"sent/{mrn}-{entry.position}-{n}", journal.attachment(digest)
            except AttachmentErasedError:
                continue
    yield f"consignments/{mrn}.json", _ENCODER.encode({"mrn": mrn, "acts": acts})


def _told(entry: Entry, act: Act | None, own: set[str]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if act is not None:
        if isinstance(act, DeclarationAssessed):
            act = msgspec.structs.replace(act, taxes=tax_lines(node().journal, entry, act))
        said = msgspec.json.decode(_ENCODER.encode(act))
    return {
        "position": entry.position,
        "kind": entry.kind,
        "occurred": entry.occurred,
        "recorded": entry.recorded,
        "by": entry.author if entry.author in own else "customs",
        "act": {name: value for name, value in said.items() if name not in _KEPT_BACK},
    }


def _heard(client: Client) -> Iterator[bytes]:
    cursor = 0
    while True:
        found = notices(client, cursor, _AT_ONCE)
        for one in found:
            told = {"position": one.position, "occurred": one.occurred, "notice": one.act}
            yield _ENCODER.encode(told) + b"\n"
        if len(found) < _AT_ONCE:
            return
        cursor = found[-1].position + 1


def _harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
