"""Signed HTTP between nodes: RFC 9421 with Ed25519 over method, path, type and the digest of the body.

Who answers signs too, and what it signs names the request that it answers, so that no answer can be taken
for that to another request.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

from tidegate.exchange.refusals import MessageRefusedError
from tidegate.exchange.standing import keyid_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tidegate.journal.notes import SigningKey, VerifierKey

WINDOW = timedelta(minutes=5)  # how far the clocks of two nodes may be apart
TAG, LABEL = "tidegate-exchange", "tidegate"
TYPE = "application/json"
_REQUEST = ("@method", "@path", "content-type", "content-digest")
_RESPONSE = ("@status", "content-type", "content-digest", '"signature";req')


class Request(msgspec.Struct):
    """A request between nodes; the address is only looked at for its path."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


class Response(msgspec.Struct):
    """An answer, with the request that it answers."""

    status_code: int
    headers: dict[str, str]
    body: bytes
    request: Request


class Proof(msgspec.Struct, frozen=True):
    """Whose signature it is, made when, and its nonce."""

    keyid: str
    created: int
    nonce: str


class _One(HTTPSignatureKeyResolver):
    """Finds one key: the one at hand to sign with, or what a look-up gives to verify with."""

    def __init__(self, find: Callable[[str], VerifierKey | None], private: SigningKey | None = None) -> None:
        self._find = find
        self._private = private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        """Return the key of a key id, or None."""
        found = self._find(key_id)
        return None if found is None else Ed25519PublicKey.from_public_bytes(found.public)

    def resolve_private_key(self, key_id: str) -> Any:
        """Return the key at hand."""
        del key_id
        assert self._private is not None
        return self._private.private


def sign_request(request: Request, key: SigningKey, now: datetime, nonce: str) -> None:
    """Sign a request in place; ``nonce`` is used once."""
    request.headers["Content-Type"] = TYPE
    _sign(request, key, now, nonce, _REQUEST)


def sign_response(response: Response, key: SigningKey, now: datetime, nonce: str) -> None:
    """Sign an answer in place; its request must be signed."""
    response.headers["Content-Type"] = TYPE
    _sign(response, key, now, nonce, _RESPONSE)


def _sign(
    message: Request | Response,
    key: SigningKey,
    now: datetime,
    nonce: str,
    covered: tuple[str, ...],
) -> None:
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_One(lambda _: None, key))
    signer.sign(
        message,
        key_id=keyid_of(key.verifier),
        created=now,
        nonce=nonce,
        label=LABEL,
        tag=TAG,
        covered_component_ids=covered,
        body=message.body,
    )


def verify_request(
    request: Request, find: Callable[[str], VerifierKey | None], now: datetime, window: timedelta = WINDOW
) -> Proof:
    """Return whose request it is, where a key that ``find`` gives has signed it, body and all.

    Raises:
        MessageRefusedError: ``unsigned``, ``unknown_key``, ``bad_signature`` or ``skewed``.
    """
    return _verify(request, find, now, window, _REQUEST)


def verify_response(
    response: Response, find: Callable[[str], VerifierKey | None], now: datetime, window: timedelta = WINDOW
) -> Proof:
    """Return whose answer it is, where it answers this very request; see ``verify_request``."""
    return _verify(response, find, now, window, _RESPONSE)


class _Verifier(HTTPMessageVerifier):
    """Verifies by the clock that it is given, and says when a signature was made too early or late."""

    def __init__(self, find: _One, now: datetime, window: timedelta) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=find)
        self._now = now
        self._window = window

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Raise ``skewed`` where the signature was made outside of the window around now."""
        del max_age
        created = sig_input.params.get("created")
        if type(created) is not int:
            raise InvalidSignature("the signature does not say when it was made")
        apart = abs(created - self._now.timestamp())
        if apart > self._window.total_seconds():
            raise MessageRefusedError(
                "skewed",
                f"The message was signed {apart:.0f} s from now by the clock here, more than {self._window}. "
                "Set the clocks right, or sign it again.",
                again=True,
            )


def _verify(
    message: Request | Response,
    find: Callable[[str], VerifierKey | None],
    now: datetime,
    window: timedelta,
    covered: tuple[str, ...],
) -> Proof:
    unknown: list[str] = []

    def found(keyid: str) -> VerifierKey | None:
        key = find(keyid)
        if key is None:
            unknown.append(keyid)
        return key

    try:
        verifier = _Verifier(_One(found), now, window)
        (result,) = verifier.verify(
            message, max_age=None, expect_tag=TAG, require_components=covered, body=message.body
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        if isinstance(error.__cause__, MessageRefusedError):
            raise error.__cause__ from None
        if unknown:
            text = f"The key {unknown[0][:150]} is not trusted here."
            raise MessageRefusedError("unknown_key", text, again=True) from None
        names = {name.lower() for name in message.headers}
        if not {"signature", "signature-input"} <= names:
            raise MessageRefusedError("unsigned", "The message has no signature of RFC 9421.") from None
        raise MessageRefusedError("bad_signature", f"The signature does not hold. {error}".rstrip()) from None
    if not result.nonce:
        raise MessageRefusedError("bad_signature", "The signature has no nonce.")
    return Proof(str(result.parameters["keyid"]), int(result.parameters["created"]), result.nonce)
