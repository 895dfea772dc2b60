"""The real server, for tests that a stand-in could fool (a pytest plugin, named in pyproject.toml)."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The address of the real server: Granian with two worker processes, and data of its own."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "LAB": "1",
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "CACHE_URL": f"filecache://{folder / 'cache'}",
        "DJANGO_SETTINGS_MODULE": "authcompare.settings",
    }
    root = Path(__file__).parents[1]
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, cwd=root, check=True)
    command = ["granian", "--interface", "wsgi", "--workers", "2", "--no-ws", "--port", str(port)]
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", *command, "authcompare.wsgi:application"],
            env=environment, cwd=root, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 30
            while True:
                try:
                    httpx.get(f"{address}/healthz").raise_for_status()
                    break
                except httpx.HTTPError:
                    assert time.monotonic() < deadline, (folder / "log").read_text()
            yield address
        finally:
            running.terminate()
            running.wait(10)
