"""The server of a node's face: ``python -m tidegate_web.serving HOST PORT WORKERS``, with $TIDEGATE_NODE set.

It is started by ``tidegate serve``, and ends with it: a face whose supervisor is gone takes nothing in.
"""

from __future__ import annotations

import os
import sys

import django
from django.core.management import call_command
from django.db import connections
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from tidegate_web.orphans import end_with_parent

_HEADER_MILLISECONDS = 10_000
_KILL_AFTER_SECONDS = 30


def main(host: str, port: int, workers: int) -> None:
    """Make the tables of credentials ready, and serve until told to stop; what is under way ends first.

    Workers are forked from this process, with what it has loaded; each opens the node for itself.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate_web.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("clearsessions")
    connections.close_all()
    end_with_parent()
    Granian(
        "tidegate_web.wsgi:served",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_KILL_AFTER_SECONDS,
        log_dictconfig=_LOGGING,
    ).serve()


# The server's own lines in the shape of all others.
_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tidegate_web.logs.JsonLines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {"_granian": {"handlers": ["lines"], "level": "INFO", "propagate": False}},
}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
