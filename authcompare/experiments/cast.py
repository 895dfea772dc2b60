"""The cast of an experiment: alice, bob and mallory of a fresh sandbox, as clients that speak plain HTTP."""

import json
import shlex

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from authcompare.api.http_client import CSRF_HEADER, Client, trusted
from authcompare.experiments.base import Observation, Sent


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
        transport = self.variant.transport
        if transport.sent_automatically and method not in {"GET", "HEAD", "OPTIONS"}:
            headers.setdefault(CSRF_HEADER, self.csrf_token())
        if not transport.sent_automatically and self.credential:
            headers = transport.present(self.credential) | headers
        return self.client.request(method, self.variant.path + endpoint, headers=headers, **kwargs)

    def sign_in(self, username, password, lifetime=None):
        wanted = {"username": username, "password": password} | ({"lifetime": lifetime} if lifetime else {})
        response = self.request("POST", "login/", json=wanted)
        if response.status_code == 200:
            self.answer = response.json()
            self.credential = self.variant.transport.collect(self.answer, dict(self.client.cookies.items()))
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
    return client.request(method, variant.path + "protected/", headers=variant.transport.present(credential), **kwargs)


class Actors:
    """A fresh sandbox's alice, bob and mallory, in-process or at `base_url`; leaving the `with` throws it away.

    Raises httpx.HTTPError when the server does not answer or is in no lab.
    """

    def __init__(self, base_url=None):
        self.base_url = base_url
        self.sent = []
        with Client(base_url, app=trusted) as client:
            made = client.post("/lab/api/sandbox/").raise_for_status().json()
        self.id = made["id"]
        self.accounts = {user["role"]: user for user in made["users"]}

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        with Client(self.base_url) as client:
            client.request("DELETE", "/lab/api/sandbox/", json={"id": self.id})

    def client(self):
        """A clean client, whose requests are noted."""
        client = Client(self.base_url)
        client.event_hooks["response"].append(self.note)
        return client

    def note(self, response):
        """Keep what was sent, except the fetching of a CSRF token that any page would have brought, and a look at the
        wire."""
        request = response.request
        exchange = response.headers.get("Exchange-Id", "")
        if exchange or not (request.url.path == "/api/" or request.url.path.startswith("/wire/")):
            path = request.url.raw_path.decode()
            self.sent.append(Sent(exchange, request.method, path, response.status_code, curl(request)))

    def signed_in(self, variant, role="alice", lifetime=None):
        """One of the cast, signed in at this door."""
        actor = Actor(variant, self.client())
        account = self.accounts[role]
        actor.sign_in(account["username"], account["password"], lifetime).raise_for_status()
        return actor

    def replay(self, variant, credential, method="GET", **kwargs):
        """Present a bare credential from a clean client."""
        with self.client() as client:
            return replay(variant, credential, client, method, **kwargs)

    def administer(self, who, /, **changes):
        """What an administrator does to an account: password, is_active, role."""
        wanted = {"sandbox": self.id, "username": self.accounts[who]["username"], **changes}
        with self.client() as client:
            client.patch("/lab/api/account/", json=wanted).raise_for_status()

    def twin(self, same_key=True, same_database=True, short=False, algorithm=None):
        """The same cast at a second server, which may have keys, a database and lifetimes of its own (twins.py)."""
        wanted = {"same_key": same_key, "same_database": same_database, "short": short}
        wanted |= {"algorithm": algorithm} if algorithm else {}
        with Client(self.base_url, app=trusted) as client:
            answer = client.post("/lab/api/twin/", json=wanted)
        if answer.status_code != 200:
            raise NoSecondServer(answer.json()["detail"])
        url = answer.json()["url"]
        if self.base_url:  # perhaps the server is another machine, whose loopback is not ours
            try:
                with Client(url) as client:
                    client.get("/healthz")
            except httpx.TransportError:
                message = _("Second servers are reachable from the server's own machine only.")
                raise NoSecondServer(message) from None
        return AtTwin(self, url)

    def observed(self, outcome, *facts):
        return Observation(outcome, list(facts), list(self.sent))


class AtTwin(Actors):
    """The same cast at another server. What they send there is noted with the rest."""

    def __init__(self, home, base_url):
        self.home, self.base_url = home, base_url
        self.id, self.accounts, self.sent = home.id, home.accounts, home.sent

    def __exit__(self, *failure):
        """Their sandbox is not thrown away: they are still at home where they come from."""

    def note(self, response):
        self.home.note(response)


class NoSecondServer(Exception):  # noqa: N818  that is what it says
    """There is none that this experiment could reach, and why."""


def curl(request):
    """A curl command that sends this httpx request again, the throwaway account's password included."""
    words = ["curl", "-i", str(request.url)]
    if request.method != "GET":
        words[1:1] = ["-X", request.method]
    for name in ("Authorization", "Cookie", CSRF_HEADER, "Content-Type"):
        if name in request.headers:
            words += ["-H", f"{name}: {request.headers[name]}"]
    try:
        body = request.content.decode()
    except UnicodeDecodeError:
        body = ""
    if body:
        words += ["--data-raw", compact(body)]
    return " ".join(shlex.quote(word) for word in words)


def compact(body):
    """A body as one line: JSON without spaces, anything else as it is."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        return body
