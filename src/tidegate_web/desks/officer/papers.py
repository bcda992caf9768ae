"""The documents of a consignment: which there are, from whom, by which digest, and how they are looked at.

A picture is shown in place; plain text opens on a page of its own; all else is saved as a file. What is shown
comes with a policy that lets it load and run nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tidegate.acts import ControlRecorded, DocumentsDelivered
from tidegate.clearance import acts_about
from tidegate.journal import AttachmentErasedError
from tidegate_web.door.papers import media_of
from tidegate_web.node import node
from tidegate_web.people.consulting import note_consulted
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from tidegate.acts import Act
    from tidegate.journal import Entry

SANDBOX = "sandbox; default-src 'none'"
# What an act of these kinds attaches, in words.
_ATTACHED = {
    "declaration.lodged": gettext_lazy("The declaration as it came"),
    "declaration.amended": gettext_lazy("The declaration as amended"),
    "amendment.requested": gettext_lazy("A request for changes, as it came"),
    "invalidation.requested": gettext_lazy("A request to end it, as it came"),
    "documents.delivered": gettext_lazy("Document"),
    "documents.supplied": gettext_lazy("Document"),
    "control.recorded": gettext_lazy("Photograph"),
}
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif",
            "text/plain": "txt"}  # fmt: skip
_IN_PLACE = ("image/jpeg", "image/png", "text/plain")


class Paper(msgspec.Struct, frozen=True):
    """A document: where it lies, what it is, from whom; ``octets`` 0 where that was not told."""

    position: int
    n: int
    what: str
    name: str
    kind: str
    media: str
    octets: int
    digest: str
    occurred: datetime
    author: str
    picture: bool


def papers_of(acts: Iterable[tuple[Entry, Act | None]]) -> list[Paper]:
    """Return the documents that acts about a consignment attach, in their order."""
    return [
        _paper(entry, act, n)
        for entry, act in acts
        if entry.kind in _ATTACHED
        for n in range(len(entry.attachments))
    ]


def _paper(entry: Entry, act: Act | None, n: int) -> Paper:
    told = act.files[n] if isinstance(act, DocumentsDelivered) and n < len(act.files) else None
    media = told.media if told is not None else ""
    return Paper(
        position=entry.position,
        n=n,
        what=str(_ATTACHED[entry.kind]),
        name=told.name if told is not None else "",
        kind=told.type if told is not None else "",
        media=media,
        octets=told.octets if told is not None else 0,
        digest=entry.attachments[n],
        occurred=entry.occurred,
        author=entry.author,
        picture=isinstance(act, ControlRecorded) or media in ("image/jpeg", "image/png"),
    )


@page("see a consignment")
@require_safe
def attachment(request: HttpRequest, mrn: str, position: int, n: int) -> HttpResponse:
    """Give what is attached to an act: a picture or plain text to look at, anything else as a file."""
    note_consulted(request, mrn, "officer:attachment")
    attached = attached_to(mrn, position)
    if n >= len(attached):
        raise Http404
    try:
        content = node().journal.attachment(attached[n])
    except AttachmentErasedError:
        messages.warning(request, _("What was attached has been erased."))
        return redirect("officer:consignment", mrn)
    return shown(content, f"{mrn}-{position}-{n + 1}")


def shown(content: bytes, name: str) -> HttpResponse:
    """Return a document as an answer that runs nothing: in place where it can be, else as a file."""
    media = media_of(content) or _begins(content) or "application/octet-stream"
    if media == "text/plain" and content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        media = "application/octet-stream"
    way = "inline" if media in _IN_PLACE else "attachment"
    ending = _ENDINGS.get(media, "xml" if content.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<") else "bin")
    headers = {
        "Content-Disposition": f'{way}; filename="{name}.{ending}"',
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
    }
    charset = "; charset=utf-8" if media == "text/plain" else ""
    return HttpResponse(content, content_type=media + charset, headers=headers)


def _begins(content: bytes) -> str:
    """Return the type of a picture that is not whole: what came is shown all the same."""
    marks = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
    return next((media for mark, media in marks if content.startswith(mark)), "")


def attached_to(mrn: str, position: int) -> tuple[str, ...]:
    """Return the attachments of an act about a consignment; another consignment's act is not found."""
    for entry, _act in acts_about(node().journal, mrn):
        if entry.position == position:
            return entry.attachments
    raise Http404
