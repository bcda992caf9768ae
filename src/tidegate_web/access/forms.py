"""What the API about operators is told and answers: its objects, for its OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tidegate.acts import Representation, Role
from tidegate.operators import Authorisation
from tidegate_web.access.credentials import Shown


class OperatorShown(msgspec.Struct, frozen=True):
    """The operator that asks: its number, its roles, the devices it answers for."""

    number: str
    name: str
    roles: tuple[Role, ...]
    registered: datetime
    devices: tuple[str, ...]


class Credentials(msgspec.Struct, frozen=True):
    """The credentials of an operator, without their secrets."""

    credentials: tuple[Shown, ...]


class CredentialWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential that is asked for: a key, or an OAuth client."""

    scopes: Annotated[tuple[str, ...], Meta(min_length=1, max_length=20)]
    kind: Literal["key", "oauth"] = "key"
    purpose: Annotated[str, Meta(max_length=70)] = ""
    device: Annotated[str, Meta(max_length=34)] = ""
    days: Annotated[int, Meta(ge=1, le=1098)] = 365


class Overlap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many hours the old credential holds on beside the new."""

    hours: Annotated[int, Meta(ge=0, le=720)] = 24


class AuthorisationWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Leave that the asking operator gives to another."""

    representative: Annotated[str, Meta(min_length=1, max_length=17)]
    representation: Representation
    procedures: Annotated[tuple[str, ...], Meta(max_length=100)] = ()
    start: Annotated[datetime, Meta(tz=True)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None


class Recorded(msgspec.Struct, frozen=True):
    """Where what was done stands in the journal; of an authorisation, this is its number."""

    position: int


class Authorisations(msgspec.Struct, frozen=True):
    """What the operator has granted, and what it was granted; ask on after the last number."""

    granted: tuple[Authorisation, ...]
    held: tuple[Authorisation, ...]
