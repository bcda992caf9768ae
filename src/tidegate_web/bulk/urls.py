"""The address to which the octets of uploads go; the others are those of the JSON API."""

from __future__ import annotations

from django.urls import path

from tidegate_web.bulk.octets import octets

urlpatterns = [path("uploads/<str:upload>/octets", octets)]
