"""The stage: a database file, fast hashes, the cast, and clients that speak HTTP."""

import os
import tempfile
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from authcompare.mechanism import mechanisms, variants


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """On disk: in memory, a live server's parallel requests trip over each other."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        folder = Path(tempfile.mkdtemp(prefix="authcompare-"))
        database.setdefault("TEST", {})["NAME"] = str(
            folder / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.sqlite3"
        )


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _one_connection():
    """A request inside a test's transaction must not close its connection: what Django's own test client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _fast_hashes(settings):
    """Django's own advice for tests; the accounts in them guard nothing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def sandbox(db):
    """Fresh alice, bob and mallory, by role: {"alice": {"username", "password"}, ..., "id": ...}."""
    from authcompare.sandbox import create_sandbox

    made, users = create_sandbox()
    return {user["role"]: user for user in users} | {"id": made.id}


@pytest.fixture
def alice(sandbox):
    from authcompare.models import User

    return User.objects.get(username=sandbox["alice"]["username"])


def pytest_generate_tests(metafunc):
    """A test that takes `variant` runs at every door there is, one that takes `mechanism` on every mechanism."""
    if "variant" in metafunc.fixturenames:
        metafunc.parametrize("variant", variants(), ids=lambda v: f"{v.mechanism.name}-{v.slug}")
    if "mechanism" in metafunc.fixturenames:
        metafunc.parametrize("mechanism", mechanisms(), ids=lambda m: m.name)


@pytest.fixture
def actor(variant, sandbox):
    """Alice, signed in at this door."""
    from authcompare.actors import Actor

    actor = Actor(variant)
    response = actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert response.status_code == 200, response.text
    return actor
