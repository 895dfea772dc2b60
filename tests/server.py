"""The real server, for tests that a stand-in could fool (a pytest plugin, named in pyproject.toml)."""

import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[1]
SERVE = "import sys; from authcompare.management.serving import serve; serve('127.0.0.1', int(sys.argv[1]))"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The address of the server that the demo starts, with its worker processes, and with data and keys of its own."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "LAB": "1",
        "DATABASE_URL": f"sqlite:///{(folder / 'db.sqlite3').as_posix()}",
        "CACHE_URL": f"filecache:///{(folder / 'cache').as_posix().lstrip('/')}",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_ALGORITHM": "HS256",
        "JWT_SIGNING_KEY": secrets.token_urlsafe(48),
        "DJANGO_SETTINGS_MODULE": "authcompare.settings",
    }
    project = {"cwd": ROOT, "env": environment}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, **project)
    with (folder / "log").open("w") as log:
        running = subprocess.Popen([sys.executable, "-c", SERVE, str(port)], stdout=log, stderr=log, **project)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, running, folder / "log")
        yield address
    finally:
        running.terminate()
        running.wait(20)


def wait_for(address, running, log):
    deadline = time.monotonic() + 30
    while True:
        try:
            return httpx.get(f"{address}/healthz").raise_for_status()
        except httpx.HTTPError:
            assert running.poll() is None, f"the server has ended: {log.read_text()}"
            assert time.monotonic() < deadline, f"the server does not answer: {log.read_text()}"
            time.sleep(0.1)
