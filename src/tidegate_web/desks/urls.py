"""The addresses of all pages."""

from __future__ import annotations

from django.urls import include, path

from tidegate_web.people.views import first, language

urlpatterns = [
    path("", first, name="first"),
    path("language/<slug:code>", language, name="language"),
    path("accounts/", include("tidegate_web.people.sign_in_urls")),
    path("", include("tidegate_web.people.urls")),
    path("officer/", include("tidegate_web.desks.officer.urls")),
    path("entries/", include("tidegate_web.desks.entries.urls")),
    path("trader/", include("tidegate_web.desks.trader.urls")),
    path("", include("tidegate_web.public.urls")),
    path("partners/", include("tidegate_web.desks.partners.urls")),
    path("director/", include("tidegate_web.desks.director.urls")),
    path("analyst/", include("tidegate_web.desks.analyst.urls")),
]
