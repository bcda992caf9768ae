"""What an agreement lets a party share, worked out over a frame of acts: one row an act and goods item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.exchange.constraints import all_hold
from tidegate.exchange.reading import scaled
from tidegate.exchange.rendering import pseudonym, rendered
from tidegate.exchange.terms import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.exchange.model import Agreement, Permission, Transform

_POLARS_SPANS = {"day": "1d", "month": "1mo", "year": "1y"}
_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "number": pl.Int64(),
    "moment": pl.Datetime("us", "UTC"),
}

# `position` is that of the act, `subject` what it is about (the MRN), `recorded` when the journal took it.
ROW_SCHEMA: dict[str, pl.DataType] = {
    "position": pl.Int64(),
    "kind": pl.String(),
    "subject": pl.String(),
    "recorded": pl.Datetime("us", "UTC"),
    **{name: _TYPES[field.kind] for name, field in FIELDS.items()},
}


class Matched(msgspec.Struct, frozen=True):
    """What a clause lets out of one act: the rows, each with the fields that are shared, as text."""

    clause: str
    position: int
    subject: str
    rows: tuple[dict[str, str], ...]


def matches(frame: pl.DataFrame, agreement: Agreement, assigner: str, key: bytes) -> Iterator[Matched]:
    """Yield what each disclosing clause of a party lets out of a frame with ROW_SCHEMA, in order of position.

    ``key`` is that of the agreement's pseudonyms. Aggregates are not among it: see ``cells``.
    """
    for clause in agreement.permission:
        if clause.action != "disclose" or clause.assigner != assigner or clause.aggregate is not None:
            continue
        yield from shown_rows(frame, agreement, clause, key)


def shown_rows(
    frame: pl.DataFrame, agreement: Agreement, clause: Permission, key: bytes
) -> Iterator[Matched]:
    """Yield what one clause lets out of a frame: of acts, or of declarations where it serves."""
    allowed = allowed_rows(frame, agreement, clause)
    if allowed.is_empty():
        return
    shown = allowed.select(
        "position", "subject", *(_transformed(name, how) for name, how in clause.fields.items())
    )
    yield from _documents(shown, clause, key)


def allowed_rows(frame: pl.DataFrame, agreement: Agreement, clause: Permission) -> pl.DataFrame:
    """Return the rows that a clause allows and no other forbids; forbidden fields in them are null."""
    target = clause.target if clause.action == "disclose" else "declaration.lodged"
    found = frame.filter(pl.col("kind") == target).filter(all_hold(clause.constraint).fill_null(value=False))
    masks: dict[str, pl.Expr] = {}
    for one in agreement.prohibition:
        if one.action != "disclose" or one.assigner != clause.assigner or one.target not in {"any", target}:
            continue
        forbidden = all_hold(one.constraint).fill_null(value=True)
        if not one.fields:
            masks["position"] = masks.get("position", pl.lit(value=False)) | forbidden
        for name in one.fields:
            masks[name] = masks.get(name, pl.lit(value=False)) | forbidden
    wholly = masks.pop("position", None)
    hidden = [pl.when(~mask).then(pl.col(name)).alias(name) for name, mask in masks.items()]
    if wholly is not None:
        found = found.filter(~wholly)
    return found.with_columns(hidden) if hidden else found


class Cell(msgspec.Struct, frozen=True):
    """A row that waits to be totalled: its group, its numbers, and the declaration it counts for."""

    clause: str
    period: str
    subject: str
    group: tuple[str, ...]
    numbers: tuple[int, ...]


def cells(frame: pl.DataFrame, agreement: Agreement, assigner: str) -> Iterator[Cell]:
    """Yield the rows that the aggregating clauses of a party count, with the period that each falls in."""
    for clause in agreement.permission:
        if clause.action != "disclose" or clause.assigner != assigner or clause.aggregate is None:
            continue
        by, total = clause.aggregate.by, clause.aggregate.total
        rows = allowed_rows(frame, agreement, clause)
        for row in rows.select({"recorded", "subject", *by, *total}).iter_rows(named=True):
            group = tuple("" if row[name] is None else rendered(name, row[name]) for name in by)
            numbers = tuple(row[name] or 0 for name in total)
            period = period_of(row["recorded"], clause.aggregate.period)
            yield Cell(clause.uid, period, row["subject"], group, numbers)


def period_of(moment: object, span: str) -> str:
    """Return the period that a moment falls in, as text that sorts by time."""
    return rendered("", moment)[: 10 if span == "day" else 7]


def totals(waiting: list[Cell], clause: Permission) -> list[dict[str, str]]:
    """Return the totals of one period's cells; groups of fewer declarations than the minimum are left out."""
    assert clause.aggregate is not None
    groups: dict[tuple[str, ...], list[Cell]] = {}
    for cell in waiting:
        groups.setdefault(cell.group, []).append(cell)
    rows = []
    for group, held in sorted(groups.items()):
        count = len({cell.subject for cell in held})
        if count < clause.aggregate.minimum_cell:
            continue
        row = {name: text for name, text in zip(clause.aggregate.by, group, strict=True) if text}
        for place, name in enumerate(clause.aggregate.total):
            row[f"total_{name}"] = rendered(name, sum(cell.numbers[place] for cell in held))
        rows.append({**row, "declarations": str(count)})
    return rows


def _transformed(name: str, how: Transform) -> pl.Expr:
    column = pl.col(name)
    if how.length is not None:
        return column.str.slice(0, how.length)
    if how.step is not None:
        step = scaled(name, how.step)
        return (column // step) * step
    if how.span is not None:
        return column.dt.truncate(_POLARS_SPANS[how.span])
    return column


def _documents(shown: pl.DataFrame, clause: Permission, key: bytes) -> Iterator[Matched]:
    names = list(clause.fields)
    held: list[dict[str, str]] = []
    last: tuple[int, str] | None = None
    for position, subject, *values in shown.sort("position", maintain_order=True).iter_rows():
        if last is not None and position != last[0]:
            if held:
                yield Matched(clause.uid, *last, tuple(held))
            held = []
        last = (position, subject)
        row = {
            name: _text(name, value, clause.fields[name], key)
            for name, value in zip(names, values, strict=True)
            if value is not None
        }
        if row:
            held.append(row)
    if last is not None and held:
        yield Matched(clause.uid, *last, tuple(held))


def _text(name: str, value: object, how: Transform, key: bytes) -> str:
    return pseudonym(key, str(value)) if how.way == "pseudonym" else rendered(name, value, how)
