"""Clients that speak plain HTTP, in-process or over the network: a browser's manners without a browser."""

import ssl
from functools import cache

import httpx
from django.conf import settings

CSRF_HEADER = "X-CSRFToken"
PATIENCE = 30  # seconds for an answer: a server may be busy with its start, or with a whole class
TRUSTED = "authcompare.trusted"  # in a request's META: an experiment of this very process sent it. No header can say so


def in_process(environ, start_response):
    """This very project as a WSGI application, made when it is first asked."""
    from authcompare.wsgi import application

    return application(environ, start_response)


def trusted(environ, start_response):
    """The same, for an experiment's own preparations: they are the visitor's one experiment, not many requests."""
    return in_process(environ | {TRUSTED: True}, start_response)


@cache
def trust():
    """Which certificates are believed. Reading them takes longer than all that a client does: once is enough."""
    return ssl.create_default_context()


class Client(httpx.Client):
    """A clean client: its own cookie jar, and nothing in it. In-process unless a `base_url` is given.

    `host` is the Host header of in-process requests; over HTTPS as production is, if this one is.
    """

    def __init__(self, base_url=None, host="localhost", app=in_process):
        scheme = "https" if settings.HTTPS else "http"
        super().__init__(
            transport=None if base_url else httpx.WSGITransport(app, raise_app_exceptions=False),
            base_url=base_url or f"{scheme}://{host}",
            verify=trust(),
            timeout=PATIENCE,
            headers={"Accept": "application/json"},
        )
