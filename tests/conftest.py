"""The stage: a database file, fast hashes, the cast, and clients that speak HTTP."""

import os
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import import_module, reload
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import override_settings
from django.urls import clear_url_caches

from authcompare.mechanisms.registry import mechanisms, variants


def pytest_addoption(parser):
    parser.addoption("--screenshots", metavar="FOLDER", type=Path, help="write pictures of the pages there")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Long ones first; and whoever asks for the real server goes to one process, so that there is one server."""
    for item in items:
        if "server" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("server"))
    items.sort(key=lambda item: "long" not in item.keywords)


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
def _one_connection(monkeypatch):
    """A request inside a test's transaction must not close its connection. (Django's own client sees to that for its
    own requests, and spoils it for others.)"""
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda connection: None)


@pytest.fixture(autouse=True)
def _fast_hashes(settings):
    """Django's own advice for tests; the accounts in them guard nothing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def sandbox(db):
    """Fresh alice, bob and mallory, by role: {"alice": {"username", "password"}, ..., "id": ...}."""
    from authcompare.accounts.sandbox import create_sandbox

    made, users = create_sandbox()
    return {user["role"]: user for user in users} | {"id": made.id}


@pytest.fixture
def alice(sandbox):
    from authcompare.accounts.models import User

    return User.objects.get(username=sandbox["alice"]["username"])


@pytest.fixture
def enter(sandbox):
    """Signs in: `enter("token", "stateless")` is Alice at that door, `enter("token", "stateless", "bob")` is Bob."""
    from authcompare.experiments.cast import Actor
    from authcompare.mechanisms.registry import find_variant

    def enter(mechanism, variant, role="alice", **kwargs):
        actor = Actor(find_variant(mechanism, variant))
        response = actor.sign_in(sandbox[role]["username"], sandbox[role]["password"], **kwargs)
        assert response.status_code == 200, response.text
        return actor

    return enter


@pytest.fixture
def carol(db):
    """Somebody with an account of her own, outside every sandbox: the lab's weak doors are shut to her."""
    from authcompare.accounts.models import User

    return User.objects.create_user("carol", password="carols password")


@pytest.fixture
def teacher(db):
    """Somebody of the staff, signed in."""
    from tests.people import staff

    return staff()


@pytest.fixture
def code(teacher):
    """Of a class that this teacher has opened."""
    return teacher.open()


@pytest.fixture
def anna(code):
    """A learner in that class."""
    from tests.people import Somebody

    learner = Somebody()
    learner.join(code)
    return learner


@pytest.fixture
def clock():
    """The time, standing still until `clock.shift(seconds)`."""
    with time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def project():
    """The project under other settings, its addresses derived anew: `project(LAB=False)`. Undone after the test."""
    with ExitStack() as changes:

        def change(**changed):
            changes.enter_context(override_settings(**changed))
            derive_urls()

        yield change
    derive_urls()


def derive_urls():
    import_module(settings.ROOT_URLCONF)
    for name in ("authcompare.mechanisms.urls", settings.ROOT_URLCONF):  # both depend on settings
        reload(sys.modules[name])
    clear_url_caches()


@pytest.fixture
def outside_the_lab(project):
    project(LAB=False)


def pytest_generate_tests(metafunc):
    """A test that takes `variant` runs at every door there is, one that takes `mechanism` on every mechanism. (A module
    with a fixture of that name means its own.)"""
    if "variant" in metafunc.fixturenames and not hasattr(metafunc.module, "variant"):
        metafunc.parametrize("variant", variants(), ids=lambda v: f"{v.mechanism.name}-{v.slug}")
    if "mechanism" in metafunc.fixturenames and not hasattr(metafunc.module, "mechanism"):
        metafunc.parametrize("mechanism", mechanisms(), ids=lambda m: m.name)


@pytest.fixture
def actor(variant, sandbox):
    """Alice, signed in at this door."""
    from authcompare.experiments.cast import Actor

    actor = Actor(variant)
    response = actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert response.status_code == 200, response.text
    return actor
