"""Second servers of this very project ("twins"), for experiments on what servers have to share.

A twin is a process of its own on loopback. It is started when it is first asked for, serves whoever asks for the same,
and ends when nobody has asked for a while. Its standard input is a pipe that its parent holds: however the parent ends,
the system closes the pipe, and the twin ends, too.
"""

import atexit
import logging
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connection
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from authcompare.env import MAKERS, private_pem

HOST = "127.0.0.1"
IDLE = 60  # seconds after it was last asked for: then it ends
IN_USE = 10  # seconds after it was last asked for: until then it makes room for no other
MOST = 6  # at a time, in each process of the site
PATIENCE = 20  # seconds for one to start: many times what it takes
# The one end far enough from the other that a busy machine can tell them apart.
SHORT = {"SESSION_IDLE_LIFETIME": "2", "SESSION_ABSOLUTE_LIFETIME": "5", "JWT_ACCESS_LIFETIME": "2"}

log = logging.getLogger("authcompare.server.second_servers")


class Unavailable(APIException):
    status_code = 503
    default_code = "twin_unavailable"
    default_detail = _("The second server could not be started.")


class ItselfATwin(APIException):
    status_code = 409
    default_code = "itself_a_twin"
    default_detail = _("This is a second server itself: it starts no others.")


@dataclass(frozen=True)
class Wanted:
    """What a twin shares with this server, and what is its own."""

    algorithm: str  # of its tokens
    same_key: bool = True  # SECRET_KEY, and that of the tokens if this server has the same algorithm
    same_database: bool = True
    short: bool = False  # are its credentials' lifetimes a few seconds?


class Twin:
    """One second server."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.asked = time.monotonic()
        self.lock = threading.Lock()  # who asks while it starts waits for it, and does not start another
        self.process = self.url = self.timer = None

    def address(self):
        """Its URL, once it answers there."""
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                self.stop()
                self.start()
                self.end_after(IDLE)
            self.asked = time.monotonic()
            return self.url

    def start(self):
        self.process = subprocess.Popen(  # noqa: S603  nothing in it comes from a request
            [
                sys.executable,
                "-c",
                f"from authcompare.server import second_servers; second_servers.serve({not self.wanted.same_database})",
            ],
            env=environment(self.wanted),
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is for its parent
        )
        too_late = threading.Timer(PATIENCE, self.process.kill)
        too_late.start()
        lines = [""]
        with self.process.stdout as said:
            while not lines[-1].startswith("http://") and (line := said.readline()):
                lines.append(line)
        too_late.cancel()
        self.url = lines.pop().strip()
        if not self.url.startswith("http://"):
            log.error("a second server could not be started: %s", "".join(lines) + self.url)
            self.stop()
            raise Unavailable

    def end_after(self, seconds):
        self.timer = threading.Timer(seconds, self.end_if_idle)
        self.timer.daemon = True
        self.timer.start()

    def end_if_idle(self):
        with self.lock:
            left = self.asked + IDLE - time.monotonic()
            if self.process and left > 0:
                self.end_after(left)
            else:
                self.stop()

    def stop(self):
        """End it, and wait until it is gone."""
        if self.timer:
            self.timer.cancel()
        if self.process:
            self.process.stdin.close()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


_twins = {}  # those started here, by what was wanted
_lock = threading.Lock()
_is_twin = False  # is this very process one?


def address(wanted):
    """The URL of such a twin, started if there is none yet."""
    if _is_twin:
        raise ItselfATwin
    if settings.HTTPS:
        raise Unavailable(_("A second server speaks plain HTTP, and this one accepts HTTPS only."))
    with _lock:
        if wanted not in _twins:
            make_room()
            _twins[wanted] = Twin(wanted)
        twin = _twins[wanted]
        twin.asked = time.monotonic()
    return twin.address()


def make_room():
    """Let the one go that nobody has asked for the longest, if there are too many."""
    if len(_twins) < MOST:
        return
    oldest = min(_twins.values(), key=lambda twin: twin.asked)
    if time.monotonic() - oldest.asked < IN_USE:
        raise Unavailable(_("Too many different second servers are in use. Try again in a moment."))
    del _twins[oldest.wanted]
    with oldest.lock:
        oldest.stop()


@atexit.register
def stop_all():
    """So that none outlives this process by even a moment."""
    for twin in _twins.values():
        with twin.lock:
            twin.stop()
    _twins.clear()


def environment(wanted):
    """What settings.py reads, so that it comes out as it is here, except for what is to be the twin's own."""
    same_token_key = wanted.same_key and wanted.algorithm == settings.JWT_ALGORITHM
    # wsgiref adds the environment to each request's, where these would pass for headers.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HTTP_")}
    return {
        **inherited,
        "LAB": "1",
        "ALLOWED_HOSTS": f"{HOST},localhost",  # a browser may know this machine by either name
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY if wanted.same_key else secrets.token_urlsafe(48),
        "JWT_ALGORITHM": wanted.algorithm,
        "JWT_SIGNING_KEY": settings.JWT_SIGNING_KEY if same_token_key else new_key(wanted.algorithm),
        "JWT_VERIFYING_KEY": "",  # follows from the other
        **(SHORT if wanted.short else {}),
    }


def new_key(algorithm):
    return private_pem(MAKERS[algorithm]()) if algorithm in MAKERS else secrets.token_urlsafe(48)


def database_url():
    """That of the connection in use, which in a test is to another database than the environment says."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(Path(name).absolute().as_posix())}"
    url = urlsplit(os.environ["DATABASE_URL"])
    return url._replace(path=f"{url.path.rpartition('/')[0]}/{quote(name)}").geturl()


class Handler(WSGIRequestHandler):
    disable_nagle_algorithm = True  # or each answer on a connection kept open waits for the client's delayed ACK


def serve(own_database):
    """In the second process: serve until the parent has no more use for it, or is gone."""
    global _is_twin
    _is_twin = True
    folder = own_database and tempfile.mkdtemp(prefix="authcompare-twin-")
    threading.Thread(target=end_with_parent, args=(folder,), daemon=True).start()
    try:
        if folder:
            os.environ["DATABASE_URL"] = f"sqlite:///{quote(Path(folder, 'db.sqlite3').as_posix())}"
        from authcompare.wsgi import application

        import_module(settings.ROOT_URLCONF)  # now, and not at the first request: whatever is wrong is said at once
        if folder:
            call_command("migrate", verbosity=0)
        server = ThreadedWSGIServer((HOST, 0), Handler)
        server.set_app(application)
        print(f"http://{HOST}:{server.server_port}", flush=True)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for output in (sys.stdout, sys.stderr):  # its requests are logged as everybody's
            os.dup2(nowhere, output.fileno())
        server.serve_forever()
    finally:
        forget(folder)


def end_with_parent(folder):
    while os.read(sys.stdin.fileno(), 1):  # waits until the other end of the pipe is closed
        pass
    forget(folder)
    os._exit(0)


def forget(folder):
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
