"""The addresses of the CDS endpoints, below ``/customs/declarations`` and ``/notifications``."""

from __future__ import annotations

from django.urls import path

from tidegate_web.door import file_upload, pulling, views

urlpatterns = [
    path("customs/declarations/", views.submit),
    path("customs/declarations/amend", views.amend),
    path("customs/declarations/cancellation-requests", views.cancel),
    path("customs/declarations/arrival-notification", views.arrive),
    path("customs/declarations/file-upload", file_upload.initiate),
    path("customs/declarations/file-upload/target", file_upload.target),
    path("notifications/<str:which>", pulling.listed),
    path("notifications/conversationId/<str:conversation>", pulling.of_conversation),
    path("notifications/conversationId/<str:conversation>/<str:which>", pulling.of_conversation),
    path("notifications/<str:which>/<str:name>", pulling.one),
]
