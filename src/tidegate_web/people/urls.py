"""The addresses of pages about people."""

from __future__ import annotations

from django.urls import path

from tidegate_web.people import views

app_name = "people"
urlpatterns = [
    path("account", views.account, name="account"),
    path("people", views.people, name="list"),
    path("people/new", views.person, name="new"),
    path("people/<int:number>", views.person, name="person"),
]
