"""``rehearse``: play history again under the policy that an analyst asked for, and tell what it came to."""

from __future__ import annotations

import os
import time
from contextlib import closing
from datetime import timedelta
from typing import Any

import msgspec
import polars as pl
from django.core.management.base import BaseCommand

from tidegate.insight import Span
from tidegate.insight.controls import controls_and_hits
from tidegate.journal import tables
from tidegate.risk.models import MissingLibraryError
from tidegate.risk.replay import NothingToReplayError, Rehearsal, replay
from tidegate.risk.strata import ControlPolicy
from tidegate_web.desks.analyst.history import past
from tidegate_web.desks.analyst.rehearsing import Rehearsed, rehearsed, tell
from tidegate_web.node import node

_STEPS = 26  # a span is replayed in weeks, or in days where it is short
_WEEK = 7


class Command(BaseCommand):
    """Rehearses the policy that was wished for last."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Rehearse it; pages and clearance go first."""
        del args, options
        os.nice(10)
        last = rehearsed()
        if last is None or last.done:
            return
        try:
            tell(_rehearsed(last))
        except NothingToReplayError:
            tell(_failed(last, "no declarations were lodged on these days"))
        except MissingLibraryError as error:
            tell(_failed(last, str(error)))


def _failed(last: Rehearsed, why: str) -> Rehearsed:
    return msgspec.structs.replace(last, done=True, failed=why)


def _rehearsed(last: Rehearsed) -> Rehearsed:
    wish, told = last.wish, time.monotonic()

    def progress(share: float) -> None:
        nonlocal told
        if time.monotonic() - told > 1:
            told = time.monotonic()
            tell(msgspec.structs.replace(last, progress=share))

    items = past(wish.since, wish.until + timedelta(days=1)).rename({"irregular": "outcome"}).drop("known")
    policy = ControlPolicy(share=wish.share, random=wish.at_random, exploring=wish.exploring)
    days = items["occurred"].dt.date().n_unique()
    how = Rehearsal(days=_WEEK) if days > _STEPS * 2 else Rehearsal(days=1, begin=max(1, days // 4))
    made = replay(items, policy, node().key, 1, told=how, progress=progress)
    known = pl.col("found").is_not_null()
    counts = (
        made.controls.filter(pl.col("stratum") != "none")
        .group_by("stratum")
        .agg(pl.len(), known.sum().alias("results"), pl.col("found").sum())
    )
    with closing(tables(node().reader("insight"), node().read_tables)) as connection:
        actual = controls_and_hits(connection, Span(wish.since, wish.until))
    return msgspec.structs.replace(
        last,
        done=True,
        progress=1.0,
        declarations=made.controls.height,
        strata={name: (n, results, found) for name, n, results, found in counts.iter_rows()},
        actual={
            one.stratum: (one.controlled, one.results, one.hits)
            for one in actual.strata
            if one.stratum != "none"
        },
        trainings=made.trainings,
    )
