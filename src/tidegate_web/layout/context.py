"""What every page knows: whose node it is, who looks, and where that person can go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tidegate.node.living import behind_of
from tidegate_web.people.demonstration import PASSWORD, ready_accounts
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    from django.http import HttpRequest

# The name of a page's address, what the way to it is called, and the action it takes; None is anybody's.
NAVIGATION: tuple[tuple[str, Any, str | None], ...] = (
    ("officer:queue", _("Queue"), "see the queue"),
    ("entries:list", _("Before arrival"), "see the queue"),
    ("public:waiting", _("Questions"), "answer enquiries"),
    ("trader:consignments", _("Consignments"), "see own consignments"),
    ("trader:lodge", _("Lodge"), "lodge a declaration"),
    ("analyst:home", _("Targeting"), "see targeting"),
    ("director:home", _("Figures"), "see figures"),
    ("partners:list", _("Partners"), "see partners"),
    ("people:list", _("People"), "manage people"),
    ("people:looked", _("Who looked"), "see who looked"),
    ("public:tariff", _("Tariff"), None),
    ("public:duty", _("Duty"), None),
    ("public:notices", _("Notices"), None),
)


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of a page shows."""
    person = getattr(request, "user", None)
    ways = []
    for name, label, action in NAVIGATION:
        if action is not None and (person is None or not person.is_authenticated or not may(person, action)):
            continue
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue  # a desk that this node does not serve
        ways.append({"address": address, "label": label, "here": request.path.startswith(address)})
    signing_in = settings.CONFIGURATION.demonstration and request.path == reverse("account_login")
    return {
        "ready": ready_accounts() if signing_in else [],
        "ready_password": PASSWORD if signing_in else "",
        "by_provider": settings.CONFIGURATION.oidc_name if settings.SOCIALACCOUNT_PROVIDERS else "",
        "by_password": settings.CONFIGURATION.people_sign_in != "oidc",
        "navigation": ways,
        "administration": settings.CONFIGURATION.administration.upper()[:12],
        "demonstration": settings.CONFIGURATION.demonstration,
        "behind": _behind(person),
        "languages": settings.LANGUAGES,
    }


def _behind(person: Any) -> dict[str, Any] | None:
    """Return how far the days before are filled in behind a demonstration; None where they are all there."""
    if not settings.CONFIGURATION.demonstration or person is None or not person.is_authenticated:
        return None
    behind = behind_of(settings.NODE_FOLDER)
    if behind is None or behind.end <= behind.begun:
        return None
    share = (behind.at - behind.begun) / (behind.end - behind.begun)
    return {"at": behind.at, "share": round(100 * share)}
