"""The page of all kinds of act: ``python -m tidegate.acts.page > docs/acts.md``."""

from __future__ import annotations

import inspect
import sys

import msgspec

from tidegate.acts import CATALOGUE


def page() -> str:
    """Return the page: every act with its sentence and its fields."""
    lines = [
        "# Acts",
        "",
        "Every official act is an entry in the journal; these are the kinds there are. The page is made from",
        "the code: `make docs` writes it, and a test compares.",
    ]
    for (kind, version), act in sorted(CATALOGUE.items()):
        lines += ["", f"## `{kind}`, version {version}", "", inspect.cleandoc(act.__doc__ or ""), ""]
        lines += ["| field | |", "|---|---|"]
        for field in msgspec.structs.fields(act):
            lines.append(f"| `{field.encode_name}` | {'always' if field.required else 'where it applies'} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
