"""How declarations stand: their state, their history, their notices, the proof of an act."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from tidegate.acts import Act, ChannelAssigned, DeclarationAssessed
from tidegate.clearance import acts_about, consignment_now, tax_lines
from tidegate.journal import Entry, last_checkpoint, prove_entry
from tidegate.journal.checkpoints import CheckpointMissingError
from tidegate_web.access.guard import requires, unseen
from tidegate_web.api.answers import Happened, History, Notices, Proof, Standing
from tidegate_web.api.documenting import documented
from tidegate_web.api.notices import told
from tidegate_web.api.writing import written
from tidegate_web.hearing import notices_about
from tidegate_web.node import node
from tidegate_web.taking import Refused

router = Router()

_AT = Query(None, ge=0, le=2**62, description="As it stood when the act at this position was the last.")
_FIELDS = Query(None, max_length=500, description="Names of the parts wanted, parted by commas.")
# What the operator concerned is not told: how it was scored and selected.
_KEPT_BACK = ("score", "reasons", "further_reasons", "stratum", "grounds", "probability")
_ENCODER = msgspec.json.Encoder(decimal_format="string")


@router.get("/{mrn}", summary="How a declaration stands", openapi_extra=documented(Standing))
@requires("declarations:read")
def standing(
    request: HttpRequest, mrn: str, at: int | None = _AT, fields: str | None = _FIELDS
) -> HttpResponse:
    """Tell how a declaration stands now, or stood at a position."""
    no = unseen(request, mrn)
    if no is not None:
        return no
    consignment, last = consignment_now(node().journal, mrn, at)
    same = {one.name for one in msgspec.structs.fields(Standing)} - {"outstanding", "position"}
    parts = {name: getattr(consignment, name) for name in same}
    stands = Standing(**parts, outstanding=tuple(consignment.outstanding), position=last)
    return written(stands, fields=fields)


@router.get("/{mrn}/history", summary="What happened to a declaration", openapi_extra=documented(History))
@requires("declarations:read")
def history(request: HttpRequest, mrn: str, at: int | None = _AT) -> HttpResponse:
    """Tell every act about a declaration, in order; how customs scored and selected it is not told."""
    no = unseen(request, mrn)
    if no is not None:
        return no
    acts = tuple(
        Happened(
            position=entry.position,
            kind=entry.kind,
            occurred=entry.occurred,
            recorded=entry.recorded,
            because=entry.cause.because if entry.cause is not None else None,
            act=_told(entry, act),
        )
        for entry, act in acts_about(node().journal, mrn)
        if (at is None or entry.position <= at) and not isinstance(act, ChannelAssigned)
    )
    if not acts:
        raise Refused(404, "unknown_consignment", f"No act about {mrn} stands at position {at} or before.")
    return written(History(mrn, acts))


def _told(entry: Entry, act: Act | None) -> dict[str, Any] | None:
    if act is None:
        return None
    if isinstance(act, DeclarationAssessed):
        act = msgspec.structs.replace(act, taxes=tax_lines(node().journal, entry, act))
    said: dict[str, Any] = msgspec.json.decode(_ENCODER.encode(act))
    return {name: value for name, value in said.items() if name not in _KEPT_BACK}


@router.get("/{mrn}/notices", summary="What was told about a declaration", openapi_extra=documented(Notices))
@requires("notices:read")
def heard(request: HttpRequest, mrn: str) -> HttpResponse:
    """Return every notice about a declaration, oldest first."""
    no = unseen(request, mrn)
    if no is not None:
        return no
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    found = [told(one) for one in notices_about(client, mrn)]
    return written(Notices(tuple(found), found[-1].position + 1 if found else 0))


@router.get("/{mrn}/proof", summary="Prove that an act is in the journal", openapi_extra=documented(Proof))
@requires("declarations:read")
def proof(
    request: HttpRequest,
    mrn: str,
    position: int | None = Query(None, ge=0, le=2**62, description="Which act; the lodging, if not given."),
) -> HttpResponse:
    """Prove to strangers that an act about a declaration is in the journal: see docs/proofs.md."""
    no = unseen(request, mrn)
    if no is not None:
        return no
    held = node()
    consignment, _ = consignment_now(held.journal, mrn)
    place = consignment.positions[0] if position is None else position
    if place not in consignment.positions:
        raise Refused(404, "unknown_position", f"No act about {mrn} stands at position {place}.")
    try:
        against = last_checkpoint(held.journal, covering=place + 1)
    except CheckpointMissingError:
        against = held.checkpoint()
    text = prove_entry(held.journal, place, against)
    return written(Proof(place, text, str(held.verifier_key())))
