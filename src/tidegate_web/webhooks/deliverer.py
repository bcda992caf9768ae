"""The process that pushes notices: ``python -m tidegate_web.webhooks.deliverer``, beside a node's workers.

One a node: whoever finds another at it waits for its lock. It ends when told to, or when its parent does.
"""

from __future__ import annotations

import fcntl
import logging
import os
import random
import signal
import ssl
import threading

import django

_LOOK_SECONDS = 0.5
_LOG = logging.getLogger("tidegate.webhooks")


def main() -> None:
    """Deliver until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate_web.settings")
    stop, parent = threading.Event(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    django.setup()
    run(stop, parent)


def run(stop: threading.Event, parent: int) -> None:
    """Push what is due, again and again, while this process is the one that does."""
    # The models can be imported only once Django is set up.
    from django.conf import settings  # noqa: PLC0415 - see above
    from django.db import Error  # noqa: PLC0415 - see above

    from tidegate_web.node import close, node, now  # noqa: PLC0415 - see above
    from tidegate_web.webhooks.delivering import deliver  # noqa: PLC0415 - see above

    tls = ssl.create_default_context()  # once: it takes time to read all certificates
    with (settings.NODE_FOLDER / "webhooks.lock").open("w") as lock:
        while not stop.is_set() and os.getppid() == parent:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stop.wait(_LOOK_SECONDS)
                continue
            try:
                taken = deliver(node(), now(), tls, draw=random.random)
            except Error as error:  # web.db is busy or full: what is due stays due
                _LOG.error("not delivered", exc_info=error)
                taken = 0
            if not taken:
                stop.wait(_LOOK_SECONDS)
    close()


if __name__ == "__main__":
    main()
