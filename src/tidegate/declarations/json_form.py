"""A declaration as JSON: the same values under the same WCO names, exact numbers as text.

What JSON could say and the values could not keep, or XML could not write, is a finding: an unknown or a
repeated name, a number without end, a character that XML has no place for. So a value is the same whichever
way it came, and either form can be written from the other.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import msgspec

from tidegate.declarations.classes import class_plan
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.findings import Finding
from tidegate.declarations.json_checks import not_kept, not_taken

_DECODER = msgspec.json.Decoder(Declaration)
_MAY_NOT_BE_XML = re.compile(rb"\\[ubf]|\xef\xbf[\xbe\xbf]")  # what such a character looks like in JSON
_NAMES = frozenset(class_plan(Declaration).by_name())
_SHOWN = 60


class UnreadableJsonError(Exception):
    """JSON that is no declaration; the findings say where and what was expected."""

    code = "unreadable-json"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].text)
        self.findings = findings


def looks_like_json(data: bytes) -> bool:
    """Tell whether the first thing after white space and a byte order mark is ``{``."""
    return data[:256].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def to_json(declaration: Declaration) -> bytes:
    """Return a declaration as one line of UTF-8 JSON; numbers are strings, absent fields are left out."""
    return msgspec.json.encode(declaration)


def from_json(data: bytes) -> Declaration:
    """Read a declaration from JSON as ``to_json`` writes it.

    Raises:
        UnreadableJsonError: with every finding: ``TG-JSON-FORM`` at line and column where it is no JSON,
            ``TG-JSON-FIELD`` and ``TG-JSON-VALUE`` at the place in the declaration, ``TG-JSON-OTHER`` where
            nothing in it is a declaration's.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        declaration = _decoded(data)
        json.loads(data, object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=str)
    except _RepeatedNameError as repeated:
        text = f'The name "{repeated.name[:_SHOWN]}" stands twice in one object. State it once.'
        _refuse("TG-JSON-FIELD", "line 1, column 1", text)
    except (msgspec.DecodeError, ValueError) as error:
        _refuse("TG-JSON-FORM", _position(data, error), "This is not well-formed JSON in UTF-8 from here on.")
    except RecursionError:
        _refuse("TG-JSON-FORM", "line 1, column 1", "The values are nested deeper than any declaration is.")
    findings = tuple(not_kept(declaration, texts=_MAY_NOT_BE_XML.search(data) is not None))
    if findings:
        raise UnreadableJsonError(findings)
    return declaration


def _decoded(data: bytes) -> Declaration:
    try:
        return _DECODER.decode(data)
    except msgspec.ValidationError as error:
        raw = msgspec.json.decode(data)
        if not isinstance(raw, dict) or not _NAMES & raw.keys():
            text = "This is JSON, but no name in it is one of a declaration's. Check the spelling of names."
            raise UnreadableJsonError((Finding("TG-JSON-OTHER", "Declaration", text, "warning"),)) from None
        found = tuple(not_taken(raw))
        first = Finding("TG-JSON-VALUE", "Declaration", str(error))
        raise UnreadableJsonError(found or (first,)) from None


class _RepeatedNameError(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _RepeatedNameError(name)
            seen.add(name)
    return found


def _refuse(code: str, location: str, text: str) -> NoReturn:
    raise UnreadableJsonError((Finding(code, location, text),))


def _position(data: bytes, error: Exception) -> str:
    """Return line and column of where reading stopped; columns count characters."""
    found = re.search(r"\(byte (\d+)\)", str(error))
    offset = int(found[1]) if found else len(data)
    try:
        data.decode()
    except UnicodeDecodeError as undecodable:
        offset = min(offset, undecodable.start)
    before = data[:offset]
    column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
    line = before.count(b"\n") + 1
    return f"line {line}, column {column}"
