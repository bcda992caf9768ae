"""The exchange of one installation: its identity, who acts in its name, what delivers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.exchange import BadIdentityError, Identity, read_identity, sign_identity
from tidegate.exchange.acting import Actor
from tidegate.exchange.signing import key_in_force
from tidegate.exchange.terms import PROFILE

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.acts import PartnerKind
    from tidegate.journal.notes import SigningKey
    from tidegate.node.installation import Node

IDENTITY = "exchange.identity"


def signing_key(node: Node) -> SigningKey:
    """Return the key with which a node signs now."""
    return key_in_force(node.journal, node.signing_keys())


def actor(node: Node, author: str, now: datetime) -> Actor:
    """Return who acts in a node's name."""
    return Actor(node.journal, signing_key(node), node.key, author, now)


def make_identity(node: Node, kind: PartnerKind, endpoint: str) -> str:
    """Sign the document by which a node introduces itself, keep it, and return it."""
    key = signing_key(node)
    identity = Identity(key.verifier.name, kind, endpoint, key.verifier.vkey, (PROFILE,))
    document = sign_identity(identity, key)
    path = node.folder / IDENTITY
    path.with_suffix(".new").write_text(document, encoding="utf-8")
    path.with_suffix(".new").replace(path)
    return document


def identity_document(node: Node) -> str:
    """Return the document of a node, signed by its key in force.

    Raises:
        BadIdentityError: it was never made.
    """
    path = node.folder / IDENTITY
    if not path.exists():
        raise BadIdentityError("This node has no identity yet: make one with `tidegate exchange identity`.")
    document = path.read_text(encoding="utf-8")
    identity = read_identity(document)
    if identity.verifier == signing_key(node).verifier:
        return document
    return make_identity(node, identity.kind, identity.endpoint)
