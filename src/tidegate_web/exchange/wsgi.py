"""The WSGI application of the partners' door alone."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tidegate_web.exchange.settings"

from django.core.wsgi import get_wsgi_application

from tidegate_web.orphans import end_with_parent

application = get_wsgi_application()
end_with_parent()
