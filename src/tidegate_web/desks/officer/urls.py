"""The addresses of the officer's desk."""

from __future__ import annotations

from django.urls import path

from tidegate_web.desks.officer import (
    acting,
    correcting,
    looking,
    papers,
    parcels,
    partners,
    queueing,
    searching,
)

app_name = "officer"
_ONE = "consignments/<str:mrn>"
urlpatterns = [
    path("queue", queueing.waiting, name="queue"),
    path("consignments/find", searching.find, name="find"),
    path("parcels", parcels.waiting, name="parcels"),
    path("parcels/<int:lodged>/<int:place>", parcels.parcel, name="parcel"),
    path("parcels/<int:lodged>/<int:place>/control", parcels.control, name="parcel_control"),
    path("uploads/<str:upload>", parcels.payment, name="upload"),
    path(_ONE, looking.consignment, name="consignment"),
    path(f"{_ONE}/like", looking.like, name="like"),
    path(f"{_ONE}/proofs/<int:position>", looking.proof, name="proof"),
    path(f"{_ONE}/attachments/<int:position>/<int:n>", papers.attachment, name="attachment"),
    path(f"{_ONE}/partners/<int:position>", partners.proof, name="said"),
    path(f"{_ONE}/ask", partners.ask, name="ask"),
    path(f"{_ONE}/take", queueing.take, name="take"),
    path(f"{_ONE}/give", queueing.give, name="give"),
    path(f"{_ONE}/control", acting.control, name="control"),
    path(f"{_ONE}/order", acting.order, name="order"),
    path(f"{_ONE}/referral", acting.referral, name="referral"),
    path(f"{_ONE}/override", acting.override, name="override"),
    path(f"{_ONE}/follow", acting.follow, name="follow"),
    path(f"{_ONE}/review", acting.review, name="review"),
    path(f"{_ONE}/documents", acting.documents, name="documents"),
    path(f"{_ONE}/examined", acting.examined, name="examined"),
    path(f"{_ONE}/arrival", acting.arrival, name="arrival"),
    path(f"{_ONE}/inventory", acting.inventory, name="inventory"),
    path(f"{_ONE}/payment", acting.payment, name="payment"),
    path(f"{_ONE}/answer", acting.answer, name="answer"),
    path(f"{_ONE}/ending", acting.ending, name="ending"),
    path(f"{_ONE}/correct", correcting.correct, name="correct"),
]
