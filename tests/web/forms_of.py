"""Every form of every page: found by walking the addresses, filled in wrongly, and read again."""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver
from lxml import html

from tidegate_web.people.models import Role
from tidegate_web.people.pages import PUBLIC
from tidegate_web.people.permissions import ACTIONS

# Who looks at a page: of those who may, the first of these, for they see most of its forms.
_LOOKERS = (Role.TRADER, Role.SUPERVISOR, Role.ANALYST, Role.DIRECTOR, Role.AUDITOR, Role.ADMINISTRATOR)
_TEXT = ("text", "search", "tel", "textarea", "password", "email", "url")
_BUTTONS = ("next", "adopt", "")  # which button is pressed, where there are several
_LONG = "long " * 20_000
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def pages(patterns=None, before=""):
    """Yield the route and the view of every page of ours."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(one.pattern).lstrip("^")
        if not isinstance(one, URLPattern):
            yield from pages(one.url_patterns, route)
        elif hasattr(one.callback, "action"):
            yield route, one.callback


def looker_at(action):
    """Return the role that looks at a page of an action; a director looks at what is public."""
    may = ACTIONS.get(action, ())
    if "targeting" in action:
        return Role.ANALYST
    return Role.DIRECTOR if action == PUBLIC else next(role for role in _LOOKERS if role in may)


def address_of(route, there):
    """Return a route with its names filled in from what there is; None where there is nothing of a name."""
    names = _PLACE.findall(route)
    if any(name not in there for name in names):
        return None
    return "/" + _PLACE.sub(lambda found: str(there[found[1]]), route)


@dataclass
class Form:
    """A form as a page shows it: where it goes, and its fields by name as (kind, value)."""

    page: str
    action: str
    method: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    button: tuple[str, str] | None = None

    @property
    def name(self):
        return f"{self.method} {self.action} on {self.page}"

    @property
    def visible(self):
        return {name for name, (kind, _) in self.fields.items() if kind != "hidden"}

    def filled(self, how):
        """Return the form filled in: ``how`` takes kind and value, and returns what is put there, or None."""
        said = {} if self.button is None else dict([self.button])
        for name, (kind, value) in self.fields.items():
            put = how(kind, value)
            if put is not None:
                said[name] = put
        return said


def forms_in(page, content):
    """Return the forms of a page but that of signing out."""
    tree = html.fromstring(content)
    found = []
    for one in tree.iter("form"):
        action = urljoin(page, one.get("action") or page)
        made = Form(page, action, (one.get("method") or "get").lower())
        if urlsplit(action).path.startswith("/accounts/") or one.get("id") == "state":
            continue
        buttons = {}
        for control in one.iter("input", "select", "textarea", "button"):
            name = control.get("name")
            if name and control.tag == "button":
                buttons[control.get("value") or ""] = name
            elif name and name != "csrfmiddlewaretoken" and control.get("disabled") is None:
                made.fields[name] = _read(control)
        pressed = next((value for value in _BUTTONS if value in buttons), None)
        made.button = (buttons[pressed], pressed) if pressed is not None else None
        found.append(made)
    return found


def _read(control):
    if control.tag == "textarea":
        return "textarea", control.text or ""
    if control.tag == "select":
        chosen = control.xpath(".//option[@selected]") or control.xpath(".//option")
        return "select", chosen[0].get("value", "") if chosen else ""
    return control.get("type") or "text", control.get("value") or ""


def empty(kind, value):
    """Leave everything empty that can be seen."""
    if kind == "hidden":
        return value
    return None if kind in ("checkbox", "radio", "file") else ""


def absurd(kind, value):
    """Write what no number, day or choice is; words stay words."""
    if kind in ("hidden", "file"):
        return value if kind == "hidden" else None
    if kind in _TEXT:
        return value or "Kept words."
    return {"date": "31/02/2026", "number": "-1e400", "select": "no-such-choice"}.get(kind, "no-such-choice")


def overlong(kind, value):
    """Write far too much."""
    if kind in _TEXT:
        return _LONG
    return _chosen(kind, value)


def controlling(kind, value):
    """Write signs that steer terminals, turn text round, or end strings."""
    if kind in _TEXT:
        return "Kept \x1b[31m\u202e\x00 words."
    return _chosen(kind, value)


def forged(kind, value):
    """Put something else in the place of what the page itself carries."""
    if kind == "hidden":
        return "forged"
    return "Kept words." if kind in _TEXT and not value else _chosen(kind, value)


def wrong_files(kind, value):
    """Hand in a program where a file is wanted, and words where words are."""
    if kind == "file":
        return SimpleUploadedFile("../../passwd.exe", b"MZ\x90\x00\xff", "application/x-msdownload")
    return "Kept words." if kind in _TEXT and not value else _chosen(kind, value)


def _chosen(kind, value):
    return None if kind == "file" or (kind in ("checkbox", "radio") and not value) else value


def complaints_in(content):
    """Return the fields that a page says are wrong, tied to words and not; and what its summary says."""
    tree = html.fromstring(content)
    tied, loose = [], []
    for one in tree.xpath("//*[@aria-invalid='true']"):
        group = one.xpath("ancestor::fieldset[1]/@aria-describedby")
        ids = (one.get("aria-describedby") or " ".join(group)).split()
        words = [found.text_content().strip() for name in ids for found in tree.xpath(f"//*[@id='{name}']")]
        errors = [name for name in ids if name.endswith("_error")]
        (tied if errors and all(words) else loose).append(one.get("name"))
    summary = tree.xpath("//*[contains(@class, 'errors') and @role='alert']")
    return tied, loose, " ".join(" ".join(one.text_content().split()) for one in summary)
