"""A profile under which very dear goods are controlled, so that their release waits for somebody."""

from datetime import date

from tidegate.acts import ProfileAdopted
from tidegate.risk.adopting import Adoption
from tidegate.risk.standing import Standing
from tidegate_web import node as held

DEAR = "7000000.00"


def let_dear_goods_be_controlled() -> None:
    """Adopt the profile on the node of the tests, unless it is there already."""
    node = held.node()
    terms = node.administration.terms
    adoption = Adoption(node.journal, Standing(terms.profiles, terms.policy), held.now(), "test")
    if any(one.code == "DEAR" for one in adoption.standing.profiles):
        return
    act = ProfileAdopted(
        code="DEAR",
        owner="test",
        purpose="for tests of what waits",
        condition="value > 5000000",
        weight=0.9,
        reason="Dear goods.",
        start=date(2020, 1, 1),
        until=date(2099, 1, 1),
    )
    adoption.adopt_profile(act)
