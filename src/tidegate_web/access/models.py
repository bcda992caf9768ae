"""Credentials: rows of web.db. No secret is kept, only what it is recognised by."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

if TYPE_CHECKING:
    from datetime import datetime


class Credential(models.Model):
    """By what software of an operator is known: an API key, or an OAuth 2 client (whose id is the prefix)."""

    prefix = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=8, default="key")
    digest = models.CharField(max_length=64, blank=True)
    operator = models.CharField(max_length=64, db_index=True)
    device = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(max_length=70, blank=True)
    scopes = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(null=True)
    per_day = models.PositiveIntegerField(null=True)
    made = models.DateTimeField()
    expires = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    replaces = models.CharField(max_length=16, blank=True)

    class Meta:
        """Which app's it is."""

        app_label = "access"
        ordering: ClassVar[list[str]] = ["prefix"]

    def __str__(self) -> str:
        """Return how the credential is spoken of."""
        return self.prefix

    def holds(self, moment: datetime) -> bool:
        """Tell whether it opens anything at a moment: not revoked, not expired."""
        revoked = self.revoked is not None and self.revoked <= moment
        return not revoked and (self.expires is None or moment < self.expires)
