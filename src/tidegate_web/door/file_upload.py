"""Files about a declaration, as the published API uploads them: asked for first, then posted as forms.

What was granted is not kept: the form's own fields say it, signed and for a day. The post needs no other
credential, as with the stores of the published service; it is the journal that knows what came in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

import msgspec
from django.core import signing
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tidegate_web.access import limits
from tidegate_web.access.client import Client
from tidegate_web.access.guard import requires
from tidegate_web.access.models import Credential
from tidegate_web.answers import refusal
from tidegate_web.door.forms import check_accept, check_content, check_sender, parts_of
from tidegate_web.door.handing_in import check_wanted, hand_in
from tidegate_web.door.papers import paper
from tidegate_web.door.upload_messages import Target, read_wanted, write_targets
from tidegate_web.door.views import refused
from tidegate_web.node import node, now
from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest
    from django.utils.datastructures import MultiValueDict

    from tidegate_web.door.upload_messages import FileWanted

TARGET = "/customs/declarations/file-upload/target"
HOLDS_SECONDS = 24 * 3600
_SALT = "tidegate.file-upload"
_SCOPE = "declarations:write"


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """What the signed fields of a form grant: to hand in one file about one declaration, once."""

    reference: str
    client: str
    operator: str
    mrn: str
    sequence: int
    size: int
    type: str
    success: str
    error: str


@csrf_exempt
@requires(_SCOPE)
def initiate(request: HttpRequest) -> HttpResponse:
    """Tell where and by which fields each file about a declaration is to be posted."""
    if request.method != "POST":
        return _only_post(request)
    client: Client = request.client  # type: ignore[attr-defined] - put there by `requires`
    try:
        check_accept(request)
        check_content(request)
        check_sender(request, client)
        wanted = read_wanted(request.body, node().limits)
        check_wanted(client, wanted.mrn)
    except Refused as no:
        return refused(request, no)
    address = request.build_absolute_uri(TARGET)
    size = len(wanted.files)
    targets = [_target(_granted(client, wanted.mrn, one, size), address) for one in wanted.files]
    return HttpResponse(write_targets(targets), content_type="application/xml; charset=UTF-8")


@csrf_exempt  # a form is known by its signed fields, not by cookies
def target(request: HttpRequest) -> HttpResponse:
    """Take in the one file of a form: 204, or a redirect where one was asked for; posted again, likewise."""
    if request.method != "POST":
        return _only_post(request)
    try:
        fields, files = parts_of(request)
        granted = granted_by(fields.get("policy", ""), fields.get("x-amz-signature", ""))
        client = _client(request, granted)
    except Refused as no:
        return refused(request, no)
    try:
        file = _only_file(files)
        document = paper(file.name or "", file.read(), granted.type)
        said = f"{granted.sequence} of {granted.size}"
        words = f"{said}: {granted.type}" if granted.type else said
        hand_in(client, granted.mrn, [document], words=words, once=f"file:{granted.reference}")
    except Refused as no:
        return _led(granted.error, granted, errorCode=no.code, errorMessage=str(no)) or refused(request, no)
    return _led(granted.success, granted) or HttpResponse(status=204)


def fields_of(granted: Granted) -> dict[str, str]:
    """Return the fields of a form by which a file is posted."""
    signed = signing.dumps(msgspec.to_builtins(granted), salt=_SALT)
    policy, _, signature = signed.rpartition(":")
    fields = {
        "key": granted.reference,
        "policy": policy,
        "x-amz-signature": signature,
        "success_action_redirect": granted.success,
        "error_action_redirect": granted.error,
    }
    return {name: value for name, value in fields.items() if value}


def granted_by(policy: str, signature: str) -> Granted:
    """Return what the fields of a form grant.

    Raises:
        Refused: they were not made here, were changed since, or are more than a day old.
    """
    try:
        said = signing.loads(f"{policy}:{signature}", salt=_SALT, max_age=HOLDS_SECONDS)
    except signing.SignatureExpired:
        raise Refused(403, "expired", "These fields held for a day. Ask for new ones.") from None
    except signing.BadSignature:
        text = "Send the fields policy and x-amz-signature as they were given, before the file."
        raise Refused(403, "not_granted", text) from None
    return msgspec.convert(said, Granted)


def _granted(client: Client, mrn: str, wanted: FileWanted, size: int) -> Granted:
    return Granted(
        reference=str(uuid4()),
        client=client.id,
        operator=client.operator,
        mrn=mrn,
        sequence=wanted.sequence,
        size=size,
        type=wanted.type,
        success=wanted.success,
        error=wanted.error,
    )


def _target(granted: Granted, address: str) -> Target:
    return Target(granted.reference, address, fields_of(granted))


def _client(request: HttpRequest, granted: Granted) -> Client:
    """Return for whom a form is posted, having seen that its credential still holds and has room.

    Raises:
        Refused: it holds no longer, or has asked too much.
    """
    credential = Credential.objects.filter(prefix=granted.client).first()
    if credential is None or not credential.holds(now()):
        raise Refused(403, "not_granted", "The credential that asked for these fields holds no longer.")
    full = limits.spend(request, credential, 1)
    if full is not None:
        code, text, wait = full
        raise Refused(429, code, text, retry_after=wait)
    client = Client(credential.prefix, granted.operator, frozenset({_SCOPE}), credential.device)
    request.client = client  # type: ignore[attr-defined] - for the line in the log
    return client


def _only_file(files: MultiValueDict[str, UploadedFile]) -> UploadedFile:
    sent = [one for name in files for one in files.getlist(name)]
    if len(sent) != 1 or "file" not in files:
        raise Refused(400, "file", "Send one file, in the field `file`, as the last of the form.")
    return sent[0]


def _led(address: str, granted: Granted, **said: str) -> HttpResponse | None:
    """Return the redirect to an address that was asked for with the fields, or None where none was."""
    if not address:
        return None
    query = urlencode({"key": granted.reference, **said})
    return HttpResponse(status=303, headers={"Location": f"{address}{'&' if '?' in address else '?'}{query}"})


def _only_post(request: HttpRequest) -> HttpResponse:
    answer = refusal(request, 405, "method", "Send it with POST.")
    answer["Allow"] = "POST"
    return answer
