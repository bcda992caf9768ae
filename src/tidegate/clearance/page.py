"""The page of the life of a consignment: ``python -m tidegate.clearance.page > docs/life.md``."""

from __future__ import annotations

import sys

from tidegate.clearance.life import TRANSITIONS


def page() -> str:
    """Return the page: the diagram and the table, both from the table of transitions."""
    lines = [
        "# The life of a consignment",
        "",
        "What may happen to a consignment, by the state it is in. An act that is not in the table for a state is",
        "refused there. The page is made from the table in `clearance/life.py`: `make docs` writes it, and a",
        "test compares.",
        "",
        "```mermaid",
        "stateDiagram-v2",
    ]
    for (before, event), after in TRANSITIONS.items():
        if before != after:
            lines.append(f"    {before or '[*]'} --> {after}: {event}")
    lines += ["```", "", "| in state | act | then |", "|---|---|---|"]
    lines += [f"| {before or ''} | `{event}` | {after} |" for (before, event), after in TRANSITIONS.items()]
    lines += [
        "",
        "Release waits for what is outstanding: the arrival of pre-lodged goods, a control, an officer's decision",
        "where a control found something, the payment of what is not deferred.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
