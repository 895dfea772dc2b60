"""Environment of the tests, set before Django reads its settings (a pytest plugin, named in pyproject.toml)."""

import os

os.environ.setdefault("LAB", "1")
os.environ.setdefault("CACHE_URL", "locmemcache://")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's event loop runs in the thread of the tests
