"""What the tests of targeting in the node use: a small model over a small memory, and days of trade."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np

from tests.unit.clearance.making import KEY, MOMENT, POLICY, Post, lodging, terms
from tidegate.acts import ChannelAssigned, DeclarationAssessed, PolicyAdopted, ProfileAdopted
from tidegate.clearance import acts_about, consignment_now, record_control
from tidegate.risk.adopting import Adoption
from tidegate.risk.artefact import Artefact
from tidegate.risk.memory import Kind, Memory, Plan
from tidegate.risk.models import Model, input_names
from tidegate.risk.models.trees import Trees
from tidegate.risk.standing import Standing

PLAN = Plan(
    kinds=(
        Kind("trader", ("trader",), recent=True),
        Kind("trader_commodity", ("trader", "subheading"), "trader"),
    ),
    origin=date(2026, 3, 1),
)
UNTIL = date(2026, 12, 31)
CAUGHT, CLEAN = "XA000000001", "XA000000002"


def artefact(high: float = 2.0, low: float = -3.0) -> Artefact:
    """Return a model of one tree: whose goods were found irregular scores high, everybody else low."""
    names = input_names(Memory(PLAN))
    place = names.index("trader.rate")
    tree = Trees(
        np.array([[place]], np.int32), np.array([[0.5]], np.float32), np.array([[low, high]]), bias=0.0
    )
    usual = [0.05 if name.endswith("rate") else 0.0 for name in names]
    bars = tuple(float(one) for one in np.linspace(0.9, 0.0, 190))
    return Artefact(Model(tuple(names), (tree,), 1.0, 0.0), PLAN, tuple(usual), bars, 1.0, 1, 100, 10)


def policy(**parts) -> PolicyAdopted:
    """Return a policy as an act: a tenth is targeted, thresholds are as in the other tests."""
    ordinary = {
        "owner": "analyst",
        "purpose": "test",
        "random_share": 0.0,
        "targeted_share": 0.1,
        "red_threshold": 0.6,
        "yellow_threshold": 0.3,
        "blue_threshold": 0.2,
        "red_capacity": 100,
        "yellow_capacity": 100,
    }
    return PolicyAdopted(**{**ordinary, **parts})


def profile(code: str = "A1", **parts) -> ProfileAdopted:
    """Return a profile as an act: whatever is dear."""
    ordinary = {
        "owner": "analyst", "purpose": "dear goods", "condition": "value > 12000", "weight": 0.65,
        "reason": "Goods worth {value} XTS.", "start": date(2026, 1, 1), "until": UNTIL,
    }  # fmt: skip
    return ProfileAdopted(code=code, **{**ordinary, **parts})


def on(day: int, hour: int = 0) -> datetime:
    """Return a moment of a day, counted from the first of the tests."""
    return MOMENT + timedelta(days=day, hours=hour)


def adoption(post: Post, day: int = 0) -> Adoption:
    """Return what an analyst may do at a post."""
    return Adoption(post.journal, Standing(post.terms.profiles, post.terms.policy), on(day), "analyst")


def adopt_model(post: Post, day: int = 0, of: Artefact | None = None, **parts) -> int:
    days = {"start": date(2026, 1, 1), "until": UNTIL, **parts}
    octets = (of or artefact()).octets()
    return adoption(post, day).adopt_model(octets, b"history", purpose="test", **days)


def lodge(post: Post, lrn: str, importer: str, day: int, edits: dict | None = None) -> str:
    """Lodge one declaration of an importer and return its number; nothing is answered yet."""
    places = {"GoodsShipment/Importer/ID": importer, **(edits or {})}
    (receipt,) = post.lodge(lodging(lrn, places, on(day)))
    assert receipt.mrn is not None
    return receipt.mrn


def control(post: Post, mrn: str, outcome: str, day: int) -> None:
    record_control(post.journal, mrn, on(day, 1), "officer:7", outcome=outcome, found="Opened.")


def act_of(post: Post, mrn: str, kind: type):
    """Return the last act of a kind about a consignment."""
    return [act for _, act in acts_about(post.journal, mrn) if isinstance(act, kind)][-1]


def assessed(post: Post, mrn: str) -> DeclarationAssessed:
    return act_of(post, mrn, DeclarationAssessed)


def channel(post: Post, mrn: str) -> ChannelAssigned:
    return act_of(post, mrn, ChannelAssigned)


def play_days(post: Post, catch_up: Callable[[], None]) -> list[str]:
    """Play days in which a model, a profile and policies come and go among lodgings; returns the numbers.

    Each day is played without an answer between its acts but after its first half, when controls are
    recorded: what comes of it must not depend on how all this is cut.
    """
    numbers: list[str] = []

    def day_of_trade(day: int, between: Callable[[], object] = lambda: None) -> None:
        for half in (0, 1):
            for n in range(3):
                importer = (CAUGHT, CLEAN, f"XA10000000{day}")[n]
                dear = {} if n else {"TypeCode": "IMA"}
                numbers.append(lodge(post, f"D{day}-{half}-{n}", importer, day, dear))
            if half == 0:
                between()
                catch_up()
                for mrn in numbers:
                    if "control" in consignment_now(post.journal, mrn)[0].outstanding:
                        control(post, mrn, "irregular", day)

    spread = policy(random_share=0.5, targeted_share=0.0)
    day_of_trade(0, lambda: adoption(post).adopt_policy(spread))
    day_of_trade(1)
    catch_up()
    adopt_model(post, 1)
    day_of_trade(
        2, lambda: adoption(post, 2).adopt_policy(policy(exploring_share=0.2, usual_strangeness=1.0))
    )
    day_of_trade(3, lambda: adoption(post, 3).adopt_profile(profile()))
    day_of_trade(4, lambda: adoption(post, 4).withdraw_model(adoption(post).standing.models[0].name, "Done."))
    day_of_trade(5, lambda: adoption(post, 5).withdraw_profile("P2", "It found nothing."))
    catch_up()
    return numbers


__all__ = ["KEY", "POLICY", "terms"]
