"""Trying profiles on history before adoption: how often they hold, what was found, what they repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import DeclarationLodged
from tidegate.clearance.past import remembered
from tidegate.declarations.duty_frame import duty_columns
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.declarations.messages import read_message
from tidegate.journal import AttachmentMissingError
from tidegate.node.targeting import controls, standing_now
from tidegate.risk import Profile, apply_profiles, check_profile, features
from tidegate.risk.estimates import Estimate, share_of
from tidegate.tariff import assess

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from tidegate.journal import Entry
    from tidegate.node.installation import Node

_AT_ONCE = 1_000


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile would have done; counts are of declarations.

    ``hit_rate`` is of those it held for and a control had a result of, ``of_all`` of all with a result:
    both of what was chosen to be controlled. ``at_random`` is of those it held for that were drawn at random,
    and so says what holds for all. ``overlap`` counts what other profiles that stand held for too.
    """

    code: str
    tested: int
    held: int
    controlled: int
    irregular: int
    hit_rate: Estimate
    of_all: Estimate
    at_random: Estimate
    overlap: dict[str, int]
    examples: tuple[str, ...]


def try_profiles(node: Node, profiles: Sequence[Profile], last: int) -> list[Tried]:
    """Try profiles on the declarations lodged last; whether they would be in force then is left aside.

    Raises:
        BadProfileError: one of them cannot be applied.
    """
    for profile in profiles:
        check_profile(profile)
    node.catch_up()
    standing = standing_now(node).profiles
    others = [one for one in standing if one.code not in {profile.code for profile in profiles}]
    every = [_always(one) for one in (*profiles, *others)]
    held: dict[str, set[str]] = {one.code: set() for one in every}
    examples: dict[str, list[str]] = {one.code: [] for one in every}
    tested: set[str] = set()
    kept = set(remembered(node.working_tables)["declaration"].to_list())
    lodgings = [one for one in _lodgings(node, last) if one[0] in kept]
    for start in range(0, len(lodgings), _AT_ONCE):
        items = _items(node, lodgings[start : start + _AT_ONCE])
        tested |= set(items["declaration"].to_list())
        for name, code, text in (
            apply_profiles(items, every).reasons.select("declaration", "profile", "text").iter_rows()
        ):
            held[code].add(name)
            examples[code].append(text)
    results = {
        row["declaration"]: row
        for row in controls(node).iter_rows(named=True)
        if row["found"] is not None and row["declaration"] in tested
    }
    return [_tried(one.code, tested, held, results, examples[one.code]) for one in profiles]


def _always(profile: Profile) -> Profile:
    """Return a profile as if it had always been in force."""
    return msgspec.structs.replace(profile, start=profile.start.min, end=None)


def _lodgings(node: Node, last: int) -> list[tuple[str, Lodged]]:
    """Return the declarations lodged last, as they were lodged, oldest first, but for what was erased."""
    entries: list[Entry] = []
    start = 0
    while True:
        part = node.journal.read(start, _AT_ONCE, {DeclarationLodged.KIND})
        entries = (entries + part)[-last:]
        if len(part) < _AT_ONCE:
            break
        start = part[-1].position + 1
    found = []
    for entry in entries:
        mrn = next((key.removeprefix("mrn:") for key in entry.keys if key.startswith("mrn:")), "")
        try:
            declaration = read_message(node.journal.attachment(entry.attachments[0]), node.limits).declaration
        except (AttachmentMissingError, IndexError):
            continue
        if declaration is not None:
            found.append((mrn, Lodged(mrn, entry.occurred, declaration)))
    return found


def _items(node: Node, lodgings: list[tuple[str, Lodged]]) -> pl.DataFrame:
    """Return goods items with the features that profiles look at."""
    lodged = [one for _, one in lodgings]
    tariff = node.administration.terms.tariff
    frame = goods_item_frame(lodged)
    assessment = assess(frame.hstack(duty_columns(lodged)), tariff)
    return features(frame, assessment.values, assessment.lines, tariff.minor_digits)


def _tried(
    code: str,
    tested: set[str],
    held: dict[str, set[str]],
    results: dict[str, dict[str, object]],
    examples: list[str],
) -> Tried:
    own = held[code]
    controlled = [results[name] for name in own if name in results]
    irregular = sum(bool(row["found"]) for row in controlled)
    drawn = [row for row in controlled if row["stratum"] == "random"]
    every = sum(bool(row["found"]) for row in results.values())
    return Tried(
        code=code,
        tested=len(tested),
        held=len(own),
        controlled=len(controlled),
        irregular=irregular,
        hit_rate=share_of(irregular, len(controlled), max(len(own), 1)),
        of_all=share_of(every, len(results), max(len(tested), 1)),
        at_random=share_of(sum(bool(row["found"]) for row in drawn), len(drawn), max(len(own), 1)),
        overlap={name: len(own & those) for name, those in held.items() if name != code and own & those},
        examples=tuple(examples[:3]),
    )
