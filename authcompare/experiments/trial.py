"""One experiment at one variant: what is expected of it, and what was observed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Experiment, Observation
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import variants

SEEN, IN_BROWSER, OPEN, DIFFERS, FAILED = "seen", "browser", "open", "differs", "failed"  # from best to worst
STATES = [SEEN, IN_BROWSER, OPEN, DIFFERS, FAILED]
STATE_TEXTS = {
    SEEN: _("as expected"),
    IN_BROWSER: _("needs a browser, not run yet"),
    OPEN: _("not run yet"),
    DIFFERS: _("NOT as expected"),
    FAILED: _("not finished"),
}
SUCCEEDS, FAILS, PLAIN = "succeeds", "fails", "plain"
MARK_TEXTS = {
    PLAIN: STATE_TEXTS[SEEN],
    FAILS: _("the attack fails, as expected"),
    SUCCEEDS: _("the attack succeeds, as expected"),
} | {state: text for state, text in STATE_TEXTS.items() if state != SEEN}


@dataclass
class Trial:
    """One experiment at one variant. Without an `expected` outcome, the variant's promise decides it."""

    experiment: Experiment
    variant: Variant
    observation: Observation | None = None
    error: str = ""  # what kept the experiment from being finished
    expected: str = ""

    def __post_init__(self):
        self.expected = self.expected or self.experiment.expected(self.variant)

    @property
    def key(self) -> tuple[str, str]:
        """The key of this trial among all observations: ("replay-after-logout", "session db")."""
        return self.experiment.slug, self.variant.key

    @property
    def anchor(self) -> str:
        """The fragment of this trial's column on the experiment's page."""
        return f"{self.variant.mechanism.name}-{self.variant.slug}"

    @property
    def observed(self) -> str:
        """The observed outcome; "" where nothing was observed."""
        return self.observation.outcome if self.observation else ""

    @property
    def agrees(self) -> bool:
        return self.observation is not None and self.observed == self.expected

    @property
    def is_weak(self) -> bool:
        """True at the weak variant of an attack: the attack must succeed there."""
        return self.experiment.attack is not None and self.expected == self.experiment.attack

    @property
    def role(self) -> str:
        """ "weak" or "hardened" for an attack; "" for any other experiment."""
        return ("weak" if self.is_weak else "hardened") if self.experiment.attack else ""

    @property
    def state(self) -> str:
        if self.observation:
            return SEEN if self.agrees else DIFFERS
        if self.error:
            return FAILED
        return IN_BROWSER if self.experiment.browser else OPEN

    @property
    def mark(self) -> str:
        """The sign that pages draw: the state or, where it is as expected, how an attack ended."""
        if self.state != SEEN:
            return self.state
        if not self.experiment.attack:
            return PLAIN
        return SUCCEEDS if self.is_weak else FAILS

    @property
    def state_text(self) -> str:
        return STATE_TEXTS[self.state]

    @property
    def mark_text(self) -> str:
        return MARK_TEXTS[self.mark]

    @property
    def expected_text(self) -> str:
        return self.experiment.text(self.expected)

    @property
    def observed_text(self) -> str:
        return self.experiment.text(self.observed) if self.observation else ""


def worst(states: Iterable[str]) -> str:
    """Return the worst of these states."""
    return max(states, key=STATES.index)


def plan(experiments: Iterable[Experiment]) -> list[Trial]:
    """Return a trial for every variant that each of these experiments concerns."""
    return [Trial(each, variant) for each in experiments for variant in variants() if each.concerns(variant)]
