"""Django's settings: made from the node that $TIDEGATE_NODE names, strict where nothing is said."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tidegate.node import read_configuration
from tidegate_web.secret import secret_of

if not os.environ.get("TIDEGATE_NODE"):
    raise ImproperlyConfigured("Say which node this is the face of: TIDEGATE_NODE=/path/of/the/node")

NODE_FOLDER = Path(os.environ["TIDEGATE_NODE"]).resolve()
CONFIGURATION = read_configuration(NODE_FOLDER, os.environ)

SECRET_KEY = secret_of(NODE_FOLDER)
DEBUG = False
ALLOWED_HOSTS = list(CONFIGURATION.hosts)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "tidegate_web.access",
    "tidegate_web.door",
]
MIDDLEWARE = [
    "tidegate_web.edge.Edge",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tidegate_web.urls"
WSGI_APPLICATION = "tidegate_web.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, object]] = []

# Accounts and credentials, never facts: those are in the journal. The rollback journal, not the WAL: the
# SQLite that comes with Python may be older than 3.51.3, whose WAL several writers can corrupt.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": NODE_FOLDER / "web.db",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 10,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

# Bodies are read by the edge, within limits of octets and time; Django's own limit guards what is not.
DATA_UPLOAD_MAX_MEMORY_SIZE = CONFIGURATION.max_message_octets
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 10

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.behind_proxy else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600  # said only where the request came over TLS
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "no-referrer"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    # TLS lies outside, in the proxy before the node: a declaration is not to be redirected with its token in
    # clear text, and the node's own probes speak plain HTTP on loopback.
    "security.W008",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tidegate_web.logs.JsonLines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["lines"], "level": "INFO"},
    # Django tells of refused requests with their path, which may hold an MRN: the edge tells of them itself.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
}
