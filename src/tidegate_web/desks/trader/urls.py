"""The addresses of the trader's desk."""

from __future__ import annotations

from django.urls import path

from tidegate_web.desks.trader import (
    changing,
    checking,
    drafts,
    exporting,
    keys,
    looking,
    steps,
    uploading,
)

app_name = "trader"
urlpatterns = [
    path("consignments", looking.consignments, name="consignments"),
    path("consignments/find", looking.find, name="find"),
    path("consignments/<str:mrn>", looking.consignment, name="consignment"),
    path("consignments/<str:mrn>/proofs/<int:position>", looking.proof, name="proof"),
    path("consignments/<str:mrn>/attachments/<int:position>/<int:n>", looking.attachment, name="attachment"),
    path("consignments/<str:mrn>/documents", changing.documents, name="documents"),
    path("consignments/<str:mrn>/amendment", changing.amend, name="amend"),
    path("consignments/<str:mrn>/invalidation", changing.withdraw, name="withdraw"),
    path("consignments/<str:mrn>/review", changing.review, name="review"),
    path("consignments/<str:mrn>/arrival", changing.arrive, name="arrive"),
    path("consignments/<str:mrn>/copy", drafts.copy, name="copy"),
    path("lodge", drafts.lodge, name="lodge"),
    path("lodge/new", drafts.begin, name="begin"),
    path("lodge/codes", steps.codes, name="codes"),
    path("lodge/<int:number>/goods/<int:item>", steps.goods, name="goods"),
    path("lodge/<int:number>/owed", steps.owed, name="owed"),
    path("lodge/<int:number>/check", checking.check, name="check"),
    path("lodge/<int:number>/discard", drafts.discard, name="discard"),
    path("lodge/<int:number>/<slug:step>", steps.step, name="step"),
    path("uploads", uploading.uploads, name="uploads"),
    path("uploads/begin", uploading.begin, name="begin_upload"),
    path("uploads/<slug:upload>", uploading.upload, name="upload"),
    path("uploads/<slug:upload>/octets", uploading.octets, name="octets"),
    path("uploads/<slug:upload>/complete", uploading.complete, name="complete"),
    path("uploads/<slug:upload>/result", uploading.result, name="result"),
    path("messages", looking.messages, name="messages"),
    path("keys", keys.keys, name="keys"),
    path("keys/<slug:name>/rotate", keys.rotate, name="rotate"),
    path("keys/<slug:name>/revoke", keys.revoke, name="revoke"),
    path("export", exporting.export, name="export"),
]
