#!/usr/bin/env python3
"""The command line. Commands of the lab set themselves up first (authcompare/server/bootstrap.py)."""

import os
import sys


def main():
    from authcompare.server import bootstrap

    bootstrap.require_python(sys.version_info)
    if sys.argv[1:] and sys.argv[1] in bootstrap.VERBS:
        bootstrap.run(sys.argv[1], sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authcompare.settings")

    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018  reading one setting loads them all, so a wrong variable shows here
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, PermissionError) as error:
        if "--traceback" in sys.argv:
            raise
        bootstrap.fail(" ".join(str(error).split()))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
