"""The app of the CDS endpoints, for Django."""

from django.apps import AppConfig


class DoorConfig(AppConfig):
    """The CDS endpoints; what was pulled is kept in web.db."""

    name = "tidegate_web.door"
    label = "door"
