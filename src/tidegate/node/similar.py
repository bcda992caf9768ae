"""Like cases of one consignment, for a page: what controls found of late in what is most like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.clearance.past import one_and_known_before
from tidegate.risk.likeness import LikeCase, like_cases

if TYPE_CHECKING:
    from tidegate.node.installation import Node

COMPARED = 1_500  # declarations with a result, the latest before its own day


def similar(node: Node, mrn: str, *, compared: int = COMPARED, most: int = 5) -> list[LikeCase]:
    """Return the like cases among the latest results known before a consignment's own day, likest first.

    `targeting.explain` compares with all that is remembered; this reads a bounded number.
    """
    own, before = one_and_known_before(node.working_tables, mrn, compared)
    return like_cases(before, own, most)
