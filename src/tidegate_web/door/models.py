"""Which notifications an operator's software has pulled; a convenience of delivery, not a fact."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Pulled(models.Model):
    """A notification that was fetched from the unpulled ones."""

    operator = models.CharField(max_length=64)
    position = models.BigIntegerField()

    class Meta:
        """One row an operator and notification."""

        app_label = "door"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["operator", "position"], name="pulled_once")
        ]

    def __str__(self) -> str:
        """Return the position."""
        return str(self.position)


class PulledBefore(models.Model):
    """The position before which an operator's software has fetched every notification."""

    operator = models.CharField(max_length=64, unique=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        """Which app's it is."""

        app_label = "door"

    def __str__(self) -> str:
        """Return the position."""
        return str(self.position)
