"""Templates of agreements: whole documents in which the parties' names are still FIRST and SECOND."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tidegate.exchange.refusals import UnknownAgreementError

FOLDER = Path(__file__).parent
TEMPLATES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def template(name: str, first: str, second: str, **changes: Any) -> dict[str, Any]:
    """Return a template with the names of its parties put in; ``changes`` replace members by name.

    Raises:
        UnknownAgreementError: there is no template of that name.
    """
    if name not in TEMPLATES:
        known = ", ".join(TEMPLATES)
        raise UnknownAgreementError(f"There is no template {name!r}; there are: {known}.", agreement=name)
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    text = text.replace('"FIRST"', json.dumps(first)).replace('"SECOND"', json.dumps(second))
    return {**json.loads(text), **changes}
