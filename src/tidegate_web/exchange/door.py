"""What the partners' door does with a request, whatever brought it: verify, take in, answer signed."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import msgspec

from tidegate.exchange.acting import Actor, rekey
from tidegate.exchange.auditing import AuditRequest, audit_answer
from tidegate.exchange.evidence import give_piece
from tidegate.exchange.messages import LARGEST_PARCEL, EvidenceAsked, Problem
from tidegate.exchange.receiving import Receiver
from tidegate.exchange.refusals import ExchangeError, MessageRefusedError
from tidegate.exchange.signed import Request, Response, sign_response, verify_request
from tidegate.exchange.signing import key_in_force
from tidegate.journal import JournalBusyError
from tidegate.node.exchange import identity_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tidegate.exchange.standing import Partner
    from tidegate.journal.notes import VerifierKey
    from tidegate.node import Node

PREFIX = "/exchange/v1/"
_STATUSES = {
    "unsigned": 401,
    "unknown_key": 401,
    "bad_signature": 401,
    "skewed": 401,
    "replayed": 409,
    "forked": 409,
    "too_large": 413,
    "unknown_address": 404,
    "unknown_evidence": 404,
    "not_in_that_state": 409,
    "suspended": 503,
    "busy": 503,
}
_BUSY_SECONDS = 2
_ENCODER = msgspec.json.Encoder()


class Rotations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rotations of a partner's key, each a note that both keys have signed."""

    partner: str
    notes: tuple[str, ...]


class PartnerDoor:
    """The door of an open node; any thread may use it."""

    def __init__(self, node: Node, clock: Callable[[], datetime]) -> None:
        self._node = node
        self._clock = clock

    def answer(self, request: Request) -> Response:
        """Return the signed answer to a request, whatever it is."""
        now = self._clock()
        keys = self._node.signing_keys()
        # A receiver of its own for each request: what it has followed is no other thread's.
        receiver = Receiver(self._node.journal, self._node.origin, keys)
        try:
            body = self._body(request, receiver, now)
        except MessageRefusedError as refused:
            receiver.refuse(_claimed(request, receiver), refused, request.body, now)
            return self._refused(request, refused, now)
        except msgspec.DecodeError as error:
            return self._refused(request, MessageRefusedError("unreadable", str(error)), now)
        except JournalBusyError:
            busy = MessageRefusedError("busy", "The journal is busy: come again.", again=True)
            return self._refused(request, busy, now)
        return self._signed(request, 200, body, now)

    def _body(self, request: Request, receiver: Receiver, now: datetime) -> bytes:
        """Return the body of the answer to a request that is not refused."""
        if len(request.body) > LARGEST_PARCEL:
            raise MessageRefusedError("too_large", f"A body has {LARGEST_PARCEL} octets at most.")
        path = request.url.partition(PREFIX)[2]
        if (request.method, path) == ("GET", "identity"):
            return identity_document(self._node).encode()
        if (request.method, path) == ("POST", "rotations"):
            return self._rotations(request.body, now)
        partner, nonce = _verified(request, receiver, now)
        if (request.method, path) == ("POST", "parcels"):
            return _ENCODER.encode(receiver.receive(request.body, partner, nonce, now))
        if (request.method, path) == ("POST", "evidence"):
            wanted = msgspec.json.decode(request.body, type=EvidenceAsked)
            piece = give_piece(self._node.journal, receiver.standing, partner.name, wanted, now)
            return _ENCODER.encode(piece)
        if (request.method, path) == ("POST", "audit"):
            asked = msgspec.json.decode(request.body, type=AuditRequest)
            keys = self._node.signing_keys()
            return _ENCODER.encode(audit_answer(self._node.journal, keys, partner.name, asked))
        raise MessageRefusedError("unknown_address", f"There is nothing at {path[:60]!r}.")

    def _refused(self, request: Request, refused: MessageRefusedError, now: datetime) -> Response:
        wait = _BUSY_SECONDS if refused.reason == "busy" else 0
        body = _ENCODER.encode(Problem(refused.reason, refused.text, wait))
        return self._signed(request, _STATUSES.get(refused.reason, 400), body, now)

    def _signed(self, request: Request, status: int, body: bytes, now: datetime) -> Response:
        response = Response(status, {}, body, request)
        if any(name.lower() == "signature" for name in request.headers):
            key = key_in_force(self._node.journal, self._node.signing_keys())
            sign_response(response, key, now, secrets.token_hex(16))
        return response

    def _rotations(self, body: bytes, now: datetime) -> bytes:
        """Follow a partner's rotations, which prove themselves."""
        told = msgspec.json.decode(body, type=Rotations)
        key = key_in_force(self._node.journal, self._node.signing_keys())
        actor = Actor(self._node.journal, key, self._node.key, f"partner:{told.partner}", now)
        try:
            followed = sum(rekey(actor, told.partner, note) for note in told.notes)
        except ExchangeError as error:
            raise MessageRefusedError(error.code, str(error)) from None
        return _ENCODER.encode({"followed": followed})


def _verified(request: Request, receiver: Receiver, now: datetime) -> tuple[Partner, str]:
    """Return the partner that has signed a request, and the nonce."""
    found: list[Partner] = []

    def find(keyid: str) -> VerifierKey | None:
        known = receiver.standing.key(keyid)
        if known is None:
            return None
        found.append(known[0])
        return known[1]

    proof = verify_request(request, find, now)
    return found[-1], proof.nonce


def _claimed(request: Request, receiver: Receiver) -> str:
    """Return the partner that a request says it is of, where there is one of that name; else nothing."""
    stated = next((text for name, text in request.headers.items() if name.lower() == "signature-input"), "")
    return next((name for name in receiver.standing.partners if f'keyid="{name}+' in stated), "")
