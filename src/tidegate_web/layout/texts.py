"""The texts of all pages: found in templates and code, and held against the catalogues.

    python -m tidegate_web.layout.texts        # enters new texts into every catalogue, drops those that went

A test sees that no catalogue lacks a text.
"""

from __future__ import annotations

import ast
import re
import sys
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tidegate_web.layout.languages import LOCALES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROOT = LOCALES.parent
_KEYWORDS = {"gettext": None, "gettext_lazy": None, "_": None, "ngettext": (1, 2)}
_SET_IN = re.compile(r"^[ \t]+", re.MULTILINE)
_FORMATTED = re.compile(r"%\(\w+\)")

Text = str | tuple[str, str]


def texts() -> Iterator[tuple[str, Text]]:
    """Yield every text with the file it stands in; a pair is one with its plural."""
    for path in sorted(_ROOT.rglob("*")):
        name = str(path.relative_to(_ROOT))
        if path.suffix == ".html":
            source = templatize(path.read_text(encoding="utf-8"), origin=name)
            # What is left is read as Python, whose lines must not be set in as those of a template are.
            yield from _found(name, _SET_IN.sub("", source))
        elif path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_text(encoding="utf-8")
            ast.parse(source)  # a file that is no Python is told here, with its line
            yield from _found(name, source)


def _found(name: str, source: str) -> Iterator[tuple[str, Text]]:
    for _line, _function, said, _comments in extract_python(BytesIO(source.encode()), _KEYWORDS, [], {}):
        if isinstance(said, tuple):
            singular, plural = said[0], said[1]
            if isinstance(singular, str) and isinstance(plural, str):
                yield name, (singular, plural)
        elif said:
            yield name, said


def refreshed(path: Path) -> Catalog:
    """Return a catalogue with exactly the texts that there are; what was translated stays."""
    with path.open("rb") as file:
        known = read_po(file, locale=path.stem, abort_invalid=True)
    fresh = Catalog(
        locale=path.stem,
        project="tidegate",
        charset="utf-8",
        fuzzy=False,
        header_comment=known.header_comment,
        creation_date=known.creation_date,
        revision_date=known.revision_date,
    )
    for name, text in texts():
        old = known.get(text if isinstance(text, str) else text[0])
        string = old.string if old is not None else None
        flags = ["python-format"] if _FORMATTED.search(text if isinstance(text, str) else text[1]) else []
        fresh.add(text, string=string, locations=[(name, None)], flags=flags)
    return fresh


def missing(path: Path) -> list[str]:
    """Return the texts that a catalogue does not translate."""
    found = []
    for message in refreshed(path):
        strings = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.id and not all(strings):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def main() -> int:
    """Refresh every catalogue in its place; the status is 1 where one lacks a text."""
    lacking = 0
    for path in sorted(LOCALES.glob("*.po")):
        fresh = refreshed(path)
        with path.open("wb") as file:
            write_po(file, fresh, width=110, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
        found = missing(path)
        lacking += len(found)
        for text in found:
            sys.stdout.write(f"{path.name}: {text!r}\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
