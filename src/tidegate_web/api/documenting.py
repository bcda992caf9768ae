"""How the API describes itself: the OpenAPI document is made from the objects that are answered.

An operation says which object it answers, and which problems: `documented(Receipt, 202, 409)`. Problems that
any operation may have (not known, not allowed, too many, busy) are said once, here, for all.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from ninja import NinjaAPI

from tidegate.tariff.enquiries import Enquiry
from tidegate_web.answers import PROBLEM, TITLES
from tidegate_web.api import answers

if TYPE_CHECKING:
    from collections.abc import Iterable

_REFERENCE = "#/components/schemas/{name}"
_ALWAYS = (400, 401, 403, 404, 406, 408, 413, 415, 422, 429, 500, 503)
_TYPES: list[type] = [
    answers.Problem,
    answers.Receipt,
    answers.Standing,
    answers.History,
    answers.Notices,
    answers.Proof,
    answers.Invalidation,
    answers.Arrival,
    Enquiry,
]


def describe(*types: type) -> None:
    """Take further objects into the document; a router names its own when it is imported."""
    _TYPES.extend(one for one in types if one not in _TYPES)
    components.cache_clear()


@cache
def components() -> dict[str, Any]:
    """Return the schemas of all objects, by name."""
    _, found = msgspec.json.schema_components(_TYPES, schema_hook=_hook, ref_template=_REFERENCE)
    return found


def _hook(kind: type) -> dict[str, Any]:
    raise TypeError(f"{kind} has no schema")


def documented(
    answer: type | None,
    status: int = 200,
    *problems: int,
    body: type | None = None,
    bodies: Iterable[str] = (),
    form: dict[str, Any] | None = None,
    media: str = "application/json",
    also: Iterable[int] = (),
) -> dict[str, Any]:
    """Return what an operation says of itself beside its parameters.

    ``answer`` is the object answered with ``status`` (and with those in ``also``), ``problems`` the statuses
    that are particular to it, ``body`` the object taken, ``bodies`` the media types of a body read elsewhere,
    ``form`` the schema of a form with files.
    """
    responses: dict[str, Any] = {}
    for one in (status, *also):
        responses[str(one)] = {"description": "Done." if one != 202 else "Taken in, durably."}  # noqa: PLR2004 - a status
        if answer is not None:
            schema = {"type": "string"} if answer is str else _ref(answer)
            responses[str(one)]["content"] = {media: {"schema": schema}}
    for one in sorted({*_ALWAYS, *problems}):
        responses[str(one)] = {
            "description": TITLES[one],
            "content": {PROBLEM: {"schema": _ref(answers.Problem)}},
        }
    told: dict[str, Any] = {"responses": responses}
    if body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    elif form is not None:
        told["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    elif bodies:
        told["requestBody"] = {
            "required": True,
            "content": {
                one: {"schema": {"type": "string"} if "xml" in one else {"type": "object"}} for one in bodies
            },
        }
    return told


def _ref(kind: type) -> dict[str, str]:
    describe(kind)
    return {"$ref": _REFERENCE.format(name=kind.__name__)}


class Described(NinjaAPI):
    """An API whose document holds the objects above, and how one says who one is."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return the document."""
        document = super().get_openapi_schema(**options)
        found = document.setdefault("components", {})
        found.setdefault("schemas", {}).update(components())
        found["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"bearer": []}]
        for operations in document["paths"].values():
            for operation in operations.values():
                # Ninja tells of an answer of its own, which is always one of ours.
                if set(operation["responses"]) - {200}:
                    operation["responses"].pop(200, None)
        return document
