"""What an officer does with credentials and webhooks, as the command line asks the face for it."""

from tests.web.askers import known
from tidegate_web.access.management.commands.credential import _DOING


def done(what, **parts):
    return _DOING[what](parts)


def test_credentials_are_made_rotated_listed_and_revoked():
    number = known("198.19.2.1", "notices:read").number
    (made,) = done("make", operator=number, kind="oauth", days=3)
    assert "operator:admin" not in made.scopes
    (again,) = done("rotate", operator=number, id=made.id, hours=0)
    listed = {one.id: one for one in done("list", operator=number)}
    assert (bool(listed[made.id].revoked), listed[again.id].replaces) == (True, made.id)
    assert done("revoke", operator=number, id=again.id) == [{"revoked": 1}]
    assert done("revoke", operator=number, id="") == [{"revoked": 1}]


def test_refusals_and_webhooks_are_told():
    asking = known("198.19.2.2", "notices:read")
    asking.get("/api/v1/tariff/codes/48191000")
    prefix = asking.key.split("_")[1]
    (noted,) = [one for one in done("refusals", since="2000-01-01") if one["credential"] == prefix]
    assert (noted["code"], noted["times"]) == ("scope_missing", 1)
    assert done("webhooks", operator=asking.number) == []
