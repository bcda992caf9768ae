"""The addresses of the director's desk."""

from __future__ import annotations

from django.urls import path

from tidegate_web.desks.director import looking

app_name = "director"
urlpatterns = [
    path("", looking.times, name="home"),
    path("volumes", looking.volumes_page, name="volumes"),
    path("revenue", looking.revenue_page, name="revenue"),
    path("controls", looking.controls_page, name="controls"),
    path("waiting", looking.waiting_page, name="waiting"),
    path("behind", looking.behind_page, name="behind"),
    path("acts/<str:mrn>", looking.acts_page, name="acts"),
]
