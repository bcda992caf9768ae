"""How a flat file becomes declarations: a mapping (TOML) of WCO places to columns, codes and constants."""

from __future__ import annotations

import codecs
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

from tidegate.declarations.declaration import Declaration
from tidegate.declarations.goods import GovernmentAgencyGoodsItem
from tidegate.declarations.places import UnknownPlaceError, with_value

# A line ends at the octet 10 in these and nowhere else, so that the line of a wrong octet is known.
_LINE_SAFE = frozenset({"ascii", "utf-8", "utf-8-sig", "iso8859-1", "cp1252", "euc_kr", "cp949"})


class MappingError(Exception):
    """A mapping that cannot be used, or does not fit the file: which one, where, and what would be right."""

    code = "mapping"

    def __init__(self, mapping: str, place: str, text: str) -> None:
        super().__init__(f"mapping {mapping}, {place}: {text}")
        self.mapping = mapping
        self.place = place


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the value of one place comes from: a column, a constant, or what is worked out.

    ``date`` is the strptime format of a column of days. ``table`` names the code table that a column's
    values are looked up in. ``currency`` and ``unit`` go with numbers; ``currency_column`` reads it from the
    row. ``decimals`` rounds half to even, for numbers that were floating-point before. ``computed``
    is the item's place in its declaration, or the count of its items.
    """

    column: str | None = None
    constant: str | None = None
    computed: Literal["place", "count"] | None = None
    date: str | None = None
    table: str | None = None
    currency: str | None = None
    currency_column: str | None = None
    unit: str | None = None
    decimals: int | None = None


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping: every column of the file is in ``declaration``, in ``item``, or ``ignored`` with its why."""

    name: str
    id: str
    declaration: dict[str, Source]
    item: dict[str, Source]
    title: str = ""
    encoding: str = "utf-8"
    separator: str = ","
    tables: dict[str, dict[str, str]] = {}
    ignored: dict[str, str] = {}

    def columns(self) -> set[str]:
        """Return the columns that must be in a file."""
        sources = [*self.declaration.values(), *self.item.values()]
        named = {name for source in sources for name in (source.column, source.currency_column) if name}
        return named | {self.id}


def load_mapping(name_or_path: str | Path) -> Mapping:
    """Load a mapping that ships with Tidegate by its name, or another by the path of its TOML file.

    Raises:
        MappingError: there is no such mapping, or it says what no declaration has.
    """
    name = str(name_or_path)
    try:
        if isinstance(name_or_path, Path) or name.endswith(".toml"):
            data = Path(name_or_path).read_bytes()
        else:
            data = (resources.files("tidegate.declarations") / "mappings" / f"{name}.toml").read_bytes()
    except OSError as error:
        text = f"cannot be read ({error.strerror}). It is a TOML file, or one of {', '.join(shipped())}."
        raise MappingError(name, "file", text) from error
    try:
        mapping = msgspec.toml.decode(data, type=Mapping)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        raise MappingError(name, place or "file", what) from error
    except msgspec.DecodeError as error:
        raise MappingError(name, "file", f"is not TOML: {error}") from error
    _check(mapping)
    return mapping


def shipped() -> list[str]:
    """Return the names of the mappings that ship with Tidegate."""
    folder = resources.files("tidegate.declarations") / "mappings"
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


def _check(mapping: Mapping) -> None:
    """Raise MappingError where a mapping says what no declaration has, or names a table it does not give."""
    try:
        known = codecs.lookup(mapping.encoding).name in _LINE_SAFE
    except LookupError:
        known = False
    if not known:
        text = f"{mapping.encoding!r} is not read; use one of {', '.join(sorted(_LINE_SAFE))}"
        raise MappingError(mapping.name, "encoding", text)
    if len(mapping.separator) != 1:
        raise MappingError(mapping.name, "separator", "it is one character, such as , or ;")
    for part, of in (("declaration", Declaration), ("item", GovernmentAgencyGoodsItem)):
        sample: Declaration | GovernmentAgencyGoodsItem = of()
        for path, source in getattr(mapping, part).items():
            place = f"{part}, {path!r}"
            said = [source.column, source.constant, source.computed]
            if sum(one is not None for one in said) != 1:
                raise MappingError(mapping.name, place, "give one of column, constant and computed")
            if source.table is not None and source.table not in mapping.tables:
                raise MappingError(mapping.name, place, f"there is no [tables.{source.table}]")
            try:
                sample = with_value(sample, path, "1")
            except UnknownPlaceError as error:
                raise MappingError(mapping.name, place, f"no declaration has this place ({error})") from error
