"""The real server, for tests that a stand-in could fool (a pytest plugin, named in pyproject.toml)."""

import pytest


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The address of the server that the demo starts, with its worker processes, and with data and keys of its own."""
    from authcompare.server.local import CLASS_RATES, LocalServer

    with LocalServer.with_own_data(tmp_path_factory.mktemp("server"), THROTTLE_RATES=CLASS_RATES) as running:
        yield running.url
