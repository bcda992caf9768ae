"""What the provider says of people: what stands in their file."""

import json

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings
from django.contrib.auth import get_user_model


def people():
    return json.loads(settings.PEOPLE.read_text())


class Adapter(DefaultOIDCAdapter):
    """Says what the file says, and puts into the ID token what a liar would."""

    def get_claims(self, purpose, user, client, scopes, email=None, **more):
        said = people()[user.username]
        claims = super().get_claims(purpose, user, client, scopes, email, **more) | said["claims"]
        return claims | said.get(purpose, {})

    def get_user_sub(self, client, user):
        del client
        return people()[user.username]["claims"]["sub"]

    def get_user_by_sub(self, client, sub):
        del client
        return get_user_model().objects.get(username=_named(sub))

    def populate_id_token(self, id_token, client, scopes, **more):
        del client, scopes, more
        id_token.update(people()[_named(id_token["sub"])].get("id_token", {}))


def _named(sub):
    return next(name for name, said in people().items() if said["claims"]["sub"] == sub)
