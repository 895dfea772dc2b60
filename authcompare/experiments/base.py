"""The contract of an experiment: written once against what any mechanism promises, run on every door there is."""

import json
import shlex
from dataclasses import dataclass, field

import httpx
from django.utils.translation import gettext as _

from authcompare.actors import CSRF_HEADER, Actor, Client, replay, trusted


@dataclass(frozen=True)
class Choice:
    """An answer to an experiment's question: the outcome it predicts, and the misconception behind a wrong one."""

    outcome: str
    text: str
    misconception: str = ""


@dataclass(frozen=True)
class Sent:
    """One request of an experiment as it went over the wire, and what came of it."""

    exchange: str  # what opens it at /wire/<id>/; "" where the server kept none
    method: str
    path: str
    status: int
    curl: str  # a command that sends the same again


@dataclass
class Observation:
    """What was seen at one door: the outcome in a word, [(what, value), ...], and the requests that led to it."""

    outcome: str
    facts: list = field(default_factory=list)
    sent: list = field(default_factory=list)  # of Sent

    @property
    def plain_facts(self):
        """For JSON, in the language of whoever asks."""
        return [[str(what), value if isinstance(value, (int, float)) else str(value)] for what, value in self.facts]


class Experiment:
    """A client's story, over HTTP only. A subclass declares itself and answers `expected` and `run`."""

    slug: str
    title: str
    question: str
    choices: list  # of Choice: every outcome that can be expected, and one for each misconception
    rows: list  # slugs of the rows of the comparison it bears on (rows.py), the most important first
    explanation: str
    sources: list  # [(title, address)]
    attack = None  # the outcome in which an attack succeeded, where this is one: it must, on every weak arm
    fix = ""  # where this is an attack: what its hardened arm does
    waits = False  # does it spend its time waiting for an end to come?
    browser = False  # only a browser can show it: static/authcompare/js/experiments/<slug>.js runs it instead of `run`
    apart = False  # needs processes or threads that a test's transaction would hide things from

    def concerns(self, variant):
        """Is there anything to observe at this door?"""
        return True

    def expected(self, variant):
        """The outcome that this door promises."""
        raise NotImplementedError

    def run(self, actors, variant):
        """Do it, with a fresh cast; returns an Observation."""
        raise NotImplementedError

    def text(self, outcome):
        """An outcome in the words of the choice that predicts it."""
        return next((choice.text for choice in self.choices if choice.outcome == outcome), outcome)


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


LET_IN, REFUSED = "let in", "refused"


def outcome(response):
    """A door's answer in a word. That it broke down is no refusal."""
    if response.status_code >= 500:
        return f"error {response.status_code}"
    return LET_IN if response.status_code < 300 else REFUSED


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
