"""The server of the partners' door alone: ``python -m tidegate_web.exchange.serving HOST PORT``."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from tidegate_web.orphans import end_with_parent

THREADS = 8
_HEADER_MILLISECONDS = 5_000


def main(host: str, port: int) -> None:
    """Serve until told to stop."""
    end_with_parent()
    Granian(
        "tidegate_web.exchange.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        websockets=False,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
