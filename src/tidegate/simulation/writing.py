"""Writing a world to files: the same bytes whenever it is written with the same parameters and libraries."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.simulation.histories import controls_of
from tidegate.simulation.span import days_of, joined
from tidegate.simulation.summary import Summary, Tally

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from tidegate.simulation.frames import Frames
    from tidegate.simulation.world import World

_ROW_GROUP = 100_000


class FolderNotEmptyError(Exception):
    """A world is written into an empty folder, so that nothing of another stays among its files."""

    code = "simulation.folder_not_empty"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"The folder {folder} is not empty. Name a new one, or empty this one first.")
        self.folder = folder


def write_world(
    out: Path,
    world: World,
    start: date,
    days: int,
    per_day: int,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Write the days of a world into a folder and return what they amounted to.

    The files: ``goods_items-``, ``truth-`` and ``controls-YYYY-MM.parquet`` a month; ``truth.csv`` with
    every item of which something is untrue or whose message is flawed; ``parameters.json``; and
    ``summary.json`` with the digests of the others. ``progress`` is told the days done and all days.

    Raises FolderNotEmptyError, and OSError where the folder cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise FolderNotEmptyError(out)
    tally = Tally(world.seed, start, days)
    files: dict[str, str] = {}
    held: list[Frames] = []
    month = ""
    described = {"seed": world.seed, "parameters": world.parameters, "found": world.found}
    _json(out / "parameters.json", described)
    with (out / "truth.csv").open("wb") as truth_csv:
        truth_csv.write((",".join(_csv_columns()) + "\n").encode())
        for day in days_of(world, start, days, per_day):
            if held and month != f"{day.on:%Y-%m}":
                tally.add(parts := joined(held))
                files |= _write_month(out, world, month, parts)
                held = []
            month = f"{day.on:%Y-%m}"
            held.append(day.frames)
            _untrue(day.frames).write_csv(truth_csv, include_header=False)
            if progress is not None and day.country == world.parameters.administrations[-1].country:
                progress((day.on - start).days + 1, days)
        if held:
            tally.add(parts := joined(held))
            files |= _write_month(out, world, month, parts)
    for name in ("parameters.json", "truth.csv"):
        files[name] = _digest(out / name)
    summary = tally.summary(dict(sorted(files.items())))
    _json(out / "summary.json", summary)
    return summary


def _write_month(out: Path, world: World, month: str, frames: Frames) -> dict[str, str]:
    """Write a month's frames and return the digests of the files by their names."""
    parts = {
        "goods_items": frames.goods_items,
        "truth": frames.truth,
        "controls": controls_of(world, frames),
    }
    digests = {}
    for name, frame in parts.items():
        path = out / f"{name}-{month}.parquet"
        frame.write_parquet(path, compression="zstd", row_group_size=_ROW_GROUP, statistics=True)
        digests[path.name] = _digest(path)
    return digests


def _untrue(frames: Frames) -> pl.DataFrame:
    c = pl.col
    stated = frames.goods_items.select(
        "occurred", "importer", "exporter", "commodity", "origin", "item_amount"
    )
    wide = pl.concat([frames.truth, stated], how="horizontal")
    wide = wide.filter(c("irregular") | c("flaw").is_not_null())
    return wide.select(_csv_columns())


def _csv_columns() -> list[str]:
    return [
        "declaration", "item", "administration", "occurred", "importer", "exporter", "flaw", "scheme",
        "campaign", "phase", "owner", "consignment", "mistake", "irregular", "commodity", "true_commodity",
        "origin", "true_origin", "item_amount", "true_amount", "hidden", "evaded",
    ]  # fmt: skip


def _json(path: Path, value: object) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1) + b"\n")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
