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


class Actor:
    """Somebody at one door: signs in, and from then on presents what the sign-in brought, as that door's clients do."""

    def __init__(self, variant, client=None):
        self.variant = variant
        self.client = client or Client()
        self.credential = None
        self.answer = None

    def csrf_token(self):
        """The CSRF token, fetched once as a browser would, by opening a page."""
        name = settings.CSRF_COOKIE_NAME
        if name not in self.client.cookies:
            self.client.get("/api/")
        return self.client.cookies.get(name, "")

    def request(self, method, endpoint, **kwargs):
        """Ask this door for "protected/" or another of its endpoints; returns the httpx response."""
        headers = dict(kwargs.pop("headers", {}))
        carrier = self.variant.carrier
        if carrier.ambient and method not in {"GET", "HEAD", "OPTIONS"}:
            headers.setdefault(CSRF_HEADER, self.csrf_token())
        if not carrier.ambient and self.credential:
            headers = carrier.present(self.credential) | headers
        return self.client.request(method, self.variant.path + endpoint, headers=headers, **kwargs)

    def sign_in(self, username, password, lifetime=None):
        wanted = {"username": username, "password": password} | ({"lifetime": lifetime} if lifetime else {})
        response = self.request("POST", "login/", json=wanted)
        if response.status_code == 200:
            self.answer = response.json()
            self.credential = self.variant.carrier.collect(self.answer, dict(self.client.cookies.items()))
        return response

    def sign_out(self):
        return self.request("POST", "logout/")

    def read(self, **headers):
        return self.request("GET", "protected/", headers=headers)

    def edit(self, headers=(), **changes):
        return self.request("PATCH", "protected/", json=changes, headers=dict(headers))


def replay(variant, credential, client=None, method="GET", **kwargs):
    """Present a bare credential from a clean client, as a thief would."""
    client = client or Client()
    return client.request(method, variant.path + "protected/", headers=variant.carrier.present(credential), **kwargs)
