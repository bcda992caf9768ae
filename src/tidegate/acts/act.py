"""What an act is: a past-tense fact with legal weight, named ``subject.happened``, with a compact body."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

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

    def __init_subclass__(cls, **options: Any) -> None:
        """Enter each act in the catalogue, under a kind and version of its own."""
        super().__init_subclass__(**options)
        key = (cls.KIND, cls.VERSION)
        if not cls.KIND or key in CATALOGUE:
            raise ValueError(f"{cls.__name__} needs a kind and version of its own, not {key}")
        CATALOGUE[key] = cls

    def encode(self) -> bytes:
        """Return the body as compact JSON; numbers with decimals are strings."""
        return _ENCODER.encode(self)


CATALOGUE: dict[tuple[str, int], type[Act]] = {}


@cache
def _decoder(kind: str, version: int) -> msgspec.json.Decoder[Act]:
    if (kind, version) not in CATALOGUE:
        raise UnknownActError(kind, version)
    return msgspec.json.Decoder(CATALOGUE[kind, version])


def decode(kind: str, version: int, body: bytes) -> Act:
    """Return the act that a journal entry holds.

    Raises:
        UnknownActError: nothing in the catalogue has this kind and version.
    """
    return _decoder(kind, version).decode(body)
