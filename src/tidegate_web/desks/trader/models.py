"""Drafts: declarations that are not lodged yet, as far as they are filled in. No acts, so rows of web.db."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class Draft(models.Model):
    """What was typed so far, right or wrong; ``data`` has the fields of each step as text.

    ``mrn`` is the number it was lodged under; lodged again, it would be the same one.
    """

    operator = models.CharField(max_length=64, db_index=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    data = models.JSONField(default=dict)
    mrn = models.CharField(max_length=35, blank=True)
    made = models.DateTimeField()
    changed = models.DateTimeField()

    class Meta:
        """Which app's it is; the latest comes first."""

        app_label = "trader"
        ordering: ClassVar[list[str]] = ["-changed"]

    def __str__(self) -> str:
        """Return the trader's reference of the declaration."""
        return str(self.data.get("about", {}).get("lrn", "")) or str(self.pk)
