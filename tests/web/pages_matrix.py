"""Every page and every form, asked by nobody and by each role: what each asking comes to.

The pages are found by walking the addresses of the face, so that a new one cannot be forgotten. What each
asking comes to stands in pages_matrix.txt; TIDEGATE_WRITE_MATRIX=1 has the test write it anew.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.web.people_of import person
from tidegate_web.people.models import Role

STORED = Path(__file__).with_name("pages_matrix.txt")
NOBODY = "nobody"
ASKERS = (NOBODY, *Role)
METHODS = ("GET", "POST")

# Addresses that programs ask: access_matrix.txt has what each of them answers to whom.
OF_PROGRAMS = (
    "api/",
    "customs/",
    "notifications",
    "health",
    "ready",
    "metrics",
    "exchange/",
    "oauth/",
)
LIBRARY = "sign-in"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^)]+\)")
_EXAMPLES = {"mrn": "26GBAAAAAAAAAAAAA1", "position": "1", "code": "en", "number": "999999"}
_UUID = "00000000-0000-0000-0000-000000000000"
_SIGN_IN = "/accounts/login/"
_HEAD = 12


class Page(NamedTuple):
    """A page: its route, the address that is asked, and the action that it names."""

    route: str
    address: str
    action: str


def pages() -> list[Page]:
    """Return every page that is not for programs, in the order of their routes."""
    found = []
    for route, view in _views(get_resolver().url_patterns):
        if not route.startswith(OF_PROGRAMS):
            action = getattr(view, "action", LIBRARY if route.startswith("accounts/") else "?")
            found.append(Page(f"/{route}", f"/{_address(route)}", action))
    return sorted(found)


def _views(patterns, prefix="") -> Iterator[tuple[str, object]]:
    for one in patterns:
        route = prefix + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLPattern):
            yield route, one.callback
        elif not route.startswith(OF_PROGRAMS):
            yield from _views(one.url_patterns, route)


def _address(route: str) -> str:
    def example(found: re.Match) -> str:
        kind, name = found[1], found[2] or found[3]
        return _EXAMPLES.get(name) or {"int": "1", "uuid": _UUID}.get(kind, "x")

    return _PARAMETER.sub(example, route)


class Asking:
    """Nobody, or somebody in a role, with a browser; each page that ends a session gets a fresh one."""

    def __init__(self, asker: str) -> None:
        self._asker, self._browser = asker, None

    def comes_to(self, page: Page, method: str) -> str:
        """Return what an asking comes to: sign in first, not with this role, no such form, nothing, in."""
        answer = self._open(page).generic(method, page.address)
        if answer.status_code in (301, 302) and answer["Location"].startswith(_SIGN_IN):
            return "sign in"
        if answer.status_code >= 500 and answer.status_code != 503:  # 503: tables that nobody has made yet
            return f"fault {answer.status_code}"
        if answer.status_code == 404 and page.action == LIBRARY:
            return "nothing"  # elsewhere there is something or not, as the other tests have left it
        return {403: "no", 405: "-"}.get(answer.status_code, "in")

    def _open(self, page: Page) -> Client:
        if self._browser is None or page.action == LIBRARY:
            self._browser = Client(
                SERVER_NAME="localhost", headers={"Accept": "text/html"}, raise_request_exception=False
            )
            if self._asker != NOBODY:
                self._browser.force_login(asker_in(Role(self._asker)))
        return self._browser


def asker_in(role: Role):
    """Return who asks in a role; of nothing in the other tests."""
    return person(role, username=f"matrix-{role}")


def matrix() -> list[str]:
    """Return the matrix, line by line."""
    every = pages()
    wide = max(len(one.route) for one in every) + 2
    deep = max(len(one.action) for one in every) + 2
    asking = [Asking(one) for one in ASKERS]
    lines = [
        f"{'':6}{'':{wide}}{'':{deep}}" + "".join(f"{one[:_HEAD]:<{_HEAD + 2}}" for one in ASKERS).rstrip()
    ]
    for page in every:
        for method in METHODS:
            found = [one.comes_to(page, method) for one in asking]
            if set(found) - {"-", "sign in", "no"} or method == "GET":
                cells = "".join(f"{one:<{_HEAD + 2}}" for one in found).rstrip()
                lines.append(f"{method:6}{page.route:{wide}}{page.action:{deep}}{cells}")
    return lines
