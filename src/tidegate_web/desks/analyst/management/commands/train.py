"""``train``: train a model on what the node remembers, for an analyst who waits at a page."""

from __future__ import annotations

import os
from typing import Any

import msgspec
from django.core.management.base import BaseCommand

from tidegate.node.targeting import train_on_what_is_remembered
from tidegate.risk.models import MissingLibraryError, TooLittleToLearnError
from tidegate_web.desks.analyst.training import STEPS, Training, keep, tell, training
from tidegate_web.node import node


class Command(BaseCommand):
    """Trains the model that was asked for last; it decides nothing until it is adopted."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Train it; pages and clearance go first."""
        del args, options
        os.nice(10)
        last = training()
        if last is None or last.done:
            return
        try:
            _train(last)
        except (TooLittleToLearnError, MissingLibraryError) as error:
            tell(msgspec.structs.replace(last, done=True, failed=str(error)))


def _train(last: Training) -> None:
    def told(step: str) -> None:
        tell(msgspec.structs.replace(last, step=STEPS.index(step)))

    made = train_on_what_is_remembered(node(), last.seed, told)
    keep(made)
    told_now = msgspec.structs.replace(
        last,
        done=True,
        model=made.digest,
        learned_to=made.artefact.learned_to,
        results=made.artefact.results,
        irregular=made.artefact.irregular,
        measures=made.measures,
    )
    tell(told_now)
