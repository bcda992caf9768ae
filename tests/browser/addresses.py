"""Every address of the pages, and by whom it is looked at in a browser; or why it is not.

`tests/web/test_looked_at.py` walks the addresses that there are, and fails where one is missing here.
"""

# Who looks, and where: an address, or a page and the links that are followed from it, for what has a number;
# what begins with + is added to the address that was reached.
_A_TASK = ("supervisor", "/officer/queue", "a[data-row]")
LOOKED_AT = {
    "accounts/login/": (None, "/accounts/login/"),
    "accounts/password/change/": ("officer", "/accounts/password/change/"),
    "accounts/2fa/": ("officer", "/accounts/2fa/"),
    "accounts/reauthenticate/": ("officer", "/accounts/reauthenticate/"),
    "account": ("officer", "/account"),
    "people": ("administrator", "/people"),
    "people/new": ("administrator", "/people/new"),
    "people/<int:number>": ("administrator", "/people", "a[data-row]"),
    "people/looked": ("auditor", "/people/looked"),
    "people/access": ("auditor", "/people/access"),
    "public": (None, "/public"),
    "tariff": (None, "/tariff?q=fish"),
    "tariff/<str:code>": (None, "/tariff/87"),
    "duty": (None, "/duty?code=8703&origin=CN&value=10000&currency=USD"),
    "notices": (None, "/notices"),
    "times": (None, "/times"),
    "verify": (None, "/verify"),
    "questions/new": (None, "/questions/new"),
    "notices/new": ("supervisor", "/notices/new"),
    "questions": ("supervisor", "/questions"),
    "trader/consignments": ("trader", "/trader/consignments"),
    "trader/consignments/<str:mrn>": ("trader", "/trader/consignments", "a[data-row]"),
    "trader/lodge": ("trader", "/trader/lodge"),
    "trader/uploads": ("trader", "/trader/uploads"),
    "trader/messages": ("trader", "/trader/messages"),
    "trader/keys": ("trader", "/trader/keys"),
    "officer/queue": ("officer", "/officer/queue"),
    "officer/parcels": ("officer", "/officer/parcels"),
    "officer/consignments/<str:mrn>": _A_TASK,
    "officer/consignments/<str:mrn>/ask": (*_A_TASK, "a[data-key=q]"),
    "officer/consignments/<str:mrn>/like": (*_A_TASK, "+/like"),
    "entries/": ("officer", "/entries/"),
    "entries/<str:mrn>": ("officer", "/entries/", "a[data-row]"),
    "partners/": ("director", "/partners/"),
    "partners/with/<path:name>": ("director", "/partners/", "main a[href*='/partners/with/']"),
    "partners/agreement/<path:uid>": (
        "director",
        "/partners/",
        "main a[href*='/partners/with/']",
        "main a[href*='/partners/agreement/']",
    ),
    "partners/acts": ("director", "/partners/acts"),
    "partners/act/<int:position>": ("director", "/partners/acts", "main a[href*='/partners/act/']"),
    "director/": ("director", "/director/"),
    "director/volumes": ("director", "/director/volumes"),
    "director/revenue": ("director", "/director/revenue"),
    "director/controls": ("director", "/director/controls"),
    "director/waiting": ("director", "/director/waiting"),
    "director/behind": ("director", "/director/behind?figure=slowest"),
    "director/acts/<str:mrn>": ("director", "/director/behind?figure=lodged", "a[data-row]"),
    "analyst/": ("analyst", "/analyst/"),
    "analyst/profile": ("analyst", "/analyst/profile"),
    "analyst/model": ("analyst", "/analyst/model"),
    "analyst/policy": ("analyst", "/analyst/policy"),
    "analyst/groups": ("analyst", "/analyst/groups"),
    "analyst/what-if": ("analyst", "/analyst/what-if"),
}

# Looked at with axe in the course of a main job, where it is reached as people reach it.
IN_PASSING = {
    "trader/lodge/<int:number>/<slug:step>": "test_trader_at_work",
    "trader/lodge/<int:number>/goods/<int:item>": "test_trader_at_work",
    "trader/lodge/<int:number>/check": "test_trader_at_work",
    "trader/uploads/<slug:upload>": "test_trader_at_work",
    "trader/consignments/<str:mrn>/amendment": "test_roles",
    "notices/<slug:name>": "test_roles",
    "notices/<slug:name>/words": "test_roles",
    "questions/<str:reference>": "test_roles",
    "questions/<str:reference>/answer": "test_roles",
}

_FORM = "takes a form in, and leads to a page or shows the page the form stands on"
_FILE = "gives a file"
_PART = "gives a part of a page that is looked at"
_LEADS = "leads to another page"
EXEMPT = {
    "": _LEADS,
    "language/<slug:code>": _LEADS,
    "accounts/logout/": _LEADS,
    "people/<int:number>/factor": _FORM,
    "people/<int:number>/unlock": _FORM,
    "people/<int:number>/bind": _FORM,
    "notices/feed": _FILE,
    "notices/<slug:name>/withdrawal": _FORM,
    "questions/find": _LEADS,
    "trader/consignments/find": _LEADS,
    "trader/consignments/<str:mrn>/proofs/<int:position>": _FILE,
    "trader/consignments/<str:mrn>/attachments/<int:position>/<int:n>": _FILE,
    "trader/consignments/<str:mrn>/documents": _FORM,
    "trader/consignments/<str:mrn>/invalidation": _FORM,
    "trader/consignments/<str:mrn>/review": _FORM,
    "trader/consignments/<str:mrn>/arrival": _FORM,
    "trader/consignments/<str:mrn>/copy": _FORM,
    "trader/lodge/new": _FORM,
    "trader/lodge/codes": _PART,
    "trader/lodge/<int:number>/owed": _PART,
    "trader/lodge/<int:number>/discard": _FORM,
    "trader/uploads/begin": _FORM,
    "trader/uploads/<slug:upload>/octets": _FORM,
    "trader/uploads/<slug:upload>/complete": _FORM,
    "trader/uploads/<slug:upload>/result": _FILE,
    "trader/keys/<slug:name>/rotate": _FORM,
    "trader/keys/<slug:name>/revoke": _FORM,
    "trader/export": _FILE,
    "officer/consignments/find": _LEADS,
    "officer/consignments/<str:mrn>/proofs/<int:position>": _FILE,
    "officer/consignments/<str:mrn>/attachments/<int:position>/<int:n>": _FILE,
    "entries/<str:mrn>/proofs/<int:position>": _FILE,
    "entries/<str:mrn>/control": _FORM,
    "partners/proof/<int:position>": _FILE,
    "analyst/profile/withdraw": _FORM,
    "analyst/model/train": _FORM,
    "analyst/model/adopt": _FORM,
    "analyst/model/withdraw": _FORM,
}
# An officer's acts are forms of the consignment's page, and show that page where something is wrong.
_OFFICER = (
    "take", "give", "control", "order", "referral", "override", "follow", "review", "documents", "examined",
    "arrival", "inventory", "payment", "answer", "ending",
)  # fmt: skip
EXEMPT |= {f"officer/consignments/<str:mrn>/{name}": _FORM for name in _OFFICER}
EXEMPT |= {
    "account/second-factor": "leads away in a demonstration, which asks for no second factor",
    "officer/consignments/<str:mrn>/partners/<int:position>": _FILE,
    "officer/consignments/<str:mrn>/correct": "is there after clearance: tests/web/test_officer_forms.py",
    "officer/uploads/<str:upload>": _FORM,
    "officer/parcels/<int:lodged>/<int:place>": "is there once a parcel is chosen: test_officer_parcels",
    "officer/parcels/<int:lodged>/<int:place>/control": _FORM,
}
# The library's own pages that nobody is led to here, or that need another machine to answer.
OF_OTHERS = ("accounts/none/", "accounts/oidc/", "accounts/inactive/", "accounts/2fa/")
