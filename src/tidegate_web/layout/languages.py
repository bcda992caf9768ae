"""The languages of the pages: a catalogue is one file, `xx.po`; a further language is one more file.

Catalogues lie beside this module, and a node may have its own in its folder `locale`. They are compiled when
the face starts, into the node's folder, for Django reads nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.core.exceptions import ImproperlyConfigured

LOCALES = Path(__file__).parent.parent / "locale"
_SOURCE = "en"


def _catalogues(*folders: Path) -> dict[str, Path]:
    """Return the catalogue of each language; a later folder goes before an earlier one."""
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.po"))}


def languages_of(*folders: Path) -> list[tuple[str, str]]:
    """Return the languages that pages can be read in, each by its own name; English needs no catalogue.

    Raises:
        ImproperlyConfigured: a catalogue has a name that is no language.
    """
    found = [(_SOURCE, "English")]
    for code, path in sorted(_catalogues(*folders).items()):
        try:
            name = Locale.parse(code, sep="_").get_language_name(code) or code
        except (UnknownLocaleError, ValueError) as error:
            raise ImproperlyConfigured(f"{path} should be named after a language, as fr.po is.") from error
        found.append((code.replace("_", "-").lower(), name.capitalize()))
    return found


def compiled(*folders: Path) -> str:
    """Compile catalogues where they have changed; the last folder is where the compiled ones lie.

    Raises:
        ImproperlyConfigured: a catalogue cannot be read.
    """
    *sources, target = folders
    for code, path in _catalogues(*sources).items():
        made = target / code / "LC_MESSAGES" / "django.mo"
        if made.exists() and made.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        made.parent.mkdir(parents=True, exist_ok=True)
        # Several workers start at once: each writes a file of its own, and the last one stays.
        new = made.with_suffix(f".{os.getpid()}")
        try:
            with path.open("rb") as file:
                catalogue = read_po(file, locale=code, abort_invalid=True)
        except (PoFileError, ValueError) as error:
            raise ImproperlyConfigured(f"{path}: {error}") from error
        with new.open("wb") as file:
            write_mo(file, catalogue)
        new.replace(made)
    return str(target)
