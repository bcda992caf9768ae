"""Release times, published: how long goods took from lodging to release, by how they were looked at."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from datetime import datetime, timedelta
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tidegate.journal import tables
from tidegate_web.node import node, now
from tidegate_web.people.pages import public

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

DAYS = 30
_SAMPLE = 5_000
_FEWEST = 5  # fewer would tell of single consignments
_KEPT_SECONDS = 300
_LOOKED = {
    "green": _("Without a control"),
    "blue": _("Checked after release"),
    "yellow": _("Documents examined"),
    "red": _("Goods examined"),
}
# A number is drawn by a keyed hash, so the first numbers in their order are a sample at random.
_RELEASED = """
SELECT channel, lodged, json_extract(record, '$.released') FROM consignments
WHERE state IN ('released', 'cleared', 'exited') AND lodged >= ? AND channel IS NOT NULL
ORDER BY mrn LIMIT ?
"""
_lock = threading.Lock()
_kept: dict[str, Any] = {"at": -_KEPT_SECONDS, "rows": [], "node": None}


@public
@require_safe
def times(request: HttpRequest) -> HttpResponse:
    """Show the release times of the last days; made anew every few minutes."""
    with _lock:
        fresh = _kept["node"] is node() and time.monotonic() - _kept["at"] < _KEPT_SECONDS
        if not fresh:
            _kept.update(at=time.monotonic(), rows=_rows(), node=node())
        rows = _kept["rows"]
    return render(request, "public/times.html", {"rows": rows, "days": DAYS, "sample": _SAMPLE})


def _rows() -> list[dict[str, Any]]:
    since = (now() - timedelta(days=DAYS)).isoformat()
    with closing(tables(node().reader("clearance"), node().read_tables)) as connection:
        found = list(connection.execute(_RELEASED, (since, _SAMPLE)))
    return [
        {"looked": _LOOKED[channel], **told}
        for channel in _LOOKED
        if (told := _told(_hours(row for row in found if row[0] == channel))) is not None
    ]


def _hours(rows: Iterable[tuple[str, str, str]]) -> list[float]:
    return [
        (datetime.fromisoformat(released) - datetime.fromisoformat(lodged)).total_seconds() / 3600
        for _channel, lodged, released in rows
        if released
    ]


def _told(hours: list[float]) -> dict[str, Any] | None:
    """Return the number, the median and the 90th percentile (hours); None where there are too few."""
    if len(hours) < _FEWEST:
        return None
    tenths = quantiles(hours, n=10, method="inclusive")
    return {"n": len(hours), "median": tenths[4], "most": tenths[8]}
