"""The contract of an experiment: written once against what any mechanism promises, run on every door there is."""

from dataclasses import dataclass, field

from authcompare.actors import Actor, Client, replay


@dataclass(frozen=True)
class Choice:
    """An answer to an experiment's question: the outcome it predicts, and the misconception behind a wrong one."""

    outcome: str
    text: str
    misconception: str = ""


@dataclass
class Observation:
    """What was seen at one door: the outcome in a word, [(what, value), ...], and the exchanges to open on the wire."""

    outcome: str
    facts: list = field(default_factory=list)
    exchanges: list = field(default_factory=list)


class Experiment:
    """A client's story, over HTTP only. A subclass declares itself and answers `expected` and `run`."""

    slug: str
    title: str
    question: str
    choices: list  # of Choice
    rows: list  # the rows of the comparison it bears on
    explanation: str
    sources: list  # [(title, address)]
    attack = None  # the outcome in which an attack succeeded, where this is one: it must, on every weak arm

    def concerns(self, variant):
        """Is there anything to observe at this door?"""
        return True

    def expected(self, variant):
        """The outcome that this door promises."""
        raise NotImplementedError

    def run(self, actors, variant):
        """Do it, with a fresh cast; returns an Observation."""
        raise NotImplementedError


class Actors:
    """A fresh sandbox's alice, bob and mallory, in-process or at `base_url`; leaving the `with` throws it away.

    Raises httpx.HTTPError when the server does not answer or is in no lab.
    """

    def __init__(self, base_url=None):
        self.base_url = base_url
        self.exchanges = []
        with self.client() as client:
            made = client.post("/lab/api/sandbox/").raise_for_status().json()
        self.id = made["id"]
        self.accounts = {user["role"]: user for user in made["users"]}

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        with self.client() as client:
            client.request("DELETE", "/lab/api/sandbox/", json={"id": self.id})

    def client(self):
        """A clean client, whose exchanges are noted."""
        client = Client(self.base_url)
        client.event_hooks["response"].append(self.seen)
        return client

    def seen(self, response):
        if "Exchange-Id" in response.headers:
            self.exchanges.append(response.headers["Exchange-Id"])

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

    def observed(self, outcome, *facts):
        return Observation(outcome, list(facts), list(self.exchanges))


LET_IN, REFUSED = "let in", "refused"


def outcome(response):
    """A door's answer in a word."""
    return LET_IN if response.status_code < 300 else REFUSED
