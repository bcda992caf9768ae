"""What an act is: a past-tense fact with legal weight, named ``subject.happened``, with a compact body."""

from __future__ import annotations

from typing import ClassVar, TypeVar

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="string")


class UnknownActError(Exception):
    """A journal entry of a kind or version that this software does not know."""

    code = "unknown_act"

    def __init__(self, kind: str, version: int) -> None:
        super().__init__(f"no act {kind!r} version {version} is known here; a newer Tidegate wrote it")
        self.kind = kind
        self.version = version


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of an act. Its kind and version lie in the journal's envelope."""

    KIND: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1

    def encode(self) -> bytes:
        """Return the body as compact JSON; numbers with decimals are strings."""
        return _ENCODER.encode(self)


A = TypeVar("A", bound=Act)

CATALOGUE: dict[tuple[str, int], type[Act]] = {}
_DECODERS: dict[tuple[str, int], msgspec.json.Decoder[Act]] = {}


def act(of: type[A]) -> type[A]:
    """Enter a class in the catalogue of acts, under its kind and version."""
    key = (of.KIND, of.VERSION)
    if not of.KIND or key in CATALOGUE:
        raise ValueError(f"{of.__name__} needs a kind of its own, not {key}")
    CATALOGUE[key] = of
    _DECODERS[key] = msgspec.json.Decoder(of)
    return of


def decode(kind: str, version: int, body: bytes) -> Act:
    """Return the act that a journal entry holds.

    Raises:
        UnknownActError: nothing in the catalogue has this kind and version.
    """
    decoder = _DECODERS.get((kind, version))
    if decoder is None:
        raise UnknownActError(kind, version)
    return decoder.decode(body)
