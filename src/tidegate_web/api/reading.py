"""Reading what the API is given: the form it is said to have, and objects from JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

T = TypeVar("T", bound=msgspec.Struct)

_CHARSETS = ("", "utf-8", "utf8")


def check_media(request: HttpRequest, media: Sequence[str]) -> None:
    """See that a body is said to be of one of these media types, in UTF-8.

    Raises:
        Refused: it is said to be something else, or nothing.
    """
    said = request.content_type or ""
    charset = (request.content_params or {}).get("charset", "").strip('"').lower()
    if said.replace("text/xml", "application/xml") not in media or charset not in _CHARSETS:
        raise Refused(415, "content_type", f"Say what the body is: {' or '.join(media)}, in UTF-8.")


def body_of(request: HttpRequest, kind: type[T]) -> T:
    """Return the body as an object of a kind.

    Raises:
        Refused: it is not JSON, or not such an object; the text says where.
    """
    check_media(request, ("application/json",))
    try:
        return msgspec.json.decode(request.body, type=kind)
    except msgspec.ValidationError as error:
        raise Refused(422, "invalid", f"The request is not as it should be: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, "unreadable", f"The body is no JSON: {error}.") from None
