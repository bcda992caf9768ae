"""Short labels of sections and chapters, in our own words: a node without a schedule still speaks."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from tidegate.tariff.nomenclature.model import Provision


def section_label(chapter: str) -> Provision | None:
    """Return the section that a chapter (two digits) stands in; None for national and unknown chapters."""
    section = _chapters().get(chapter, ("", ""))[0]
    return Provision(section, _sections()[section]) if section else None


def chapter_label(chapter: str) -> Provision | None:
    """Return a chapter (two digits) with its label, or None where there is no such chapter."""
    found = _chapters().get(chapter)
    return None if found is None else Provision(chapter, found[1])


@cache
def _table() -> tuple[dict[str, str], ...]:
    with Path(__file__).with_name("labels.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


@cache
def _sections() -> dict[str, str]:
    return {row["section"]: row["label"] for row in _table() if not row["chapter"]}


@cache
def _chapters() -> dict[str, tuple[str, str]]:
    return {row["chapter"]: (row["section"], row["label"]) for row in _table() if row["chapter"]}
