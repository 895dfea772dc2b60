"""What somebody predicted, observed and learned: the end of the lesson, as a page and as Markdown."""

from dataclasses import dataclass
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Experiment
from authcompare.experiments.topics import TOPICS, Topic
from authcompare.learning.lessons import Step, steps
from authcompare.learning.models import Prediction
from authcompare.learning.questions import gain, questions, right
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import mechanisms

SURE = {1: _("a guess"), 2: _("I thought so"), 3: _("sure")}


@dataclass(frozen=True)
class AtDoor:
    """One door of a step: what was predicted there and what was seen."""

    experiment: Experiment
    door: Variant
    predicted: str | None = None
    observed: str | None = None

    @property
    def predicted_text(self):
        return self.experiment.text(self.predicted) if self.predicted else ""

    @property
    def observed_text(self):
        return self.experiment.text(self.observed) if self.observed else ""

    @property
    def right(self):
        return self.predicted == self.observed

    @property
    def idea(self):
        """The misconception behind a prediction that did not come true."""
        if not self.predicted or not self.observed or self.right:
            return ""
        return next((each.misconception for each in self.experiment.choices if each.outcome == self.predicted), "")


@dataclass(frozen=True)
class Tried:
    """One step with an experiment, as far as the learner has come with it."""

    step: Step
    confidence: str
    doors: list  # of AtDoor

    @property
    def ideas(self):
        return list(dict.fromkeys(str(each.idea) for each in self.doors if each.idea))


@dataclass(frozen=True)
class TableRow:
    """A row of the comparison, filled: for each mechanism what was seen of it."""

    row: Topic
    cells: list  # of (mechanism, [AtDoor])


@dataclass(frozen=True)
class Score:
    """The two tests: how many answers were right before and after."""

    before: int
    after: int
    of: int

    @property
    def gain(self):
        return gain(self.before, self.after, self.of)

    @property
    def percent(self):
        return round(self.gain * 100)


class Summary:
    def __init__(self, progress, language):
        self.progress, self.language = progress, language

    @cached_property
    def tried(self):
        """Every step of which something was predicted or seen."""
        found = [self.of(step) for step in steps(self.language) if step.experiment]
        return [each for each in found if any(at.predicted or at.observed for at in each.doors)]

    def of(self, step):
        prediction, seen = self.progress.prediction(step), self.progress.outcomes(step)
        said = prediction.choices if prediction else {}
        doors = [AtDoor(step.experiment, door, said.get(door.key), seen.get(door.key)) for door in step.doors]
        return Tried(step, SURE.get(prediction.confidence, "") if prediction else "", doors)

    @property
    def all_doors(self):
        return [at for tried in self.tried for at in tried.doors if at.observed and at.predicted]

    @property
    def right(self):
        return sum(at.right for at in self.all_doors)

    @property
    def table(self):
        """The article's rows, and those of ours that a step fills: from what this learner has seen, nothing else."""
        filled = {slug for step in steps(self.language) for slug in step.rows}
        return [TableRow(row, self.cells(row)) for row in TOPICS if not row.ours or row.slug in filled]

    def cells(self, row):
        seen = [at for tried in self.tried if row.slug in tried.step.rows for at in tried.doors if at.observed]
        return [(each, [at for at in seen if at.door.mechanism is each]) for each in mechanisms()]

    @property
    def score(self):
        """None until both tests are taken."""
        before, after = self.progress.test(Prediction.PRE), self.progress.test(Prediction.POST)
        if before is None or after is None:
            return None
        pre, post = (questions(round, self.language) for round in ("pre", "post"))
        return Score(right(pre, before), right(post, after), len(pre))

    @property
    def moments(self):
        """When things were answered and run, in order."""
        kept = [*self.progress.answers.values(), *self.progress.runs.values()]
        return sorted(each.at for each in kept)

    @property
    def minutes(self):
        """From the beginning to the last thing done, breaks included."""
        if not self.moments:
            return 0
        return max(1, round((self.moments[-1] - self.progress.learner.created_at).total_seconds() / 60))

    @property
    def markdown(self):
        text = render_to_string("walkthrough/summary.md", {"summary": self, "mechanisms": mechanisms()})
        return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
