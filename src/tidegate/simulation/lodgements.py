"""Lodgements: one declaration as it reaches customs, with the truth about it, in the order of the day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import polars as pl

from tidegate.simulation.flaws import flawed
from tidegate.simulation.frames import Frames, frames_of
from tidegate.simulation.messages import message_of, rows_by_declaration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from tidegate.simulation.world import World

What = Literal["commodity", "origin", "value", "mass", "quantity", "hidden", "consignment", "party", "chain"]


class Difference(msgspec.Struct, frozen=True):
    """Something about an item that is not as stated; ``item`` 0 is the declaration as a whole."""

    item: int
    what: What
    stated: str
    found: str


class Truth(msgspec.Struct, frozen=True):
    """What is true of a declaration, whatever it says.

    ``flaw`` names what is wrong with the message's form, ``mistake`` an honest error, ``scheme`` a dishonest
    one with its campaign and phase (1 bold, 2 careful, 3 moved on). ``owner`` is the operator really behind
    it. ``evaded`` is about what duties and taxes are lost to the scheme or mistake, in accounting currency.
    """

    scheme: str | None
    irregular: bool
    flaw: str | None
    mistake: str | None = None
    campaign: str | None = None
    phase: int = 0
    owner: str = ""
    differences: tuple[Difference, ...] = ()
    evaded: Decimal = Decimal(0)


class Lodgement(msgspec.Struct, frozen=True):
    """A message as it is lodged, and what a driver needs to play the day on.

    ``reference`` names the declaration in the frames of the same world; customs gives it its own. ``arrived``
    tells whether the goods are there already; ``pays`` is the payment method, None where nothing is payable.
    """

    occurred: datetime
    declarant: str
    xml: bytes
    lrn: str
    truth: Truth
    reference: str = ""
    administration: str = "XA"
    office: str = ""
    arrived: bool = True
    pays: str | None = None


def day(
    world: World,
    on: date,
    declarations: int,
    administration: str = "XA",
    *,
    after: datetime | None = None,
    until: datetime | None = None,
) -> list[Lodgement]:
    """Return what is lodged at an administration on a day, in order of time.

    The first ``declarations`` of a longer day are the same, but for duplicates of references. Of the day,
    only what comes after and until moments, where they are given.
    """
    frames = frames_of(world, administration, on, declarations)
    occurred = frames.goods_items["occurred"].to_list() if after or until else []
    within = [(after is None or one > after) and (until is None or one <= until) for one in occurred]
    if occurred:
        mask = pl.Series(within, dtype=pl.Boolean)
        frames = Frames(frames.goods_items.filter(mask), frames.truth.filter(mask))
    return list(lodgements_of(frames))


def lodgements_of(frames: Frames) -> Iterator[Lodgement]:
    """Yield the lodgements that frames stand for, in their order; see ``Frames``."""
    for reference, rows, true in _declarations(frames):
        first, about, truth = rows[0], true[0], _truth(rows, true)
        xml = message_of(rows, about["lrn"], about["administration"])
        yield Lodgement(
            occurred=first["occurred"],
            declarant=first["declarant"],
            xml=flawed(xml, truth.flaw) if truth.flaw else xml,
            lrn=about["lrn"],
            truth=truth,
            reference=reference,
            administration=about["administration"],
            office=first["office"],
            arrived=first["declaration_type"].endswith("A"),
            pays=first["payment_method"],
        )


def truths_of(frames: Frames) -> Iterator[tuple[str, Truth]]:
    """Yield the reference and the truth of each declaration of frames, in their order."""
    for reference, rows, true in _declarations(frames):
        yield reference, _truth(rows, true)


def _declarations(frames: Frames) -> Iterator[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]]:
    truths = frames.truth.iter_rows(named=True)
    for reference, rows in rows_by_declaration(frames.goods_items):
        yield reference, rows, [next(truths) for _ in rows]


def _truth(rows: Sequence[dict[str, Any]], true: Sequence[dict[str, Any]]) -> Truth:
    first = true[0]
    return Truth(
        scheme=first["scheme"],
        irregular=any(one["irregular"] for one in true),
        flaw=first["flaw"],
        mistake=first["mistake"],
        campaign=first["campaign"],
        phase=first["phase"],
        owner=first["owner"],
        differences=tuple(
            difference for row, one in zip(rows, true, strict=True) for difference in _differences(row, one)
        ),
        evaded=Decimal(sum(one["evaded"] for one in true)) / 1000,
    )


def _differences(row: dict[str, Any], true: dict[str, Any]) -> Iterator[Difference]:
    """Yield what a thorough control could find about one item."""
    item = row["item"]
    pairs: tuple[tuple[What, str, str, int], ...] = (
        ("commodity", "commodity", "true_commodity", 0),
        ("origin", "origin", "true_origin", 0),
        ("value", "item_amount", "true_amount", 1_000),
        ("mass", "net_mass", "true_net_mass", 1_000_000),
        ("quantity", "supplementary_quantity", "true_quantity", 1_000_000),
    )
    for what, stated, really, scale in pairs:
        if row[stated] != true[really]:
            yield Difference(item, what, _plain(row[stated], scale), _plain(true[really], scale))
    if true["hidden"]:
        yield Difference(
            item, "hidden", "", f"{_plain(true['hidden_mass'], 1_000_000)} kg of {true['hidden']}"
        )
    if not true["irregular"]:
        return
    if true["scheme"] == "splitting":
        yield Difference(0, "consignment", true["declaration"], true["consignment"])
    elif true["scheme"] == "carousel":
        yield Difference(0, "chain", "", true["consignment"])
    elif true["scheme"] == "reappearing" and row["importer"] != true["owner"]:
        yield Difference(0, "party", row["importer"] or "", true["owner"])


def _plain(value: int | str | None, scale: int) -> str:
    if value is None:
        return ""
    return format((Decimal(value) / scale).normalize(), "f") if scale else str(value)
