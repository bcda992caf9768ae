"""The addresses of the pages before arrival."""

from __future__ import annotations

from django.urls import path

from tidegate_web.desks.entries import acting, looking

app_name = "entries"
urlpatterns = [
    path("", looking.wanting, name="list"),
    path("<str:mrn>", looking.entry, name="entry"),
    path("<str:mrn>/proofs/<int:position>", looking.proof, name="proof"),
    path("<str:mrn>/control", acting.control, name="control"),
]
