"""What was observed on this server or in a run, and what a verdict needs of it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Experiment
from authcompare.experiments.models import Evidence
from authcompare.experiments.registry import find_experiment
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import mechanisms

SEEN, IN_BROWSER, OPEN, DIFFERS = "seen", "browser", "open", "differs"  # from best to worst
WORDS = {
    SEEN: _("seen as it has to be"),
    IN_BROWSER: _("seen in a browser only"),
    OPEN: _("not run yet"),
    DIFFERS: _("seen otherwise"),
}


@dataclass(frozen=True)
class Seen:
    """The outcome of one experiment at one door, and what else was noted there."""

    outcome: str
    facts: list = field(default_factory=list)  # [(what, value), ...]
    at: datetime | None = None


def of_this_server():
    """All that was seen here so far: {(experiment, "mechanism variant"): Seen}."""
    kept = Evidence.objects.all()
    return {
        (each.experiment, f"{each.mechanism} {each.variant}"): Seen(each.outcome, each.told, each.at) for each in kept
    }


def of_a_run(cells):
    """The same, from the cells of a matrix that has been filled."""
    seen = [cell for cell in cells if cell.observation]
    return {(cell.experiment.slug, cell.door): Seen(cell.observation.outcome, cell.observation.facts) for cell in seen}


def name(variant):
    return f"{variant.mechanism.name} {variant.slug}"


def door(wanted):
    """The variant of this name ("session db"), also where it has no address at present; or None."""
    return next((v for mechanism in mechanisms() for v in mechanism.variants if name(v) == wanted), None)


def address(experiment):
    """The page of an experiment; "" outside the lab, where there is none."""
    return reverse("experiment", args=[experiment.slug]) if settings.LAB else ""


@dataclass(frozen=True)
class Piece:
    """One observation that a verdict rests on: this experiment, at this door, has to end in this outcome."""

    slug: str
    door: str
    needed: str

    def held_against(self, book):
        """What was seen of it; None where its experiment or its door is not registered here."""
        tried, variant = find_experiment(self.slug), door(self.door)
        return tried and variant and Observed(tried, variant, self.needed, book.get((self.slug, self.door)))


@dataclass(frozen=True)
class Observed:
    """An experiment at a door: the outcome that has to be seen there, and what was seen so far."""

    experiment: Experiment
    variant: Variant
    needed: str
    seen: Seen | None

    @property
    def state(self):
        if self.seen:
            return SEEN if self.seen.outcome == self.needed else DIFFERS
        return IN_BROWSER if self.experiment.browser else OPEN

    @property
    def state_words(self):
        return WORDS[self.state]

    @property
    def door(self):
        return name(self.variant)

    @property
    def address(self):
        return address(self.experiment)

    @property
    def needed_words(self):
        return self.experiment.text(self.needed)

    @property
    def seen_words(self):
        return self.experiment.text(self.seen.outcome) if self.seen else ""

    @property
    def told(self):
        """What was seen, for reading; or why nothing was."""
        if self.seen:
            return f"“{self.seen_words}”"
        if self.experiment.browser:
            return gettext("seen in a browser: open %(address)s") % {"address": f"/experiments/{self.experiment.slug}/"}
        return str(self.state_words)


def worst(states):
    """What a whole comes to whose parts are in these states."""
    return max(states, key=[SEEN, IN_BROWSER, OPEN, DIFFERS].index)
