"""The application: Django's, as WSGI, and the bridge over which granian's workers serve it."""

import gc
import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tidegate_web.orphans import end_with_parent
from tidegate_web.rsgi import Bridge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate_web.settings")

# Requests that one worker answers at once. Declarations wait for their commit and notices are waited for, so
# there are more than it could compute at once.
THREADS = 32

application = get_wsgi_application()
served = Bridge(
    application,
    threads=THREADS,
    most=settings.CONFIGURATION.max_message_octets,
    seconds=settings.CONFIGURATION.body_seconds,
)
end_with_parent()

# What was loaded stays: collecting garbage need not look at it again, which took some tenths of a second.
gc.collect()
gc.freeze()
# A thread that comes back from the disk gets on after 1 ms, not 5: one commit comes back some twenty times.
sys.setswitchinterval(0.001)
