"""Every guarded endpoint, asked by nobody, a wrong credential, another operator, and the right one.

The endpoints are found by walking the addresses of the face, so that a new one cannot be forgotten. What each
asking is answered stands in access_matrix.txt; TIDEGATE_WRITE_MATRIX=1 has the test write it anew.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.urls import URLPattern, get_resolver

from tests.web.entering import entry
from tests.web.lodging import VENDOR, declaration, request
from tidegate_web.access.scopes import SCOPES
from tidegate_web.api.api import api
from tidegate_web.conversations import name_of, position_of

STORED = Path(__file__).with_name("access_matrix.txt")

# Open to all: how the node is, how the API is described, and where credentials become tokens. The pages of
# people ask for a role, which their own tests hold them to; signing in is the library's. Files are posted by
# signed fields, which tests of their own try to forge.
OPEN = {
    "health",
    "ready",
    "metrics",
    "api/v1/openapi.json",
    "api/v1/",
    "oauth/token",
    "oauth/revoke",
    "customs/declarations/file-upload/target",
}
_OF_THE_LIBRARY = "accounts/"
_OF_PARTNERS = "exchange/v1/"  # known by signatures: tests/unit/exchange holds them to it
_PARAMETER = re.compile(r"\{(\w+)\}|<(?:\w+:)?(\w+)>")
_METHODS = {"taken_in": "POST", "initiate": "POST"}  # of plain views; the others are read


# What is asked of a subject is asked rightly, so that it is refused for whose it is.
BODIES = {
    "amendment": (request("MRN", "COR"), "application/xml"),
    "arrival": (b'{"reference": "R-1"}', "application/json"),
    "invalidation": (b'{"reference": "R-2"}', "application/json"),
}


class Endpoint(NamedTuple):
    """One way to ask: the method, the address with its parameters, and the scope that its view names."""

    method: str
    route: str
    scope: str | None


def matrix(askers, subjects) -> list[str]:
    """Return the matrix, line by line."""
    lines = [f"{'':69}nobody  wrong scope  another  right"]
    for endpoint in endpoints():
        # Who is let in is answered this or that, as things stand; who is not, always the same.
        found = [str(one) if one in (401, 403, 404) else "in" for one in statuses(askers, subjects, endpoint)]
        nobody, wrong, another, right = found
        lines.append(f"{endpoint.method:7}{endpoint.route:62}{nobody:>6}{wrong:>13}{another:>9}{right:>7}")
    return lines


def statuses(askers, subjects, endpoint) -> list[int]:
    """Return what nobody, a credential for all else, another operator and the right one are answered."""
    owner, other = askers
    address = subjects.address(endpoint.route)
    wrong = owner.with_scopes(*(scope for scope in SCOPES if scope != endpoint.scope))
    nobody = owner.with_key("")
    return [ask(one, endpoint, address) for one in (nobody, wrong, other, owner)]


def endpoints() -> list[Endpoint]:
    """Return every endpoint that is not a page for people."""
    found = [Endpoint(*one) for one in _operations()]
    for route, view in _views(get_resolver().url_patterns):
        ours = route in OPEN or route.startswith((_OF_THE_LIBRARY, _OF_PARTNERS)) or hasattr(view, "action")
        if not ours and not route.startswith("api/v1/"):
            method = _METHODS.get(view.__name__, "GET")
            found.append(Endpoint(method, f"/{route}", getattr(view, "scope", None)))
    return sorted(found, key=lambda one: (one.route, one.method))


def _operations() -> Iterator[tuple[str, str, str | None]]:
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, f"/api/v1{prefix}{path}", getattr(operation.view_func, "scope", None)


def _views(patterns, prefix=""):
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, one.callback
        else:
            yield from _views(one.url_patterns, route)


class Subjects:
    """What an operator has that its endpoints are about; new ones each time, for some are ended by asking."""

    def __init__(self, asking, node):
        self._asking, self._node = asking, node
        answer = asking.cds("", declaration(asking.number))
        position = position_of("conversation", answer["X-Conversation-ID"], node.key)
        entry = node.journal.read(position, 1)[0]
        self.conversation = answer["X-Conversation-ID"]
        self.mrn = next(key.removeprefix("mrn:") for key in entry.keys if key.startswith("mrn:"))

    def address(self, route: str) -> str:
        """Return a route with the parameters of this operator in it."""
        return _PARAMETER.sub(lambda found: self._value(found[1] or found[2], route), route)

    def _value(self, name: str, route: str) -> str:
        if name == "name":
            return self._name(route)
        if name == "number" and "/authorisations/" in route:
            return str(self._granted())
        if name == "mrn" and "/entries/" in route:
            return self._entered()
        fixed = {"mrn": self.mrn, "conversation": self.conversation, "which": "unpulled", "code": "48191000"}
        return fixed.get(name, "x")

    def _name(self, route: str) -> str:
        if "/credentials/" in route:
            return self._posted("credentials", {"scopes": ["notices:read"]})["id"]
        if "/webhooks/" in route:
            return self._posted("webhooks", {"url": "http://127.0.0.1:9/notices"})["webhook"]["id"]
        return str(name_of("notification", self._noticed(), self._node.key))

    def _posted(self, what: str, wanted: dict) -> dict:
        answer = self._asking.post(f"/api/v1/{what}", json.dumps(wanted))
        assert answer.status_code == 201, answer.content
        return answer.json()

    def _noticed(self) -> int:
        self._node.catch_up()
        return self._asking.get("/api/v1/notices").json()["notices"][0]["position"]

    def _entered(self) -> str:
        answer = self._asking.post("/api/v1/entries", entry(self._asking.number), "application/xml")
        assert answer.status_code == 202, answer.content
        return answer.json()["mrn"]

    def _granted(self) -> int:
        wanted = {"representative": self._asking.broker, "representation": "direct", "procedures": ["99"]}
        return self._posted("authorisations", wanted)["position"]


def ask(asking, endpoint: Endpoint, address: str) -> int:
    """Return the status that an endpoint answers."""
    headers = {"Accept": VENDOR} if address.startswith("/customs/") else {}
    if endpoint.method == "GET":
        return asking.get(address, **headers).status_code
    body, content_type = BODIES.get(endpoint.route.rpartition("/")[2], (b"{}", "application/json"))
    body = body.replace(b"<ID>MRN</ID>", f"<ID>{address.split('/')[-2]}</ID>".encode())
    if headers:
        content_type = "application/xml; charset=UTF-8"
    return asking.send(endpoint.method, address, body, content_type, headers).status_code
