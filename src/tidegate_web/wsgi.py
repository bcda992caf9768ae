"""The WSGI application: what granian's workers serve."""

import os

from django.core.wsgi import get_wsgi_application

from tidegate_web.orphans import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate_web.settings")

application = get_wsgi_application()
end_with_parent()
