"""Sheets: a table of figures with the sentence that says what it shows, to be drawn, read and downloaded."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import msgspec
from django.http import HttpResponse
from django.utils import formats
from django.utils.translation import gettext as _

Kind = Literal["text", "count", "hours", "share", "money", "figure"]
Value = str | float | None
_HOUR = 3600
_MINUTE = 60
_CENT = Decimal("0.01")
_DIGITS = {"count": 0, "figure": 3}


@dataclass(frozen=True)
class Column:
    """A column: its name in downloads, what people read, and how its values are shown.

    Hours are kept in seconds; shares from 0 to 1.
    """

    name: str
    label: object
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """A table; ``links`` has for each row where what lies behind it is found, or nothing.

    ``plot`` draws the columns named over the first one, as lines or as bars; ``bar`` is a column whose values
    are shown beside each row as a share of the largest.
    """

    name: str
    title: object
    sentence: object
    columns: tuple[Column, ...]
    rows: list[tuple[Value, ...]]
    links: list[str] = field(default_factory=list)
    plot: Literal["", "lines", "bars"] = ""
    drawn: tuple[str, ...] = ()
    bar: str = ""

    def lines(self) -> list[dict[str, object]]:
        """Return the rows as the template shows them."""
        places = {column.name: place for place, column in enumerate(self.columns)}
        largest = 0.0
        if self.bar:
            largest = max((float(row[places[self.bar]] or 0) for row in self.rows), default=0.0)
        return [
            {
                "cells": [
                    {"column": column, "said": said(value, column.kind), "value": _drawn(value, column.kind)}
                    for value, column in zip(row, self.columns, strict=True)
                ],
                "link": self.links[number] if number < len(self.links) else "",
                "bar": f"{100 * float(row[places[self.bar]] or 0) / largest:.1f}" if largest else "",
            }
            for number, row in enumerate(self.rows)
        ]


def said(value: Value, kind: Kind) -> str:
    """Return a value as people read it."""
    if value is None:
        return "–"  # noqa: RUF001 - the dash of an empty cell
    if kind == "hours":
        return duration(float(value))
    if kind == "share":
        return f"{_number(100 * float(value), 1)} %"
    if kind in _DIGITS:
        return _number(float(value), _DIGITS[kind])
    if kind == "money":
        return formats.number_format(Decimal(value).quantize(_CENT), decimal_pos=2, force_grouping=True)
    return str(value)


def duration(seconds: float) -> str:
    """Return a time in minutes, hours or days, whichever reads best."""
    if seconds < 1:
        return _("at once") if seconds == 0 else _("a moment")
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{_number(seconds / _MINUTE, 0)} min"
    if seconds < 48 * _HOUR:
        return f"{_number(seconds / _HOUR, 1)} h"
    return f"{_number(seconds / _HOUR / 24, 1)} d"


def _number(value: float, digits: int) -> str:
    """Return a number rounded and in the manner of the language; the formatter itself would cut it off."""
    rounded = f"{value:.{digits}f}"
    return formats.number_format(Decimal(rounded), decimal_pos=digits, use_l10n=True, force_grouping=True)


def _drawn(value: Value, kind: Kind) -> str:
    """Return the number that a plot draws: hours where the value is in seconds, per cent of a share."""
    if value is None or kind == "text":
        return ""
    factor = {"hours": 1 / _HOUR, "share": 100.0}.get(kind, 1.0)
    return f"{float(value) * factor:.6g}"


def downloaded(sheet: Sheet, form: str) -> HttpResponse:
    """Return a sheet as a file: CSV with a line of names, or JSON; times in seconds, shares from 0 to 1."""
    names = [column.name for column in sheet.columns]
    if form == "json":
        octets = msgspec.json.encode([dict(zip(names, row, strict=True)) for row in sheet.rows])
        return _file(octets, "application/json", f"{sheet.name}.json")
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(names)
    writer.writerows(["" if one is None else one for one in row] for row in sheet.rows)
    return _file(buffer.getvalue().encode(), "text/csv; charset=utf-8", f"{sheet.name}.csv")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
