"""The addresses of the officer's desk."""

from __future__ import annotations

from django.urls import path

from tidegate_web.desks.officer import acting, looking

app_name = "officer"
urlpatterns = [
    path("queue", looking.waiting, name="queue"),
    path("consignments/find", looking.find, name="find"),
    path("consignments/<str:mrn>", looking.consignment, name="consignment"),
    path("consignments/<str:mrn>/proofs/<int:position>", looking.proof, name="proof"),
    path("consignments/<str:mrn>/attachments/<int:position>/<int:n>", looking.attachment, name="attachment"),
    path("consignments/<str:mrn>/control", acting.control, name="control"),
    path("consignments/<str:mrn>/order", acting.order, name="order"),
    path("consignments/<str:mrn>/referral", acting.referral, name="referral"),
    path("consignments/<str:mrn>/override", acting.override, name="override"),
    path("consignments/<str:mrn>/review", acting.review, name="review"),
    path("consignments/<str:mrn>/documents", acting.documents, name="documents"),
    path("consignments/<str:mrn>/examined", acting.examined, name="examined"),
    path("consignments/<str:mrn>/arrival", acting.arrival, name="arrival"),
]
