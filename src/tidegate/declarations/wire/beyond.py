"""What a message holds beyond the fields of its model, put back where it stood."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

from tidegate.declarations.wire.xml import from_element

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml import etree

    from tidegate.declarations.stated import Beyond

T = TypeVar("T")


class Parted(Generic[T]):
    """What a value holds beyond its fields: by the field it hangs on, beside the fields, and their order."""

    def __init__(self, beyond: Sequence[Beyond], node: etree._Element) -> None:
        """Part it; attributes of the value itself are set on its node at once."""
        self.by_field: dict[str, list[Beyond]] = defaultdict(list)
        self._foreign: list[Beyond] = []
        self._order: tuple[str, ...] = ()
        self._node = node
        for one in beyond:
            if one.kind == "order":
                self._order = tuple(one.text.split())
            elif one.at:
                self.by_field[one.at].append(one)
            elif one.kind == "attribute":
                node.set(one.name, one.text)
            else:
                self._foreign.append(one)

    def in_order(self, stated: dict[str, list[T]]) -> Iterator[T]:
        """Yield what is stated, in the order of the message where it was another than the model's."""
        for name in self._order:
            if stated.get(name):
                yield stated[name].pop(0)
        for rest in stated.values():
            yield from rest

    def insert_foreign(self) -> None:
        """Put unknown children and stray text back where they stood among the children."""
        node = self._node
        for one in self._foreign:
            if one.kind == "element" and one.element is not None:
                node.insert(one.index, from_element(one.element))
        for one in self._foreign:
            if one.kind != "text":
                continue
            if one.index == 0 or len(node) == 0:
                node.text = one.text
            else:
                node[min(one.index, len(node)) - 1].tail = one.text
