"""Serves the provider until it is told to stop."""

import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from tests.web.provider import CLIENT, PASSWORD, SECRET


class _Quiet(WSGIRequestHandler):
    def log_message(self, *said):
        pass


def _configure(folder):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    settings.configure(
        SECRET_KEY="for tests",
        PEOPLE=folder / "people.json",
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.db"}},
        ROOT_URLCONF="tests.web.provider.urls",
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ACCOUNT_RATE_LIMITS=False,
        ACCOUNT_EMAIL_VERIFICATION="none",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        IDP_OIDC_ADAPTER="tests.web.provider.claims.Adapter",
        IDP_OIDC_PRIVATE_KEY=key.private_bytes(
            serialization.Encoding.PEM, form, serialization.NoEncryption()
        ).decode(),
    )
    django.setup()


def main(port, folder, callback):
    _configure(folder)
    from allauth.idp.oidc.models import Client  # noqa: PLC0415 - only there once Django is set up
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - as above
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - as above
    from django.core.management import call_command  # noqa: PLC0415 - as above
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - as above

    from tests.web.provider.claims import people  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    client = Client(id=CLIENT, name="Tidegate", secret=make_password(SECRET), skip_consent=True)
    client.set_scopes(["openid", "profile"])
    client.set_redirect_uris([callback])
    client.save()
    for name in people():
        get_user_model().objects.create_user(name, password=PASSWORD)
    with make_server("127.0.0.1", port, get_wsgi_application(), handler_class=_Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
