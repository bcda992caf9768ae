"""Taking in the octets of an upload: straight to the disk, a piece at a time, from where it broke off."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tidegate.node.bulk_spool import UploadRefusedError
from tidegate_web.access.guard import requires
from tidegate_web.api.writing import refused, written
from tidegate_web.bulk.pieces import BrokenOffError, pieces
from tidegate_web.bulk.uploads import own, shown, spool
from tidegate_web.bulk.uploads import refused as upload_refused
from tidegate_web.node import node
from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tidegate_web.bulk.answers import UploadShown

_COMING = threading.BoundedSemaphore(8)  # uploads that may come in at once in one worker


@csrf_exempt
@require_http_methods(["PUT"])
@requires("bulk:write")
def octets(request: HttpRequest, upload: str) -> HttpResponse:
    """Add the body to an upload at `Upload-Offset`; what came in stays, also where the body breaks off.

    The answer's `offset` is where to go on. Where another offset is right, that is said too.
    """
    operator: str = request.client.operator  # type: ignore[attr-defined] # put there by `requires`
    try:
        return written(_taken(request, upload, operator))
    except UploadRefusedError as error:
        answer = refused(request, upload_refused(error))
        if "offset" in error.fields:
            answer["Upload-Offset"] = str(error.fields["offset"])
    except Refused as no:
        answer = refused(request, no)
    except BrokenOffError as error:
        answer = refused(request, Refused(error.status, error.code, str(error)))
    answer["Connection"] = "close"  # octets of the body may still be on their way
    return answer


octets.streams = True  # type: ignore[attr-defined] # the edge leaves the body alone


def _taken(request: HttpRequest, upload: str, operator: str) -> UploadShown:
    own(upload, operator)
    offset = _number(request.headers.get("Upload-Offset", ""), "Upload-Offset")
    length = _number(request.META.get("CONTENT_LENGTH") or "", "Content-Length")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(415, "encoded", "Send the octets as they are: compressed bodies are not read.")
    if not _COMING.acquire(blocking=False):
        raise Refused(503, "busy", "Too many uploads are coming in. Come again.", retry_after=5)
    try:
        stream = request.environ["wsgi.input"]  # type: ignore[attr-defined] # a WSGI request
        spool().take(upload, offset, pieces(stream, length, node().configuration.body_seconds))
    finally:
        _COMING.release()
    return shown(own(upload, operator))


def _number(said: str, name: str) -> int:
    if not said.isascii() or not said.isdigit():
        raise Refused(400, "bad_length", f"Say {name}, in octets.")
    return int(said)
