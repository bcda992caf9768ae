"""Acts about the people of a node: who looked at what."""

from __future__ import annotations

from typing import ClassVar

from tidegate.acts.act import Act


class DataConsulted(Act, frozen=True, kw_only=True):
    """Somebody looked at what the node has about a consignment and the people in it; ``page`` is where.

    It is noted once a day for each person, consignment and page; who it was is the entry's author.
    """

    KIND: ClassVar[str] = "data.consulted"

    subject: str
    page: str
    role: str
