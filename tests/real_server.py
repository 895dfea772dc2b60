"""The real server, for tests that a stand-in could fool (a pytest plugin, named in pyproject.toml)."""

import pytest


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The address of the server that the demo starts, with its worker processes, and with data and keys of its own."""
    from authcompare.server.local import UNHURRIED, served

    with served(tmp_path_factory.mktemp("server"), CLASSROOM_RATES=UNHURRIED) as running:
        yield running.address
