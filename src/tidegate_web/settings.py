"""Django's settings: made from the node that $TIDEGATE_NODE names, strict where nothing is said."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tidegate.node import read_configuration
from tidegate_web.layout.languages import LOCALES, compiled, languages_of
from tidegate_web.people.oidc_settings import providers_of
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
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "tidegate_web.layout",  # before allauth: its templates stand in the place of the library's
    "tidegate_web.people",
    "tidegate_web.desks.officer",
    "tidegate_web.desks.entries",
    "tidegate_web.desks.director",
    "tidegate_web.desks.analyst",
    "tidegate_web.desks.trader",
    "tidegate_web.desks.partners",
    "tidegate_web.public",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",  # with the one provider of tidegate_web.people.provider
    "allauth.idp.oidc",
    "tidegate_web.access",
    "tidegate_web.webhooks",
    "tidegate_web.door",
]
MIDDLEWARE = [
    "tidegate_web.edge.Edge",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "tidegate_web.layout.policy.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "tidegate_web.access.limits.RateHeaders",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tidegate_web.urls"
WSGI_APPLICATION = "tidegate_web.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, object]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tidegate_web.layout.context.surroundings",
            ],
            "builtins": ["tidegate_web.layout.templatetags.tidegate"],
        },
    }
]

FORM_RENDERER = "tidegate_web.layout.selecting.Renderer"

# Pages are served as they lie in the package: no build step, no folder to collect into.
STATIC_URL = "static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
WHITENOISE_USE_FINDERS = True

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "tidegate_web.access.hashing.RandomSecretHasher",  # for the secrets of OAuth clients, never for people's
]
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]
ACCOUNT_ADAPTER = "tidegate_web.people.accounts.Accounts"
MFA_ADAPTER = "tidegate_web.people.accounts.Factors"
SOCIALACCOUNT_ADAPTER = "tidegate_web.people.entering.Entering"
SOCIALACCOUNT_PROVIDERS = providers_of(CONFIGURATION, NODE_FOLDER, os.environ)
# A link, not a form: browsers hold a form, and where it is led on to, to the policy of its page.
SOCIALACCOUNT_LOGIN_ON_GET = True
# Those who need a second factor. A demonstration shows its passwords where one signs in: there it were idle.
SECOND_FACTOR_FOR = () if CONFIGURATION.demonstration else CONFIGURATION.second_factor_for
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tidegate"
SESSION_COOKIE_AGE = 12 * 3600  # a working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tidegate_web.layout.problems.forged"

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
# The library keeps its limits here: shared by all workers, and kept over restarts.
CACHES = {
    "default": {
        "BACKEND": "tidegate_web.access.shared_cache.SharedCache",
        "LOCATION": str(NODE_FOLDER / "limits.db"),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = languages_of(LOCALES, NODE_FOLDER / "locale")
LOCALE_PATHS = [compiled(LOCALES, NODE_FOLDER / "locale", NODE_FOLDER / "web-locale")]
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Bodies are read by the edge, within limits of octets and time; Django's own limit guards what is not.
DATA_UPLOAD_MAX_MEMORY_SIZE = CONFIGURATION.max_message_octets
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 10

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.behind_proxy else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600  # said only where the request came over TLS
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"  # with none, browsers say of forms that they come from nowhere
SESSION_COOKIE_SECURE = True  # browsers take loopback for secure
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True  # pages have the mark in themselves
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
