"""The addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from tidegate_web.public import duty, notices, proofs, questions, tariff, times, views

app_name = "public"
urlpatterns = [
    path("public", views.home, name="home"),
    path("tariff", tariff.look_up, name="tariff"),
    path("tariff/<str:code>", tariff.code, name="code"),
    path("duty", duty.calculator, name="duty"),
    path("notices", notices.listed, name="notices"),
    path("notices/feed", notices.feed, name="feed"),
    path("notices/new", notices.publish, name="publish"),
    path("notices/<slug:name>", notices.bulletin, name="notice"),
    path("notices/<slug:name>/words", notices.publish, name="words"),
    path("notices/<slug:name>/withdrawal", notices.withdraw, name="withdraw"),
    path("times", times.times, name="times"),
    path("questions", questions.waiting, name="waiting"),
    path("questions/new", questions.ask, name="ask"),
    path("questions/find", questions.find, name="find"),
    path("questions/<str:reference>", questions.shown, name="question"),
    path("questions/<str:reference>/answer", questions.answer, name="answer"),
    path("verify", proofs.verify, name="verify"),
]
