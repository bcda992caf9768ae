"""What a request must look like: the headers of the published API of CDS, and forms that carry files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import rules
from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import MultiPartParserError

from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest, QueryDict
    from django.utils.datastructures import MultiValueDict

    from tidegate_web.access.guard import Client

_ACCEPT = re.compile(r"application/vnd\.hmrc\.(\d+)\.0\+(xml|json)")
_VERSIONS = frozenset({"1", "2", "3"})
_XML = re.compile(r'(application|text)/xml(\s*;\s*charset\s*=\s*"?utf-8"?)?', re.IGNORECASE)
_BADGE = re.compile(r"[0-9A-Z]{6,12}")
_EORI = re.compile(r"[0-9A-Za-z]{1,17}")


def check_accept(request: HttpRequest) -> None:
    """See that the Accept header names a version of the API."""
    said = request.headers.get("Accept", "")
    found = _ACCEPT.fullmatch(said.strip())
    if found is None or found[1] not in _VERSIONS:
        raise Refused(406, "accept", "The Accept header must be like application/vnd.hmrc.3.0+xml.")


def check_content(request: HttpRequest) -> None:
    """See that the body is said to be XML in UTF-8."""
    if not _XML.fullmatch(request.headers.get("Content-Type", "").strip()):
        raise Refused(415, "content_type", "The Content-Type must be application/xml; charset=UTF-8.")


def check_sender(request: HttpRequest, client: Client) -> None:
    """See that who a community system says it sends for is one that the client may act for."""
    badge = request.headers.get("X-Badge-Identifier")
    if badge is not None and not _BADGE.fullmatch(badge):
        text = "X-Badge-Identifier has 6 to 12 characters, digits and capital letters."
        raise Refused(400, "badge", text)
    for name in ("X-Submitter-Identifier", "X-Eori-Identifier"):
        said = request.headers.get(name)
        if said is None:
            continue
        if not _EORI.fullmatch(said):
            raise Refused(400, "submitter", f"{name} has up to 17 characters, digits and letters.")
        if not rules.test_rule("speak_for", client, said):
            raise Refused(403, "not_represented", f"{name} names an operator for whom you may not act.")


def parts_of(request: HttpRequest) -> tuple[QueryDict, MultiValueDict[str, UploadedFile]]:
    """Return the fields and the files of a form.

    Raises:
        Refused: the body is no such form, or has more fields or files than any form here.
    """
    if request.content_type != "multipart/form-data":
        raise Refused(415, "content_type", "Send a form as multipart/form-data, with the files in it.")
    try:
        return request.POST, request.FILES
    except (MultiPartParserError, SuspiciousOperation):
        text = "The form cannot be read: look at its boundary, and at how many fields and files it has."
        raise Refused(400, "unreadable", text) from None
