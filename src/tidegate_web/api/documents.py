"""Documents that customs asked for, handed in over the JSON API: a form with files."""

from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tidegate_web.access.guard import requires
from tidegate_web.api.answers import Delivery, Document
from tidegate_web.api.documenting import documented
from tidegate_web.api.writing import written
from tidegate_web.door.forms import parts_of
from tidegate_web.door.handing_in import check_own, hand_in
from tidegate_web.door.papers import LONGEST_TYPE, MOST, Paper, paper
from tidegate_web.taking import Refused

router = Router()

_FORM = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST,
            "items": {"type": "string", "format": "binary"},
        },
        "types": {
            "type": "array",
            "maxItems": MOST,
            "items": {"type": "string", "maxLength": LONGEST_TYPE},
            "description": "What type of document each file is, in the files' order; none, or one for each.",
        },
        "words": {"type": "string", "maxLength": 2000, "description": "What they are."},
    },
}


@router.post(
    "/{mrn}/documents",
    summary="Hand in documents that customs asked for",
    openapi_extra=documented(Delivery, 202, 409, form=_FORM),
)
@requires("declarations:write")
def documents(request: HttpRequest, mrn: str) -> HttpResponse:
    """Hand in PDF, JPEG, PNG, TIFF or plain text, told by content. The same again enters nothing more."""
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    check_own(client, mrn)
    fields, files = parts_of(request)
    sent = files.getlist("files")
    types = fields.getlist("types") or [""] * len(sent)
    if len(types) != len(sent):
        raise Refused(422, "types", f"There are {len(sent)} files and {len(types)} types: say one for each.")
    papers = [paper(one.name or "", one.read(), kind) for one, kind in zip(sent, types, strict=True)]
    done = hand_in(client, mrn, papers, words=fields.get("words", ""))
    told = tuple(_told(one) for one in papers)
    return written(Delivery(mrn=mrn, position=done.position, repeated=done.repeated, documents=told), 202)


def _told(one: Paper) -> Document:
    said = one.described
    return Document(
        name=said.name,
        media=said.media,
        octets=said.octets,
        type=said.type,
        sha256=sha256(one.content).hexdigest(),
    )
