"""Django's settings for the partners' door where it stands alone, on a port and network of its own."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tidegate.exchange.messages import LARGEST_PARCEL
from tidegate.node import read_configuration

if not os.environ.get("TIDEGATE_NODE"):
    raise ImproperlyConfigured("Say which node this is the door of: TIDEGATE_NODE=/path/of/the/node")

NODE_FOLDER = Path(os.environ["TIDEGATE_NODE"]).resolve()
CONFIGURATION = read_configuration(NODE_FOLDER, os.environ)
CLOCK_AHEAD_SECONDS = int(
    os.environ.get("TIDEGATE_CLOCK_AHEAD", "0")
)  # rehearsals of clock skew alone set it

SECRET_KEY = "no session, no cookie, no form: nothing is signed with this"  # noqa: S105 - it is none
DEBUG = False
ALLOWED_HOSTS = list(CONFIGURATION.hosts)
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tidegate_web.exchange.urls"
APPEND_SLASH = False
DATABASES: dict[str, object] = {}
USE_TZ = True
USE_I18N = False
DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_PARCEL + 1
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"django.request": {"level": "CRITICAL"}},  # refusals are in the journal
}
