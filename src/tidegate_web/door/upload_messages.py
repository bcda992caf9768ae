"""Messages about uploads, as the published API has them: which files are to come, and where to send each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from lxml import etree

from tidegate.declarations.wire.xml import UnreadableXmlError, XmlLimits, parse_xml
from tidegate_web.door.papers import LONGEST_TYPE, MOST
from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMESPACE = "hmrc:fileupload"  # of the published definition, customs declarations 3.0
_LONGEST_ID = 22  # of DeclarationID there
_LONGEST_ADDRESS = 2_000
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-~]*)?(\?[!-~]*)?", re.ASCII)
_NUMBER = re.compile(r"0*[1-9][0-9]{0,3}", re.ASCII)


class FileWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is to be uploaded: its number in its group, its type, and where a browser is led then."""

    sequence: int
    type: str = ""
    success: str = ""
    error: str = ""


class UploadWanted(msgspec.Struct, frozen=True):
    """Files that are to be uploaded about a declaration."""

    mrn: str
    files: tuple[FileWanted, ...]


class Target(msgspec.Struct, frozen=True):
    """Where a file is sent, by which form fields, and the reference by which it is spoken of."""

    reference: str
    address: str
    fields: dict[str, str]


def read_wanted(body: bytes, limits: XmlLimits) -> UploadWanted:
    """Return what an upload request asks for.

    Raises:
        Refused: it is no such request; the text says what would be right.
    """
    try:
        root = parse_xml(body, limits)
    except UnreadableXmlError as error:
        raise Refused(400, "unreadable", "The message cannot be read.", (error.finding,)) from None
    if root.tag != f"{{{NAMESPACE}}}FileUploadRequest":
        raise Refused(400, "other_kind", f"Send a FileUploadRequest of the namespace {NAMESPACE}.")
    mrn = _text(root, "DeclarationID")
    if not 0 < len(mrn) <= _LONGEST_ID:
        raise Refused(400, "invalid", f"DeclarationID has 1 to {_LONGEST_ID} characters: the MRN.")
    files = tuple(_file(one) for one in root.iterfind(f"{{{NAMESPACE}}}Files/{{{NAMESPACE}}}File"))
    size = _number(root, "FileGroupSize")
    if size != len(files) or size > MOST:
        text = f"FileGroupSize is {size} and there are {len(files)} Files: say how many, up to {MOST}."
        raise Refused(400, "invalid", text)
    if sorted(one.sequence for one in files) != list(range(1, size + 1)):
        raise Refused(400, "invalid", "FileSequenceNo counts the Files from 1, each once.")
    return UploadWanted(mrn, files)


def write_targets(targets: Iterable[Target]) -> bytes:
    """Return the answer to an upload request: where each file is sent, in the order asked."""
    root = etree.Element(f"{{{NAMESPACE}}}FileUploadResponse", nsmap={None: NAMESPACE})  # type: ignore[dict-item] # None is the default prefix
    files = _below(root, "Files")
    for one in targets:
        file = _below(files, "File")
        _below(file, "Reference").text = one.reference
        request = _below(file, "UploadRequest")
        _below(request, "Href").text = one.address
        fields = _below(request, "Fields")
        for name, value in one.fields.items():
            _below(fields, name).text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _file(node: etree._Element) -> FileWanted:
    kind = _text(node, "DocumentType")
    if len(kind) > LONGEST_TYPE or not kind.isprintable():
        raise Refused(400, "invalid", f"DocumentType has at most {LONGEST_TYPE} characters.")
    return FileWanted(
        sequence=_number(node, "FileSequenceNo"),
        type=kind,
        success=_address(node, "SuccessRedirect"),
        error=_address(node, "ErrorRedirect"),
    )


def _address(node: etree._Element, name: str) -> str:
    said = _text(node, name)
    if said and (len(said) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(said)):
        raise Refused(400, "invalid", f"{name} is an address that begins with https://.")
    return said


def _number(node: etree._Element, name: str) -> int:
    said = _text(node, name)
    if not _NUMBER.fullmatch(said):
        raise Refused(400, "invalid", f"{name} is a whole number above 0.")
    return int(said)


def _text(node: etree._Element, name: str) -> str:
    return (node.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()


def _below(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
