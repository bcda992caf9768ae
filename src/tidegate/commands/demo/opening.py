"""What a demonstration opens with: its tariff, who is registered, accounts, notices, questions that wait."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl

import tidegate
from tidegate.journal import Key
from tidegate.node.schedules import Schedules
from tidegate.notices import publish_bulletin, receive_question
from tidegate.operators import grant_authorisation, register_operator
from tidegate.revenue import open_account
from tidegate.simulation import frames_of
from tidegate.tariff.nomenclature import read_plain

if TYPE_CHECKING:
    from tidegate.node import Node
    from tidegate.simulation import World

COUNTRY = "XA"
_SCHEDULE = Path(tidegate.__file__).parent / "administrations" / "demo" / "schedule.csv"
_OFFICER = "officer:demonstration"
_LOOKED_AT = 9_000  # declarations of a day among which the ready traders are found
_CLIENTS, _ACCOUNTS = 3, 12
_LIMIT, _SMALL = Decimal(2_000_000), Decimal(4_000)  # what accounts of deferment bear; one bears little
_SINCE = date(2020, 1, 1)
_BULLETINS = (
    (
        "welcome",
        "A demonstration",
        (
            "This node shows itself off. Its trade, its traders and its partner are made up; nothing here is "
            "real, and nothing that you do here has a consequence elsewhere."
        ),
    ),
    (
        "plywood-controls",
        "Plywood is looked at more closely",
        (
            "Consignments of plywood (heading 4412) are controlled more often until the end of next month. "
            "Have the supplier's statement of species at hand: it shortens the control."
        ),
    ),
    (
        "sea-port-hours",
        "The sea port is open on Saturdays",
        (
            "The office at the sea port examines goods on Saturdays from 8 to 14 from now on. Announce "
            "what is to be examined by Friday noon."
        ),
    ),
)
_QUESTIONS = (
    (
        "question",
        "I have bought a bicycle abroad for 180 and had it sent by post. What do I owe, and whom do I pay?",
        "A parcel by post",
    ),
    (
        "complaint",
        "Our container was examined on Tuesday and came back with the seals broken and no note inside.",
        "An examination at the sea port",
    ),
)
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class Traders(msgspec.Struct, frozen=True):
    """Who the ready accounts work for: a trader who pays at once, and a broker who acts for it and others."""

    trader: str
    broker: str
    clients: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


def traders_of(world: World, on: date) -> Traders:
    """Return the busiest trader who declares for itself and pays cash, and the busiest broker, of a day."""
    rows = frames_of(world, COUNTRY, on, _LOOKED_AT).goods_items.filter(pl.col("importer").is_not_null())
    own = rows.filter((pl.col("declarant") == pl.col("importer")) & (pl.col("payment_method") == "A"))
    brokered = rows.filter(pl.col("declarant") == pl.col("representative"))
    broker = _busiest(brokered, "declarant", 1)[0]
    deferring = rows.filter(pl.col("payment_method") == "E")
    return Traders(
        trader=_busiest(own, "declarant", 1)[0],
        broker=broker,
        clients=tuple(_busiest(brokered.filter(pl.col("declarant") == broker), "importer", _CLIENTS)),
        accounts=tuple(_busiest(deferring, "importer", _ACCOUNTS)),
    )


def _busiest(rows: pl.DataFrame, column: str, count: int) -> list[str]:
    """Return who has most declarations; of as many, the first by number."""
    counted = rows.group_by(column).agg(pl.col("declaration").n_unique().alias("count"))
    found: list[str] = counted.sort(["count", column], descending=[True, False])[column].head(count).to_list()
    return found


def open_for_all(node: Node, traders: Traders, moment: datetime) -> None:
    """Load the schedule, register the traders, open accounts, publish notices, and have questions wait."""
    journal, author = node.journal, Key(_OFFICER)
    currency = node.administration.terms.tariff.currency
    schedule = read_plain(_SCHEDULE, "Demonstration schedule", currency=currency, valid_from=_SINCE)
    Schedules(journal).load(schedule, moment, _OFFICER)
    for number, role, name in (
        (traders.trader, "trader", "Harbour Trading"),
        (traders.broker, "broker", "Gatehouse Brokers"),
    ):
        register_operator(journal, moment, author, number=number, roles=[role], name=name)  # type: ignore[list-item]  # both are roles
    for principal in (traders.trader, *traders.clients):
        grant_authorisation(
            journal,
            moment,
            author,
            principal=principal,
            representative=traders.broker,
            representation="direct" if principal == traders.trader else "indirect",
        )
    for place, holder in enumerate(traders.accounts):
        open_account(
            journal,
            moment,
            _OFFICER,
            account=holder[-7:],
            holder=holder,
            kind="deferment",
            amount=_SMALL if place == len(traders.accounts) - 1 else _LIMIT,
            currency=currency,
        )
    for place, (name, title, words) in enumerate(_BULLETINS):
        publish_bulletin(journal, moment - timedelta(days=place), author, name=name, title=title, words=words)
    for place, (matter, words, about) in enumerate(_QUESTIONS):
        reference = "".join(_SIGNS[(place * 7 + step * 5 + moment.day) % len(_SIGNS)] for step in range(12))
        asked = moment.astimezone(UTC) - timedelta(hours=3 * (place + 1))
        receive_question(journal, asked, reference=reference, matter=matter, words=words, about=about)  # type: ignore[arg-type]  # each is a matter
