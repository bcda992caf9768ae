"""Parcels beside a living world: a platform's upload of low-value consignments now and then."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from tidegate.node.bulk_spool import Begun, Spool
from tidegate.simulation.parcels import parcels

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from tidegate.node.installation import Node


class Parcels:
    """Uploads rows of senders by turns, one file in each span of time; the follower lodges them."""

    def __init__(
        self, node: Node, seed: int, senders: tuple[tuple[str, str], ...], *, every: timedelta, rows: int
    ) -> None:
        """Take the node, the world's seed, who sends and how each pays, how often, and how many rows."""
        self._node = node
        self._seed = seed
        self._senders = senders
        self._every = every
        self._rows = rows
        self._spool = Spool(node.folder, node.configuration.max_upload_octets)

    def play(self, until: datetime) -> None:
        """Send the files of this span of time and of the one before it, as far as they were not sent yet."""
        turn = int(until.timestamp() // self._every.total_seconds())
        for one in (turn - 1, turn):
            name = sha256(f"parcels {self._seed} {one}".encode()).hexdigest()[:32]
            if self._spool.standing(name) is None:
                self._send(one, name, until)

    def _send(self, turn: int, name: str, moment: datetime) -> None:
        # A row is a function of its number: each turn has numbers of its own.
        rows, _ = parcels(self._seed, turn * self._rows + 1, self._rows)
        file = BytesIO()
        rows.write_csv(file)
        operator, method = self._senders[turn % len(self._senders)]
        begun = Begun(upload=name, declarant=operator, format="csv", begun=moment, payment_method=method)
        self._spool.begin(begun)
        self._spool.take(name, 0, [file.getvalue()])
        self._spool.complete(name, len(file.getvalue()), moment)
