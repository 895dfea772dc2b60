"""Set before Django reads its settings (a pytest plugin, named in pyproject.toml): in the lab, and alone."""

import os

os.environ.setdefault("LAB", "1")
os.environ.setdefault("CACHE_URL", "locmemcache://")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the thread of the tests
