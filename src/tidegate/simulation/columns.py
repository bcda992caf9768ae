"""From arrays to columns: what is stated of declarations and of their items, with words for numbers."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tidegate.simulation import routes
from tidegate.simulation.campaigns import CAROUSEL, SCHEMES, SPLITTING
from tidegate.simulation.deceit import HIDDEN, MISTAKES
from tidegate.simulation.flaws import FLAW_RUNNING, FLAWS
from tidegate.simulation.goods import CATALOGUE, COUNTRIES
from tidegate.simulation.traders import BROKER, CARRIER, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tidegate.simulation.deceit import Statement
    from tidegate.simulation.trade import Trade
    from tidegate.simulation.world import World

    Whole = NDArray[np.int64]

_COUNTRY = pl.Series(COUNTRIES, dtype=pl.String)
_CODE = pl.Series([one.code for one in CATALOGUE], dtype=pl.String)
_LABEL = pl.Series([one.label for one in CATALOGUE], dtype=pl.String)
_PRODUCED = {"1": "N935 N705", "4": "N935 N740", "3": "N935 N730", "5": "N935"}
_QUANTITY = 1_000_000
_CONTAINER = 18e9  # milligrams in one container, chosen


def head_columns(world: World, trade: Trade) -> pl.DataFrame:
    """Return what the items of a declaration have in common, one row a declaration."""
    told, parties, journeys = world.parameters, trade.parties, trade.journeys
    own = world.administration(trade.country)
    trader = _numbers(world, trade.country, parties.operator)
    broker = _numbers(world, trade.country, BROKER + np.maximum(0, journeys.broker))
    with_broker = pl.Series(journeys.broker >= 0)
    mode = _words(routes.MODES, journeys.mode)
    midnight = int(datetime.combine(trade.on, time(), UTC).timestamp())
    export = pl.Series(parties.export)
    prelodged = pl.Series(journeys.prelodged)
    place = pl.Series(np.arange(len(parties.kind)))
    reference = f"{trade.country}{trade.on:%y%m%d}-" + place.cast(pl.String).str.zfill(7)
    frame = pl.DataFrame(
        {
            "declaration": reference,
            "occurred": (pl.Series(midnight + journeys.seconds) * 1_000_000).cast(pl.Datetime("us", "UTC")),
            "administration": pl.repeat(trade.country, len(reference), eager=True),
            "trader": trader,
            "broker": broker,
            "with_broker": with_broker,
            "indirect": journeys.indirect,
            "export": export,
            "prelodged": prelodged,
            "seller_country": _COUNTRY.gather(journeys.partner),
            "foreign": _foreign(world, journeys.partner, journeys.seller),
            "carrier": _carriers(world, trade),
            "office": _words(own.offices, journeys.mode),
            "transport_mode": mode,
            "incoterm": _words(routes.INCOTERMS, journeys.incoterm),
            "currency": _words([code for code, _ in told.rates], journeys.currency),
            "separate": routes.SEPARATE_FREIGHT[journeys.incoterm],
            "freight_part": parties.draws.whole("freight", 60) + 20,  # thousandths of the value
            "deferred": parties.deferred,
            "procedure_roll": parties.company.derive("procedure", parties.draws.whole("procedure", 6)).whole(
                "procedure", 100
            ),
            "scheme": _words((*SCHEMES, None), parties.kind),
            "campaign": _campaigns(trade),
            "phase": pl.Series(parties.phase),
            "owner": _numbers(world, trade.country, parties.owner),
            "consignment": _consignments(trade),
            "flaw": _flaws(world, trade),
            "other_flaw": _words(FLAWS, parties.draws.whole("other flaw", len(FLAWS) - 1)),
        }
    )
    return frame.with_columns(_parties_stated(trade.country)).drop(
        "trader", "broker", "with_broker", "indirect"
    )


def _parties_stated(country: str) -> list[pl.Expr]:
    """Return who is who, by whether goods leave or come and who lodges."""
    c = pl.col
    return [
        pl.when("with_broker").then("broker").alias("representative"),
        pl.when(c("with_broker") & c("indirect")).then("broker").otherwise("trader").alias("declarant"),
        pl.when(~c("export")).then("trader").alias("importer"),
        pl.when("export").then("trader").otherwise("foreign").alias("exporter"),
        pl.when(~c("export")).then("foreign").alias("seller"),
        pl.concat_str(
            pl.when("export").then(pl.lit("EX")).otherwise(pl.lit("IM")),
            pl.when("prelodged").then(pl.lit("D")).otherwise(pl.lit("A")),
        ).alias("declaration_type"),
        pl.when("export").then("seller_country").otherwise(pl.lit(country)).alias("country_of_destination"),
        pl.when(c("procedure_roll") < 90).then(pl.lit("4000"))  # noqa: PLR2004 - chosen shares of procedures
        .when(c("procedure_roll") < 95).then(pl.lit("7100"))  # noqa: PLR2004 - as above
        .otherwise(pl.lit("5100")).alias("import_procedure"),
        pl.concat_str(pl.lit("S"), c("declaration").str.replace("-", "")).alias("lrn"),
    ]  # fmt: skip


def line_columns(world: World, trade: Trade, said: Statement) -> pl.DataFrame:
    """Return what differs from item to item."""
    told, lines, head = world.parameters, trade.lines, trade.lines.head
    rate = np.array([rate for _, rate in told.rates], np.int64)
    own_rate = rate[trade.journeys.currency[head]]
    amount, true_amount = _converted(said.value, own_rate), _converted(lines.value, own_rate)
    statistical = amount * own_rate // 1_000_000 // 10 * 10
    total = np.bincount(head, amount, len(trade.parties.kind)).astype(np.int64)[head]
    containers = np.bincount(head, lines.net / _CONTAINER, len(trade.parties.kind)).astype(np.int64)[head] + 1
    sea = trade.journeys.mode[head] == routes.SEA
    preference = _words(("100", "300"), said.preferential.astype(np.int64))
    count = np.bincount(head, minlength=len(trade.parties.kind))[head]
    return pl.DataFrame(
        {
            "item": lines.item + 1,
            "items": count,
            "commodity": _CODE.gather(said.goods),
            "description": _LABEL.gather(said.goods),
            "origin": _COUNTRY.gather(said.origin),
            "sent_from": _COUNTRY.gather(said.via),
            "preferential": said.preferential,
            "line_preference": preference,
            "containers": np.where(sea, np.minimum(9, containers), 0),
            "packages": lines.packages,
            "gross_mass": said.gross,
            "net_mass": said.net,
            "pieces": said.pieces,
            "item_amount": amount,
            "statistical_amount": statistical,
            "invoice_total": total,
            "valuation_method": _words(
                ("1", "2", "6"), np.minimum(2, lines.draws.whole("method", 200) // 198)
            ),
            "mistake": _words((*MISTAKES, None), said.mistake),
            "irregular": said.irregular,
            "true_commodity": _CODE.gather(lines.goods),
            "true_origin": _COUNTRY.gather(lines.origin),
            "true_amount": true_amount,
            "true_net_mass": lines.net,
            "true_pieces": lines.pieces,
            "hidden": _words((*HIDDEN, None), said.hidden),
            "hidden_mass": said.hidden_mass,
            "evaded": said.evaded,
        }
    )


def late_columns(country: str, currency: str) -> list[pl.Expr]:
    """Return the columns that need both the declaration's and the item's."""
    c = pl.col
    freight = c("invoice_total") * c("freight_part") // 1000 // 10 * 10
    return [
        pl.when("export").then(pl.lit("1000")).otherwise("import_procedure").alias("procedure"),
        pl.lit("000").alias("additional_procedure"),
        pl.lit(None, pl.String).alias("additional_code"),
        pl.when("preferential").then("origin").alias("preferential_origin"),
        pl.when("export").then(pl.lit(country)).otherwise("sent_from").alias("country_of_export"),
        pl.when(c("pieces") > 0).then(c("pieces") * _QUANTITY).alias("supplementary_quantity"),
        pl.when(c("true_pieces") > 0).then(c("true_pieces") * _QUANTITY).alias("true_quantity"),
        pl.when("separate").then(freight).alias("freight_amount"),
        pl.when("separate").then("currency").alias("freight_currency"),
        pl.lit(currency).alias("statistical_currency"),
        pl.when(~c("export")).then("line_preference").alias("preference"),
        pl.when(~c("export"))
        .then(pl.when("deferred").then(pl.lit("E")).otherwise(pl.lit("A")))
        .alias("payment_method"),
        pl.concat_str(
            c("transport_mode").replace_strict(_PRODUCED, return_dtype=pl.String),
            pl.when("preferential").then(pl.lit(" N954")).otherwise(pl.lit("")),
        ).alias("documents"),
    ]  # fmt: skip


def _converted(value: Whole, rate: Whole) -> Whole:
    """Return accounting currency as money of another, in thousandths, to the hundredth."""
    converted: Whole = np.maximum(10, value * 1_000_000 // rate // 10 * 10)
    return converted


def _words(words: Sequence[str | None], places: Whole) -> pl.Series:
    """Return the words at places; a place of -1 is the last."""
    return pl.Series(words, dtype=pl.String).gather(places % len(words))


def _numbers(world: World, country: str, index: Whole) -> pl.Series:
    return country + _nine(number_of(world.seed, country, index))


def _foreign(world: World, country: Whole, seller: Whole) -> pl.Series:
    return _COUNTRY.gather(country) + _nine(number_of(world.seed, "abroad", country * 100_000 + seller))


def _carriers(world: World, trade: Trade) -> pl.Series:
    index = CARRIER + trade.journeys.mode * 1_000 + trade.journeys.carrier
    return _numbers(world, trade.country, index)


def _nine(numbers: Whole) -> pl.Series:
    return pl.Series(numbers).cast(pl.String).str.zfill(9)


def _campaigns(trade: Trade) -> pl.Series:
    names = [one.name for one in trade.active.campaigns] if trade.active is not None else []
    return _words((*names, None), trade.parties.campaign)


def _consignments(trade: Trade) -> pl.Series:
    """Return what was one consignment before it was split (a week's parts), or the ring goods go round in."""
    week = f"-{trade.on.isocalendar().year}W{trade.on.isocalendar().week:02d}"
    kind, name = trade.parties.kind, _campaigns(trade)
    frame = pl.DataFrame({"name": name, "kind": kind}).select(
        pl.when(pl.col("kind") == SPLITTING).then(pl.col("name") + week)
        .when(pl.col("kind") == CAROUSEL).then("name")
    )  # fmt: skip
    return frame.to_series()


def _flaws(world: World, trade: Trade) -> pl.Series:
    draws = trade.parties.draws
    flawed = draws.chance("flawed", world.parameters.flawed)
    return _words((*FLAWS, None), np.where(flawed, draws.pick("flaw", FLAW_RUNNING), -1))
