"""HTTP clients of the experiments and tests, in-process or over the network."""

import ssl
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from wsgiref.types import WSGIApplication

import httpx
from django.conf import settings

CSRF_HEADER = "X-CSRFToken"
TIMEOUT_SECONDS = 30  # a server may be busy with its start, or with a whole class
TRUSTED = "authcompare.trusted"  # key in a request's META: an experiment of this process sent it. No header can set it


def in_process(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve a request by this project's WSGI application, made on first use."""
    from authcompare.wsgi import application

    return application(environ, start_response)


def trusted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve a request that prepares an experiment: the throttles count the experiment, not its requests."""
    return in_process(environ | {TRUSTED: True}, start_response)


@cache
def trust() -> ssl.SSLContext:
    """Return the trusted certificates. Reading them takes longer than all else that a client does, so do it once."""
    return ssl.create_default_context()


class Client(httpx.Client):
    """A client with an empty cookie jar of its own, in-process unless a `base_url` is given.

    `host` is the Host header of in-process requests, which use HTTPS if this server does.
    """

    def __init__(self, base_url: str | None = None, host: str = "localhost", app: WSGIApplication = in_process) -> None:
        scheme = "https" if settings.HTTPS else "http"
        super().__init__(
            transport=None if base_url else httpx.WSGITransport(app, raise_app_exceptions=False),
            base_url=base_url or f"{scheme}://{host}",
            verify=trust(),
            timeout=TIMEOUT_SECONDS,
            headers={"Accept": "application/json"},
        )
