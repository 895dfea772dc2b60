"""The contract of an experiment: written once against the promises of a variant, and run at every variant."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.urls import reverse

from authcompare.mechanisms.base import Variant


@dataclass(frozen=True)
class Choice:
    """One answer to an experiment's question: the outcome that it predicts."""

    outcome: str
    text: str
    misconception: str = ""  # the idea that leads to this choice where it is wrong


@dataclass(frozen=True)
class Sent:
    """One request of an experiment, and the status of its response."""

    exchange: str  # the id of the recorded exchange at /wire/<id>/; "" where the server recorded none
    method: str
    path: str
    status: int
    curl: str  # a command that sends the same request again


@dataclass
class Observation:
    """The result of an experiment at one variant."""

    outcome: str
    facts: list[tuple[str, Any]] = field(default_factory=list)  # [(label, value), ...]
    sent: list[Sent] = field(default_factory=list)
    observed_at: datetime | None = None
    in_your_browser: bool = False  # the visitor's own browser observed it, not this server

    @property
    def plain_facts(self) -> list[list[Any]]:
        """The facts for JSON, in the active language."""
        return [[str(label), value if isinstance(value, (int, float)) else str(value)] for label, value in self.facts]


class Experiment:
    """A client's story over HTTP. A subclass declares its texts and implements `expected` and `run`."""

    slug: str
    title: str
    question: str
    choices: list[Choice]  # every outcome that a variant can promise, and one for each misconception
    rows: list[str]  # slugs of the topics that it belongs to (topics.py), the most important first
    explanation: str
    sources: list[tuple[str, str]]  # [(title, address)]
    attack: str | None = None  # for an attack: the outcome in which it succeeds; every weak variant must show it
    fix = ""  # for an attack: what a hardened variant does
    waits = False  # it spends most of its time waiting for a credential to expire
    browser = False  # only a browser can show it: static/experiments/js/catalogue/<slug>.js runs instead of `run`
    apart = False  # it needs other processes or threads, which cannot see into a test's transaction

    @property
    def url(self) -> str:
        """The path of this experiment's page; "" outside the lab, where there is none."""
        return reverse("experiment", args=[self.slug]) if settings.LAB else ""

    def concerns(self, variant: Variant) -> bool:
        """Return True if there is something to observe at this variant."""
        return True

    def expected(self, variant: Variant) -> str:
        """Return the outcome that this variant promises."""
        raise NotImplementedError

    def run(self, actors: Any, variant: Variant) -> Observation:
        """Run the experiment at this variant with fresh actors (see cast.Actors)."""
        raise NotImplementedError

    def text(self, outcome: str) -> str:
        """Return the text of the choice that predicts this outcome, or the outcome itself."""
        return next((choice.text for choice in self.choices if choice.outcome == outcome), outcome)

    def misconception(self, outcome: str, variant: Variant) -> str:
        """Return the idea behind predicting this outcome, or "". Override it where it depends on the variant."""
        return next((choice.misconception for choice in self.choices if choice.outcome == outcome), "")


LET_IN, REFUSED = "let in", "refused"


def outcome(response: httpx.Response) -> str:
    """Return the outcome of a response: let in, refused, or "error <status>" for a server error."""
    if response.status_code >= 500:
        return f"error {response.status_code}"
    return LET_IN if response.status_code < 300 else REFUSED
