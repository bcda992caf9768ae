"""The app of webhooks, for Django."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Where notices are pushed to, and how far that has come: in web.db, never in the journal."""

    name = "tidegate_web.webhooks"
    label = "webhooks"
