"""The addresses of pages about people."""

from __future__ import annotations

from django.urls import path

from tidegate_web.people import looking, managing, views

app_name = "people"
urlpatterns = [
    path("account", views.account, name="account"),
    path("account/second-factor", views.second_factor, name="second-factor"),
    path("people", managing.people, name="list"),
    path("people/new", managing.person, name="new"),
    path("people/looked", looking.looked, name="looked"),
    path("people/access", looking.granted, name="granted"),
    path("people/<int:number>", managing.person, name="person"),
    path("people/<int:number>/factor", managing.take_factor, name="take-factor"),
    path("people/<int:number>/bind", managing.bind, name="bind"),
    path("people/<int:number>/unlock", managing.unlock, name="unlock"),
]
