"""Credentials: rows of web.db. No secret is kept, only what it is recognised by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ApiKey(models.Model):
    """A key by which software of an operator is known; of its secret, only the digest."""

    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    operator = models.CharField(max_length=64, db_index=True)
    acts_for = models.JSONField(default=list)
    scopes = models.JSONField(default=list)
    made = models.DateTimeField()
    expires = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    class Meta:
        """Which app's it is."""

        app_label = "access"
        ordering: ClassVar[list[str]] = ["prefix"]

    def __str__(self) -> str:
        """Return how the key is spoken of."""
        return self.prefix
