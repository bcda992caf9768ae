"""A rule: what it says, where it comes from, since when, how it looks, and its own proof."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from tidegate.declarations.declaration import Request
from tidegate.declarations.findings import Finding, Severity
from tidegate.declarations.rules.codes import CONTINENTAL_SHELVES, COUNTRIES, CURRENCIES, INCOTERMS, MODES
from tidegate.declarations.stated import Stated

DECLARATIONS: frozenset[Request] = frozenset({"declaration"})
REQUESTS: frozenset[Request] = frozenset({"amendment", "cancellation", "arrival"})
EVERY = DECLARATIONS | REQUESTS

_LONGEST_WORD = 80  # of what was stated, as a finding repeats it
_OUR_WORDS = "wrong"  # the value that holds a sentence of ours, which is never cut


class RuleContext(msgspec.Struct, frozen=True):
    """What a rule knows beside the declaration: the day, the country of the node, and the lists of codes.

    ``further_countries`` are an administration's own codes beside those that customs use everywhere.
    """

    on: date
    country: str
    countries: frozenset[str] = COUNTRIES
    further_countries: frozenset[str] = CONTINENTAL_SHELVES
    currencies: frozenset[str] = CURRENCIES
    incoterms: frozenset[str] = INCOTERMS
    transport_modes: frozenset[str] = MODES

    def knows_country(self, code: str) -> bool:
        """Tell whether a code stands for a country or territory on the lists."""
        return code in self.countries or code in self.further_countries or code == self.country


class Breach(msgspec.Struct, frozen=True):
    """Where a rule is not kept, from the class it looks at, and the values that its text names."""

    at: str = ""
    values: Mapping[str, str] = {}


Check = Callable[[Any, RuleContext], Iterable[Breach]]


class Case(msgspec.Struct, frozen=True):
    """An edit to the sample declaration and what must come of it.

    ``edits`` are places with what is put there (see ``places.with_value``). With ``at`` the rule must find
    exactly this place; without, it must find nothing.
    """

    said: str
    edits: Mapping[str, object]
    at: str | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule.

    ``checks`` says at which classes it looks and how: each gets every value of its class, wherever it stands,
    and yields breaches. ``text`` is what the declarant sees, ``{value}`` standing for a breach's values.
    ``reference`` is the published source, or Tidegate where the rule is ours. ``applies`` says to which
    requests, ``country`` to which administration's declarations: empty, to those of all.
    """

    code: str
    text: str
    reference: str
    checks: Mapping[type[Stated], Check]
    cases: tuple[Case, ...]
    severity: Severity = "error"
    applies: frozenset[Request] = DECLARATIONS
    country: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def in_force(self, on: date) -> bool:
        """Tell whether the rule holds on a day, its first and last included."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )

    def finding(self, place: str, breach: Breach) -> Finding:
        """Return the finding of a breach in the class at ``place``."""
        values = {n: word if n == _OUR_WORDS else _shortened(word) for n, word in breach.values.items()}
        location = "/".join(step for step in (place, breach.at) if step) or "Declaration"
        return Finding(self.code, location, self.text.format_map(values), self.severity, values)


def _shortened(word: str) -> str:
    return word if len(word) <= _LONGEST_WORD else word[: _LONGEST_WORD - 3] + "..."
