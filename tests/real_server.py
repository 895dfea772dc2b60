"""The real server, for tests that need more than Django's test server (a pytest plugin, named in pyproject.toml)."""

import pytest


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Start the demo's server with its worker processes and data and keys of its own, and yield its address."""
    from authcompare.server.local import CLASS_RATES, LocalServer

    with LocalServer.with_own_data(tmp_path_factory.mktemp("server"), THROTTLE_RATES=CLASS_RATES) as running:
        yield running.url
