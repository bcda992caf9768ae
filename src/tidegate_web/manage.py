"""Django's commands for a node's face: ``TIDEGATE_NODE=DIR python -m tidegate_web.manage check --deploy``."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one of Django's commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate_web.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
