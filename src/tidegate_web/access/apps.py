"""The app of credentials, for Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Credentials of operators: in web.db, never in the journal."""

    name = "tidegate_web.access"
    label = "access"
