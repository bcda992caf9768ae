"""Documents as files: what they are is read off their content, never off their names, and names must agree.

Taken are PDF, JPEG, PNG, TIFF and plain text. A file that is two things at once, holds a program, or breaks
off is refused. This is no search for malicious software: who opens a document does so at a desk of its own.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import DeliveredFile
from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 8 * 1024 * 1024  # octets of a document
MOST = 8  # documents handed in at once
LONGEST_TYPE = 70
_LONGEST_NAME = 100
_FORBIDDEN = frozenset('/\\:*?"<>|')
# Acts of a PDF that start something, or carry another file within (ISO 32000-1, 7.11.4 and 12.6.4).
_PROGRAMS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile")
_PDF_END = 1_024  # octets from the end in which readers look for the mark of the end
_PNG_END = b"IEND\xaeB`\x82"
# White space of plain text; every other control character is that of something else.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ENDINGS = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/tiff": ("tif", "tiff"),
    "text/plain": ("txt", "text"),
}


class Paper(msgspec.Struct, frozen=True):
    """A document that may be handed in: its octets, and what it is."""

    content: bytes
    described: DeliveredFile


def paper(name: str, content: bytes, kind: str = "") -> Paper:
    """Return a file as a document; ``kind`` is the type of document that it is said to be, in words.

    Raises:
        Refused: its name, size or content is not that of a document taken here; the text says what would be.
    """
    _check_name(name)
    if len(kind) > LONGEST_TYPE or not kind.isprintable():
        raise Refused(422, "document_type", f"The type of a document has at most {LONGEST_TYPE} characters.")
    if not content:
        raise Refused(422, "empty_document", f"{name} is empty.")
    if len(content) > LARGEST:
        text = f"{name} has {len(content)} octets; a document has at most {LARGEST}. Send its pages apart."
        raise Refused(413, "too_large", text)
    media = media_of(content)
    if media is None:
        text = f"{name} is none of these, whole: PDF, JPEG, PNG, TIFF, plain text in UTF-8."
        raise Refused(415, "unknown_form", text)
    ending = name.rpartition(".")[2].lower()
    if "." not in name or ending not in _ENDINGS[media]:
        text = f"{name} is {media} by its content: let its name end in .{_ENDINGS[media][0]}."
        raise Refused(415, "other_form", text)
    why = _dangerous(content, media)
    if why:
        raise Refused(422, "dangerous_document", f"{name} {why}. Send it without.")
    return Paper(content, DeliveredFile(name=name, media=media, octets=len(content), type=kind))


def media_of(content: bytes) -> str | None:
    """Return the media type of a document by its content; None where it is none, or not whole."""
    return next((media for media, is_it in _FORMS if is_it(content)), None)


def _check_name(name: str) -> None:
    # What is not printable includes signs that turn the direction of writing, and so hide an ending.
    plain = name.isprintable() and not _FORBIDDEN.intersection(name)
    if not plain or not 0 < len(name) <= _LONGEST_NAME or name.startswith(".") or ".." in name:
        text = f"A document's name has 1 to {_LONGEST_NAME} characters, without paths and control characters."
        raise Refused(422, "document_name", text)


def _dangerous(content: bytes, media: str) -> str:
    """Return why a document is not taken though it is one."""
    if zipfile.is_zipfile(BytesIO(content)):
        return "holds an archive behind what it shows"
    if media == "application/pdf" and any(one in content for one in _PROGRAMS):
        return "holds a program or another file"
    if media == "text/plain" and content.lstrip(b"\xef\xbb\xbf \t\r\n\f").startswith((b"<", b"#!")):
        return "is written in a language that programs run"
    return ""


def _is_text(content: bytes) -> bool:
    try:
        return _CONTROLS.search(content.decode("utf-8")) is None
    except UnicodeDecodeError:
        return False


_FORMS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("application/pdf", lambda one: one.startswith(b"%PDF-") and b"%%EOF" in one[-_PDF_END:]),
    ("image/jpeg", lambda one: one.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in one[3:]),
    ("image/png", lambda one: one.startswith(b"\x89PNG\r\n\x1a\n") and one.endswith(_PNG_END)),
    ("image/tiff", lambda one: one.startswith((b"II*\0", b"MM\0*")) and len(one) > 8),  # noqa: PLR2004 - its header
    ("text/plain", lambda one: not one.startswith(b"%PDF-") and _is_text(one)),
)
