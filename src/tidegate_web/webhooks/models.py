"""Where notices are pushed to, how far each receiver has come, and what it would not take.

The notices themselves are in the journal. A cursor says from which position on they are still to be pushed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Subscription(models.Model):
    """An address to which the notices of an operator are pushed.

    ``attempts`` counts the failures of the notice at the cursor, ``dead_in_a_row`` the notices given up since
    the last success, ``version`` the secrets it has had (a secret is derived, and not kept).
    """

    name = models.CharField(max_length=16, unique=True)
    operator = models.CharField(max_length=64, db_index=True)
    url = models.CharField(max_length=2000)
    form = models.CharField(max_length=4, default="json")
    version = models.PositiveIntegerField(default=1)
    cursor = models.PositiveBigIntegerField(default=0)
    made = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    dead_in_a_row = models.PositiveIntegerField(default=0)
    due = models.DateTimeField(db_index=True)
    succeeded = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        """Which app's it is."""

        app_label = "webhooks"
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        """Return how the subscription is spoken of."""
        return self.name


class DeadLetter(models.Model):
    """A notice that a receiver would not take; ``again`` asks that it be sent once more."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="dead")
    position = models.PositiveBigIntegerField()
    attempts = models.PositiveIntegerField()
    error = models.CharField(max_length=200)
    died = models.DateTimeField()
    again = models.BooleanField(default=False)
    sent = models.DateTimeField(null=True)

    class Meta:
        """A notice dies once for each receiver."""

        app_label = "webhooks"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscription", "position"], name="one_letter_a_notice")
        ]

    def __str__(self) -> str:
        """Return how the letter is spoken of."""
        return f"{self.subscription_id}#{self.position}"
