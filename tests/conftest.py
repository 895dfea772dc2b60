"""Fixtures for all tests: a database file, fast hashes, accounts, and clients that speak HTTP."""

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
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate
from django.test import override_settings
from django.urls import clear_url_caches

from authcompare.mechanisms.registry import mechanisms, variants

# Files whose tests start processes, build the OpenAPI document, or run many experiments: `--quick` leaves them out.
SLOW_FILES = {
    "test_admin.py",
    "test_described_requests.py",
    "test_openapi.py",
    "test_bootstrap.py",
    "test_compare.py",
    "test_demo.py",
    "test_experiments.py",
    "test_killed.py",
    "test_measure.py",
    "test_recipes.py",
    "test_renderers.py",
    "test_second_server_experiments.py",
    "test_second_servers.py",
    "test_settings.py",
    "test_transcripts.py",
}
SLOW_FIXTURES = {"server", "live_server"}


def pytest_addoption(parser):
    parser.addoption("--screenshots", metavar="FOLDER", type=Path, help="write pictures of the pages there")
    parser.addoption(
        "--quick",
        action="store_true",
        help="run every test once that needs no browser and no other process, at the default variants (under a minute)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Run long tests first, and all tests of the real server in one process, so that there is one server."""
    if config.getoption("--quick"):
        keep_quick(config, items)
    for item in items:
        if "server" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("server"))
    items.sort(key=lambda item: "long" not in item.keywords)


def keep_quick(config, items):
    """Deselect what is slow, and all but the first set of parameters that is not a variant or a mechanism."""
    kept, left_out, seen = [], [], set()
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        test = (item.path, item.originalname, str(parameters.get("variant")), str(parameters.get("mechanism")))
        slow = (
            "browser" in item.path.parts
            or item.path.name in SLOW_FILES
            or "long" in item.keywords
            or not SLOW_FIXTURES.isdisjoint(item.fixturenames)
        )
        (left_out if slow or test in seen else kept).append(item)
        seen.add(test)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Keep the database on disk: in memory, parallel requests of a live server lock each other out."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        folder = Path(tempfile.mkdtemp(prefix="authcompare-"))
        database.setdefault("TEST", {})["NAME"] = str(
            folder / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.sqlite3"
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Create the database once. Emptying it after a test would recreate permissions and content types each time,
    which no test reads: that takes longer than most tests."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch):
    """Keep a request inside a test's transaction from closing the connection. (Django's own client does this for its
    own requests only.)"""
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda connection: None)


@pytest.fixture(autouse=True)
def _fast_hashes(settings):
    """Hash passwords quickly, as Django advises for tests."""
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
    """Sign in: `enter("token", "stateless")` is Alice at that variant, `enter("token", "stateless", "bob")` is Bob."""
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
    """A user with an account outside every sandbox: the weak variants refuse her."""
    from authcompare.accounts.models import User

    return User.objects.create_user("carol", password="carols password")


@pytest.fixture
def teacher(db):
    """A signed-in teacher."""
    from tests.people import staff

    return staff()


@pytest.fixture
def code(teacher):
    """The join code of a class that this teacher has opened."""
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
    """A clock that stands still until `clock.shift(seconds)`."""
    with time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def project():
    """Change settings and derive the URLs from them until the test ends: `project(LAB=False)`."""
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
    """Run a test that takes `variant` at every variant, and one that takes `mechanism` for every mechanism. (A module
    with a fixture of that name uses its own.)"""
    if "variant" in metafunc.fixturenames and not hasattr(metafunc.module, "variant"):
        quick = metafunc.config.getoption("--quick")
        chosen = [mechanism.default for mechanism in mechanisms()] if quick else variants()
        metafunc.parametrize("variant", chosen, ids=lambda v: f"{v.mechanism.name}-{v.slug}")
    if "mechanism" in metafunc.fixturenames and not hasattr(metafunc.module, "mechanism"):
        metafunc.parametrize("mechanism", mechanisms(), ids=lambda m: m.name)


@pytest.fixture
def actor(variant, sandbox):
    """Alice, signed in at this variant."""
    from authcompare.experiments.cast import Actor

    actor = Actor(variant)
    response = actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert response.status_code == 200, response.text
    return actor
