"""Structured logs: one JSON object a line, which says what happened and never who it was about.

What is logged are routes, statuses, times and sizes, and identifiers that the node made itself. No number of
a person, no MRN, no body and no header goes in: a line holds the fields named here and nothing else.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import msgspec

# What may be said beside the message: see `tidegate_web.edge`.
FIELDS = ("request_id", "method", "route", "status", "milliseconds", "octets", "client", "code", "process")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; of an exception its type and its place, not its text, which may quote a person."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["place"] = _place(record.exc_info[2])
        return msgspec.json.encode(line).decode()


def _place(traceback: object) -> list[str]:
    """Return where an exception came through, outermost first: file and line, no values."""
    found = []
    while traceback is not None:
        frame = traceback.tb_frame  # type: ignore[attr-defined] - a traceback, which logging types as object
        found.append(f"{frame.f_code.co_filename}:{traceback.tb_lineno}")  # type: ignore[attr-defined] - as above
        traceback = traceback.tb_next  # type: ignore[attr-defined] - as above
    return found[-12:]
