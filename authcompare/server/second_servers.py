"""Second servers: further servers of this project on loopback, for experiments on what servers have to share.

A second server starts when an experiment first needs it, serves all who need one with the same options, and stops
after it has been unused for a while.
"""

import atexit
import logging
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from authcompare.server.keys import generate_key, generate_secret
from authcompare.server.local import HOST, LocalServer, StartError

IDLE_SECONDS = 60  # without use, then the server stops
IN_USE_SECONDS = 10  # since the last use: until then the server makes no room for another one
START_SECONDS = 20
LIMIT = 6  # servers at a time, for each process of this site
MARKER = "AUTHCOMPARE_SECOND_SERVER"  # environment variable of a second server
# The lifetimes differ so much that a busy machine still tells them apart.
SHORT_LIFETIMES = {"SESSION_IDLE_LIFETIME": "2", "SESSION_ABSOLUTE_LIFETIME": "5", "JWT_ACCESS_LIFETIME": "2"}

log = logging.getLogger("authcompare.server.second_servers")


class Unavailable(APIException):
    status_code = 503
    default_code = "twin_unavailable"
    default_detail = _("The second server could not be started.")


class IsSecondServer(APIException):
    status_code = 409
    default_code = "itself_a_twin"
    default_detail = _("This is a second server. A second server starts no other servers.")


@dataclass(frozen=True)
class Options:
    """The options of a second server: how much it shares with this one."""

    algorithm: str  # of its tokens
    same_key: bool = True  # SECRET_KEY, and the key of the tokens if both servers use the same algorithm
    same_database: bool = True
    short: bool = False  # credentials expire within seconds


class SecondServer:
    """A second server that starts when needed and stops when unused."""

    def __init__(self, options: Options):
        self.options = options
        self.used_at = time.monotonic()
        self._lock = threading.Lock()  # those who ask during a start wait for it
        self._server: LocalServer | None = None
        self._timer: threading.Timer | None = None

    def url(self) -> str:
        """Return the URL of the running server; start it if necessary."""
        with self._lock:
            if self._server is None or not self._server.is_running():
                self._stop()
                self._start()
            self.used_at = time.monotonic()
            return self._server.url

    def stop(self) -> None:
        with self._lock:
            self._stop()

    def _start(self) -> None:
        self._server = LocalServer(environment(self.options), scratch_database=not self.options.same_database)
        try:
            self._server.start(START_SECONDS)
        except StartError as error:
            self._server = None
            log.error("a second server could not be started: %s", error)
            raise Unavailable from None
        self._stop_after(IDLE_SECONDS)

    def _stop(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._server:
            self._server.stop()
            self._server = None

    def _stop_after(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._stop_if_idle)
        self._timer.daemon = True
        self._timer.start()

    def _stop_if_idle(self) -> None:
        with self._lock:
            remaining = self.used_at + IDLE_SECONDS - time.monotonic()
            if self._server and remaining > 0:
                self._stop_after(remaining)
            else:
                self._stop()


_servers: dict[Options, SecondServer] = {}
_lock = threading.Lock()


def url(options: Options) -> str:
    """Return the URL of a second server with these options; start one if necessary."""
    if MARKER in os.environ:
        raise IsSecondServer
    if settings.HTTPS:
        raise Unavailable(_("A second server speaks plain HTTP, but this server accepts HTTPS only."))
    with _lock:
        if options not in _servers:
            _make_room()
            _servers[options] = SecondServer(options)
        server = _servers[options]
        server.used_at = time.monotonic()
    return server.url()


def _make_room() -> None:
    """Stop the least recently used server if the limit is reached."""
    if len(_servers) < LIMIT:
        return
    oldest = min(_servers.values(), key=lambda server: server.used_at)
    if time.monotonic() - oldest.used_at < IN_USE_SECONDS:
        raise Unavailable(_("Too many different second servers are in use. Try again in a moment."))
    del _servers[oldest.options]
    oldest.stop()


@atexit.register
def stop_all() -> None:
    """Stop every second server of this process."""
    for server in _servers.values():
        server.stop()
    _servers.clear()


def environment(options: Options) -> dict[str, str]:
    """Return the environment of a second server: this server's settings, plus what the options change."""
    same_token_key = options.same_key and options.algorithm == settings.JWT_ALGORITHM
    # wsgiref copies the environment into each request, where HTTP_* variables would look like headers.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HTTP_")}
    return {
        **inherited,
        MARKER: "1",
        "LAB": "1",
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY if options.same_key else generate_secret(),
        "JWT_ALGORITHM": options.algorithm,
        "JWT_SIGNING_KEY": settings.JWT_SIGNING_KEY if same_token_key else generate_key(options.algorithm),
        "JWT_VERIFYING_KEY": "",  # derived from the signing key
        **(SHORT_LIFETIMES if options.short else {}),
    }


def database_url() -> str:
    """Return the URL of the database in use. In tests it differs from the one in the environment."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(Path(name).absolute().as_posix())}"
    parts = urlsplit(os.environ["DATABASE_URL"])
    return parts._replace(path=f"{parts.path.rpartition('/')[0]}/{quote(name)}").geturl()
