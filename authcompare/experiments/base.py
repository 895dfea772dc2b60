"""The contract of an experiment: written once against what any mechanism promises, run on every door there is."""

from dataclasses import dataclass, field


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


LET_IN, REFUSED = "let in", "refused"


def outcome(response):
    """A door's answer in a word. That it broke down is no refusal."""
    if response.status_code >= 500:
        return f"error {response.status_code}"
    return LET_IN if response.status_code < 300 else REFUSED
