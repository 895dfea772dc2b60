"""Statements, verdicts and the observations that they need; and the check of a verdict against what was observed."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.observations import Observations
from authcompare.experiments.registry import find_experiment
from authcompare.experiments.trial import DIFFERS, IN_BROWSER, OPEN, SEEN, Trial, worst
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import mechanisms

CONFIRMED, QUALIFIED, REFUTED = "confirmed", "qualified", "refuted"
VERDICTS = {CONFIRMED: _("confirmed"), QUALIFIED: _("qualified"), REFUTED: _("refuted")}
MARKS = {CONFIRMED: "✓", QUALIFIED: "≈", REFUTED: "✗"}
STATES = {
    SEEN: _("supported by observations"),
    IN_BROWSER: _("needs a browser"),
    OPEN: _("not run yet"),
    DIFFERS: _("contradicted by observations"),
}


def find_any_variant(key: str) -> Variant | None:
    """Return the variant with this key ("session db"), weak ones included, also outside the lab; or None."""
    every = (variant for mechanism in mechanisms() for variant in mechanism.variants)
    return next((variant for variant in every if variant.key == key), None)


@dataclass(frozen=True)
class Requirement:
    """One observation that a verdict needs: this experiment, at this variant, with this outcome."""

    experiment: str
    variant: str  # its key
    outcome: str

    def trial(self, observations: Observations) -> Trial | None:
        """Return the trial that meets it or not; None if its experiment or variant is not registered."""
        experiment, variant = find_experiment(self.experiment), find_any_variant(self.variant)
        if experiment is None or variant is None:
            return None
        return Trial(experiment, variant, observations.get((self.experiment, self.variant)), expected=self.outcome)


@dataclass(frozen=True)
class Verdict:
    """A verdict on a statement or on one half of it, the reason, and the observations that it needs."""

    verdict: str
    why: str
    requirements: tuple
    half: str = ""  # the half of the statement that it is about, where the halves have different verdicts

    def check(self, observations: Observations) -> "CheckedVerdict":
        return CheckedVerdict(self, [trial for each in self.requirements if (trial := each.trial(observations))])


@dataclass(frozen=True)
class CheckedVerdict:
    """A verdict, and the trials that it rests on."""

    verdict: Verdict
    trials: list

    @property
    def state(self) -> str:
        return worst([*(trial.state for trial in self.trials), *([OPEN] if self.lacks_trials else [])])

    @property
    def lacks_trials(self) -> bool:
        """True if it needs an experiment or a variant that is not registered."""
        return len(self.trials) < len(self.verdict.requirements)

    @property
    def state_text(self) -> str:
        return STATES[self.state]

    @property
    def next(self) -> Trial | None:
        """The trial to look at next: the first that keeps the verdict from being supported."""
        return next((trial for trial in self.trials if trial.state == self.state != SEEN), None)

    @property
    def name(self) -> str:
        return self.verdict.verdict

    @property
    def text(self) -> str:
        return VERDICTS[self.name]

    @property
    def mark(self) -> str:
        return MARKS[self.name]


@dataclass(frozen=True)
class Statement:
    """One sentence about one mechanism and topic, in our words, with its verdicts."""

    topic: str  # slug
    mechanism: str
    text: str
    verdicts: tuple
    title: str = ""  # where it belongs to no topic of topics.py


def statement(topic: str, mechanism: str, text: str, *verdicts: Verdict, title: str = "") -> Statement:
    return Statement(topic, mechanism, text, verdicts, title)


def verdict(name: str, why: str, *requirements: tuple[str, str, str], half: str = "") -> Verdict:
    """Return a verdict; each requirement is (experiment, variant key, outcome)."""
    return Verdict(name, why, tuple(Requirement(*each) for each in requirements), half)
