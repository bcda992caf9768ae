"""Tables that are not part of Tidegate: found where data lies, brought into shape, kept in the node's folder.

An administration names its sources, each with a file below the folder of data and the shape it has. What is
found is written into the node's ``tables/`` as tables like the administration's own, once, when the node is
made; from then on the node reads its own copy. A source that is not there is left out, and told.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.tariff import MEASURE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

EXCHANGE_FIELDS = ("currency", "from", "until", "rate")
_NOTIFIED = ("commodity_code", "additional_codes", "origin", "duty_regime", "tax_type", "rate_percent")


class BadSourceError(Exception):
    """A source of tables is not in the shape that its administration says."""

    code = "bad_source"

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(f"{path.name}: {text}")
        self.path = path


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tables from outside: ``notified`` rates read off notifications, or ``exchange`` rates by month.

    ``kinds`` are those of measures by tax; ``codes`` tells, by how additional codes begin, which taxes they
    speak of: a rate of another tax holds without them.
    """

    shape: Literal["notified", "exchange"]
    file: str
    name: str
    kinds: dict[str, str] = {}
    codes: dict[str, tuple[str, ...]] = {}


def gather(sources: Iterable[Source], data: Path | None, into: Path) -> list[str]:
    """Write the tables of those sources that are there; returns the names of those that are not.

    Raises:
        BadSourceError: a file is not in its shape.
    """
    absent = []
    for source in sources:
        path = data / source.file if data is not None else None
        if path is None or not path.is_file():
            absent.append(source.name)
            continue
        into.mkdir(parents=True, exist_ok=True)
        if source.shape == "exchange":
            _write(into / "exchange_rates.csv", EXCHANGE_FIELDS, _exchange(path))
        else:
            _write(into / "measures.csv", MEASURE_FIELDS, _notified(path, source))
    return absent


def _exchange(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            if len(row) != len(EXCHANGE_FIELDS):
                raise BadSourceError(path, f"row {number} does not have {', '.join(EXCHANGE_FIELDS)}")
            yield dict(zip(EXCHANGE_FIELDS, row, strict=True))


def _notified(path: Path, source: Source) -> Iterator[dict[str, str]]:
    """Yield measures without dates, each once: rows may say alike when codes of other taxes are left out."""
    seen = set()
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != _NOTIFIED:
            raise BadSourceError(path, f"the first row must be {','.join(_NOTIFIED)}")
        for row in rows:
            tax, regime = row["tax_type"], row["duty_regime"]
            codes = [code for code in row["additional_codes"].split("+") if _speaks(code, tax, source)]
            kind = source.kinds.get(tax) or ("duty" if regime.startswith("1") else "preference")
            measure = dict.fromkeys(MEASURE_FIELDS, "") | {
                "kind": kind,
                "tax": tax,
                "commodity": row["commodity_code"],
                "origin": row["origin"],
                "preference": regime,
                "additional_codes": " ".join(codes),
                "rate": f"{row['rate_percent']}%",
                "source": source.name,
            }
            if tuple(measure.values()) not in seen:
                seen.add(tuple(measure.values()))
                yield measure


def _speaks(code: str, tax: str, source: Source) -> bool:
    of = [taxes for beginning, taxes in source.codes.items() if code.startswith(beginning)]
    return bool(code) and all(tax in taxes for taxes in of)


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
