"""The actors of an experiment: alice, bob and mallory of a fresh sandbox, as plain HTTP clients."""

import json
import shlex

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from authcompare.api.http_client import CSRF_HEADER, Client, trusted
from authcompare.experiments.base import Observation, Sent
from authcompare.mechanisms.base import Variant


class Actor:
    """A client of one variant: signs in, and then sends the credential as this variant's clients do."""

    def __init__(self, variant, client=None):
        self.variant = variant
        self.client = client or Client()
        self.credential = None
        self.answer = None

    def csrf_token(self) -> str:
        """Return the CSRF token. The first call fetches it from a page, as a browser does."""
        name = settings.CSRF_COOKIE_NAME
        if name not in self.client.cookies:
            self.client.get("/api/")
        return self.client.cookies.get(name, "")

    def request(self, method: str, endpoint: str, **kwargs) -> httpx.Response:
        """Send a request to an endpoint of this variant, such as "protected/"; returns the httpx response."""
        headers = dict(kwargs.pop("headers", {}))
        transport = self.variant.transport
        if transport.sent_automatically and method not in {"GET", "HEAD", "OPTIONS"}:
            headers.setdefault(CSRF_HEADER, self.csrf_token())
        if not transport.sent_automatically and self.credential:
            headers = transport.present(self.credential) | headers
        return self.client.request(method, self.variant.path + endpoint, headers=headers, **kwargs)

    def sign_in(self, username: str, password: str, lifetime: int | None = None) -> httpx.Response:
        """Sign in, and keep the credential. `lifetime` is in seconds."""
        body = {"username": username, "password": password} | ({"lifetime": lifetime} if lifetime else {})
        response = self.request("POST", "login/", json=body)
        if response.status_code == 200:
            self.answer = response.json()
            self.credential = self.variant.transport.collect(self.answer, dict(self.client.cookies.items()))
        return response

    def sign_out(self) -> httpx.Response:
        return self.request("POST", "logout/")

    def read(self, **headers: str) -> httpx.Response:
        return self.request("GET", "protected/", headers=headers)

    def edit(self, headers=(), **changes: str) -> httpx.Response:
        return self.request("PATCH", "protected/", json=changes, headers=dict(headers))


def replay(
    variant: Variant, credential: str, client: Client | None = None, method: str = "GET", **kwargs
) -> httpx.Response:
    """Send a bare credential from a clean client, as a thief would."""
    client = client or Client()
    return client.request(method, variant.path + "protected/", headers=variant.transport.present(credential), **kwargs)


class Actors:
    """Alice, bob and mallory of a fresh sandbox, in-process or at `base_url`. Leaving the `with` deletes the sandbox.

    Raises httpx.HTTPError if the server does not answer, or runs without LAB=1.
    """

    def __init__(self, base_url: str | None = None):
        self.base_url = base_url
        self.sent = []
        with Client(base_url, app=trusted) as client:
            sandbox = client.post("/lab/api/sandbox/").raise_for_status().json()
        self.id = sandbox["id"]
        self.accounts = {user["role"]: user for user in sandbox["users"]}

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        with Client(self.base_url) as client:
            client.request("DELETE", "/lab/api/sandbox/", json={"id": self.id})

    def client(self) -> Client:
        """Return a clean client whose requests are noted."""
        client = Client(self.base_url)
        client.event_hooks["response"].append(self.note)
        return client

    def note(self, response):
        """Note a request. Left out: fetching a CSRF token, which every page sets anyway, and reading an exchange."""
        request = response.request
        exchange = response.headers.get("Exchange-Id", "")
        if exchange or not (request.url.path == "/api/" or request.url.path.startswith("/wire/")):
            path = request.url.raw_path.decode()
            self.sent.append(Sent(exchange, request.method, path, response.status_code, curl(request)))

    def signed_in(self, variant: Variant, role: str = "alice", lifetime: int | None = None) -> Actor:
        """Return one of the actors, signed in at this variant."""
        actor = Actor(variant, self.client())
        account = self.accounts[role]
        actor.sign_in(account["username"], account["password"], lifetime).raise_for_status()
        return actor

    def replay(self, variant: Variant, credential: str, method: str = "GET", **kwargs) -> httpx.Response:
        """Send a bare credential from a clean client."""
        with self.client() as client:
            return replay(variant, credential, client, method, **kwargs)

    def administer(self, account: str, /, **changes) -> None:
        """Change an account as an administrator: password, is_active, role."""
        body = {"sandbox": self.id, "username": self.accounts[account]["username"], **changes}
        with self.client() as client:
            client.patch("/lab/api/account/", json=body).raise_for_status()

    def at_second_server(
        self, same_key: bool = True, same_database: bool = True, short: bool = False, algorithm: str | None = None
    ) -> "ActorsElsewhere":
        """Return the same actors at a second server, which may have its own keys, database and lifetimes."""
        body = {"same_key": same_key, "same_database": same_database, "short": short}
        body |= {"algorithm": algorithm} if algorithm else {}
        with Client(self.base_url, app=trusted) as client:
            response = client.post("/lab/api/twin/", json=body)
        if response.status_code != 200:
            raise NoSecondServerError(response.json()["detail"])
        url = response.json()["url"]
        if self.base_url:  # the server may be another machine, and its loopback addresses are not ours
            try:
                with Client(url) as client:
                    client.get("/healthz")
            except httpx.TransportError:
                message = _("A second server can only be reached from the server's own machine.")
                raise NoSecondServerError(message) from None
        return ActorsElsewhere(self, url)

    def observed(self, outcome: str, *facts: tuple) -> Observation:
        """Return the observation: this outcome, these (label, value) pairs, and the requests so far."""
        return Observation(outcome, list(facts), list(self.sent))


class ActorsElsewhere(Actors):
    """The same actors at a second server. Their requests there are noted with the others."""

    def __init__(self, home, base_url):
        self.home, self.base_url = home, base_url
        self.id, self.accounts, self.sent = home.id, home.accounts, home.sent

    def __exit__(self, *failure):
        """Keep the sandbox: the first server still needs it."""

    def note(self, response):
        self.home.note(response)


class NoSecondServerError(Exception):
    """No second server can be reached; the message says why."""


def curl(request: httpx.Request) -> str:
    """Return a curl command that sends this request again, with the sandbox account's password."""
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


def compact(body: str) -> str:
    """Return a JSON body without spaces, and any other body unchanged."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        return body
