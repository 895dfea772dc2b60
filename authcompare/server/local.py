"""This project on loopback in a process of its own: for second servers, for measuring and for tests."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Self
from urllib.parse import quote

from django.conf import settings

from authcompare.server import network
from authcompare.server.keys import generate_secret

HOST = "127.0.0.1"
START_SECONDS = 30  # many times what a start takes
STOP_SECONDS = 5
CLASS_RATES = "sandbox=10000/min,experiment=10000/min,join=10000/min"  # for a whole class behind one address


class StartError(Exception):
    """The server did not start. The message is its output."""


class LocalServer:
    """One server in a process of its own. It ends when this process ends, however that happens.

    The child's standard input is a pipe, and this process holds the other end. When this process ends, the operating
    system closes the pipe, and the child stops.

    `workers` selects the demo's server with its worker processes; otherwise one process with threads serves.
    `scratch_database` gives the server an empty database, which it deletes when it stops.
    """

    def __init__(self, environment: dict[str, str], *, workers: bool = False, scratch_database: bool = False):
        self.environment = environment
        self.port = network.free_port(HOST)
        self.url = f"http://{HOST}:{self.port}"
        self.process: subprocess.Popen | None = None
        self._flags = ["--workers"] * workers + ["--scratch-database"] * scratch_database

    @classmethod
    def with_own_data(cls, folder: Path | str, **variables: str) -> Self:
        """Return a server like the demo's, with its own keys and with a database and a cache in `folder`."""
        own = {
            "LAB": "1",
            "DATABASE_URL": f"sqlite:///{quote(Path(folder, 'db.sqlite3').absolute().as_posix())}",
            "CACHE_URL": f"filecache:///{quote(Path(folder, 'cache').absolute().as_posix().lstrip('/'))}",
            "SECRET_KEY": generate_secret(),
            "JWT_ALGORITHM": "HS256",
            "JWT_SIGNING_KEY": generate_secret(),
            "JWT_VERIFYING_KEY": "",
        }
        server = cls({**os.environ, **own, **variables}, workers=True)
        server.manage("migrate", "-v0")
        return server

    def manage(self, *command: str, **variables: str) -> None:
        """Run a management command on the server's data."""
        subprocess.run(  # noqa: S603  no part of the command comes from a request
            [sys.executable, "manage.py", *command],
            check=True,
            cwd=settings.BASE_DIR,
            env=self.environment | variables,
            stdout=subprocess.DEVNULL,
        )

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start the server and wait until it responds. Raise StartError after `seconds`, or if the process ends."""
        with tempfile.TemporaryFile() as output:
            self.process = subprocess.Popen(  # noqa: S603  no part of the command comes from a request
                [
                    *(sys.executable, "-c", "from authcompare.server import local; local.main()"),
                    *(str(self.port), *self._flags),
                ],
                env=self.environment,
                cwd=settings.BASE_DIR,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in a terminal reaches the parent only
            )
            deadline = time.monotonic() + seconds
            while not network.responds(HOST, self.port):
                if not self.is_running() or time.monotonic() > deadline:
                    self.stop()
                    output.seek(0)
                    raise StartError(output.read().decode(errors="replace"))
                time.sleep(0.02)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the server and wait until its process has ended."""
        if self.process is None:
            return
        self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


def main() -> None:
    """Serve in the child process until standard input closes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--workers", action="store_true")
    parser.add_argument("--scratch-database", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="authcompare-")) if options.scratch_database else None
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    try:
        if folder:
            os.environ["DATABASE_URL"] = f"sqlite:///{quote((folder / 'db.sqlite3').as_posix())}"
        if options.workers:
            from authcompare.server.granian import serve

            serve(HOST, options.port)
        else:
            _serve_in_threads(options.port, migrate=folder is not None)
    finally:
        _delete(folder)


def _serve_in_threads(port: int, migrate: bool) -> None:
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from authcompare.wsgi import application

    class Handler(WSGIRequestHandler):
        disable_nagle_algorithm = True  # otherwise responses on a kept connection wait for the client's delayed ACK

        def log_message(self, *arguments: object) -> None:
            """Print nothing: the middleware logs requests."""

    import_module(settings.ROOT_URLCONF)  # an error in it ends the start, instead of failing each request
    if migrate:
        call_command("migrate", verbosity=0)
    server = ThreadedWSGIServer((HOST, port), Handler)
    server.set_app(application)
    server.serve_forever()


def _end_with_parent(folder: Path | None) -> None:
    while os.read(sys.stdin.fileno(), 1):  # blocks until the parent's end of the pipe is closed
        pass
    _delete(folder)
    os._exit(0)  # the workers of the demo's server notice and end as well


def _delete(folder: Path | None) -> None:
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
