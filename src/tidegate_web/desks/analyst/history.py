"""The past that an analyst asks about: the decisions made last, and what was declared then."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import apsw
import msgspec
import polars as pl

from tidegate.clearance.past import history
from tidegate.declarations.duty_frame import duty_columns
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.declarations.messages import read_message
from tidegate.insight import Span, case
from tidegate.insight.controls import latest_decisions
from tidegate.journal import AttachmentErasedError, AttachmentMissingError, tables
from tidegate.node.targeting import standing_now
from tidegate.node.trying import Tried
from tidegate.risk import apply_profiles, check_profile, features
from tidegate.risk.estimates import share_of
from tidegate.risk.history import unpacked
from tidegate.risk.watching import watch
from tidegate.tariff import assess
from tidegate_web.desks.analyst.keeping import Kept
from tidegate_web.node import node, now

if TYPE_CHECKING:
    from datetime import date

    from tidegate.risk import Profile
    from tidegate.risk.estimates import Estimate
    from tidegate.risk.watching import Watched

GROUPS = ("office", "chapter", "origin", "type")
LAST = 20_000  # decisions that figures of the desk are told of
_BACK = timedelta(days=3_700)
_WITHOUT_END = 10**12  # no correction for drawing from few: what is asked is what would be, not what was
_KEPT_SECONDS = 300  # how long what was looked up is used again
_PATIENCE_MS = 10_000


def latest(last: int) -> pl.DataFrame:
    """Return the decisions made last, with chapter and origin of their first goods item where remembered.

    They are looked up anew every few minutes, not for every page.
    """
    return DECISIONS.get(last)


def _looked_up(last: int) -> pl.DataFrame:
    today = now().date()
    with closing(tables(node().reader("insight"), node().read_tables)) as connection:
        decisions = latest_decisions(connection, Span(today - _BACK, today), last)
    days = decisions["day"].to_list() or [today]
    declared = past(min(days), today + timedelta(days=1))
    first = declared.sort("declaration", "item").unique("declaration", keep="first", maintain_order=True)
    grouped = first.select("declaration", pl.col("commodity").str.slice(0, 2).alias("chapter"), "origin")
    return decisions.join(grouped, on="declaration", how="left", maintain_order="left")


def past(since: date, until: date) -> pl.DataFrame:
    """Return goods items as lodged from a day up to another, with results, as the node remembers them."""
    path = node().working_tables / "clearance.sqlite"
    if not path.exists():
        return unpacked([])  # nothing was decided on here yet
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        connection.set_busy_timeout(_PATIENCE_MS)
        return history(connection, since, until)


def tried(profile: Profile, last: int) -> Tried:
    """Try a profile on the declarations decided on last, as if it had always been in force.

    Raises:
        BadProfileError: it cannot be applied.
    """
    check_profile(profile)
    decisions = latest(last)
    items = ITEMS.get(last)
    others = [one for one in standing_now(node()).profiles if one.code != profile.code]
    every = [msgspec.structs.replace(one, start=one.start.min, end=None) for one in (profile, *others)]
    reasons = apply_profiles(items, every).reasons
    held = {
        one.code: set(reasons.filter(pl.col("profile") == one.code)["declaration"].to_list()) for one in every
    }
    own = held.pop(profile.code)
    known = decisions.filter(pl.col("found").is_not_null())
    of_it = known.filter(pl.col("declaration").is_in(list(own)))
    drawn = of_it.filter(pl.col("stratum") == "random")
    return Tried(
        code=profile.code,
        tested=items["declaration"].n_unique(),
        held=len(own),
        controlled=of_it.height,
        irregular=_found(of_it),
        hit_rate=_rate(of_it),
        of_all=_rate(known),
        at_random=_rate(drawn),
        overlap={code: len(own & those) for code, those in held.items() if own & those},
        examples=tuple(reasons.filter(pl.col("profile") == profile.code)["text"].head(3).to_list()),
    )


def _items(last: int) -> pl.DataFrame:
    """Return the goods items of the decisions made last, with the features that profiles look at."""
    lodged = []
    with closing(tables(node().reader("insight"), node().read_tables)) as connection:
        for mrn in latest(last)["declaration"].to_list():
            one = case(connection, mrn)
            declared = _declared(mrn, one.position) if one is not None else None
            if declared is not None:
                lodged.append(declared)
    tariff = node().administration.terms.tariff
    frame = goods_item_frame(lodged)
    assessment = assess(frame.hstack(duty_columns(lodged)), tariff)
    return features(frame, assessment.values, assessment.lines, tariff.minor_digits)


def _declared(mrn: str, position: int) -> Lodged | None:
    """Return a declaration as it was lodged; nothing where it was erased."""
    (entry,) = node().journal.read(position, 1)
    try:
        octets = node().journal.attachment(entry.attachments[0])
    except (AttachmentErasedError, AttachmentMissingError, IndexError):
        return None
    declaration = read_message(octets, node().limits).declaration
    return None if declaration is None else Lodged(mrn, entry.occurred, declaration)


def _found(decisions: pl.DataFrame) -> int:
    return int(decisions["found"].sum() or 0)


def _rate(decisions: pl.DataFrame) -> Estimate:
    return share_of(_found(decisions), decisions.height, _WITHOUT_END)


def watched(last: int) -> Watched:
    """Return how the controls of the decisions made last are spread, by GROUPS, and what has changed."""
    return WATCHED.get(last)


def _watch(last: int) -> Watched:
    return watch(latest(last), GROUPS)


DECISIONS, ITEMS = Kept(_looked_up, _KEPT_SECONDS), Kept(_items, _KEPT_SECONDS)
WATCHED = Kept(_watch, _KEPT_SECONDS)
