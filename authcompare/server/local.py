"""The demo's server beside this process, with data, keys and a port of its own: for tests and for measuring."""

import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
from django.conf import settings

SERVE = "import sys; from authcompare.server.granian import serve; serve('127.0.0.1', int(sys.argv[1]))"
PATIENCE = 30  # seconds
UNHURRIED = "login=10/min,sandbox=10000/min,experiment=10000/min,join=10000/min"  # for a crowd behind one address


class Apart:
    """One such server. Its data stay in `folder`, so it can be started again after it was ended or killed."""

    def __init__(self, folder):
        self.folder = Path(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "LAB": "1",
            "DATABASE_URL": f"sqlite:///{(self.folder / 'db.sqlite3').as_posix()}",
            "CACHE_URL": f"filecache:///{(self.folder / 'cache').as_posix().lstrip('/')}",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "JWT_ALGORITHM": "HS256",
            "JWT_SIGNING_KEY": secrets.token_urlsafe(48),
            "DJANGO_SETTINGS_MODULE": "authcompare.settings",
        }
        self.manage("migrate", "-v0")

    def manage(self, *command, **variables):
        """Run a management command on its data."""
        subprocess.run(  # noqa: S603  nothing in it comes from outside
            [sys.executable, "manage.py", *command],
            check=True,
            cwd=settings.BASE_DIR,
            env=self.environment | variables,
            stdout=subprocess.DEVNULL,
        )

    def start(self):
        """Start it, and wait until it answers. Raises RuntimeError with its log if it does not."""
        log = self.folder / "log"
        with log.open("a") as written:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", SERVE, str(self.port)],
                stdout=written,
                stderr=written,
                cwd=settings.BASE_DIR,
                env=self.environment,
            )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return httpx.get(f"{self.address}/healthz").raise_for_status()
            except httpx.HTTPError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the server does not answer: {log.read_text()}") from None
                time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


@contextmanager
def served(folder, **variables):
    """A server that is there as long as the `with` lasts, with these environment variables beside its own."""
    server = Apart(folder)
    server.environment |= variables
    server.start()
    try:
        yield server
    finally:
        server.stop()
