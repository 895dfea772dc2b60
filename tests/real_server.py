"""The real server, for tests that need more than Django's test server (a pytest plugin, named in pyproject.toml)."""

import pytest


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Start the demo's server with its worker processes and data and keys of its own, and yield its address."""
    from authcompare.server.local import UNHURRIED, served

    with served(tmp_path_factory.mktemp("server"), CLASSROOM_RATES=UNHURRIED) as running:
        yield running.address
