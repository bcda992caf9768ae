"""The addresses of the analyst's desk."""

from __future__ import annotations

from django.urls import path

from tidegate_web.desks.analyst import acting, looking, rehearsing

app_name = "analyst"
urlpatterns = [
    path("", looking.profiles, name="home"),
    path("profile", acting.profile, name="profile"),
    path("profile/withdraw", acting.withdraw_profile, name="withdraw-profile"),
    path("model", looking.model, name="model"),
    path("model/train", acting.train, name="train"),
    path("model/adopt", acting.adopt_model, name="adopt-model"),
    path("policy", acting.policy, name="policy"),
    path("model/withdraw", acting.withdraw_model, name="withdraw-model"),
    path("groups", looking.groups, name="groups"),
    path("what-if", rehearsing.what_if, name="what-if"),
]
