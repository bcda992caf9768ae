"""The addresses of the partners' pages."""

from __future__ import annotations

from django.urls import path

from tidegate_web.desks.partners import looking

app_name = "partners"
urlpatterns = [
    path("", looking.overview, name="list"),
    path("acts", looking.acts, name="acts"),
    path("act/<int:position>", looking.act, name="act"),
    path("proof/<int:position>", looking.proof, name="proof"),
    path("agreement/<path:uid>", looking.agreement, name="agreement"),
    path("with/<path:name>", looking.partner, name="partner"),
]
