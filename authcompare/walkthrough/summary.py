"""The summary of a learner's predictions, observations and gain, as a page and as Markdown."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Experiment
from authcompare.experiments.judging import Judgement, judge
from authcompare.experiments.topics import TOPICS, Topic
from authcompare.learning.lessons import Step, steps
from authcompare.learning.models import Prediction
from authcompare.learning.progress import Progress
from authcompare.learning.questions import count_right, normalised_gain, questions
from authcompare.mechanisms.base import Mechanism, Variant
from authcompare.mechanisms.registry import mechanisms

CONFIDENCE_TEXTS = {1: _("a guess"), 2: _("I thought so"), 3: _("sure")}


@dataclass(frozen=True)
class Result:
    """The predicted and the observed outcome of one variant; "" where there is none."""

    experiment: Experiment
    variant: Variant
    predicted: str = ""
    observed: str = ""

    @property
    def label(self) -> str:
        """The title of the experiment, with the variant if it is not the mechanism's default."""
        is_default = self.variant is self.variant.mechanism.default
        return str(self.experiment.title) if is_default else f"{self.experiment.title} ({self.variant.title})"

    @property
    def predicted_text(self) -> str:
        return self.experiment.text(self.predicted) if self.predicted else "–"

    @property
    def observed_text(self) -> str:
        return self.experiment.text(self.observed) if self.observed else _("not run yet")

    @cached_property
    def judgement(self) -> Judgement | None:
        """The judgement of the prediction; None until it was run."""
        if not self.predicted or not self.observed:
            return None
        return judge(self.experiment, self.variant, self.predicted, self.observed)

    @property
    def mark(self) -> str:
        """The sign for a right or a wrong prediction; "" until it was run."""
        return "" if self.judgement is None else "✓" if self.judgement.right else "✗"


@dataclass(frozen=True)
class StepSummary:
    """One step with the learner's results."""

    step: Step
    confidence: str
    results: list[Result]

    @property
    def misconceptions(self) -> list[str]:
        """The misconceptions behind the wrong predictions, each once."""
        judged = [result.judgement for result in self.results if result.judgement]
        return list(dict.fromkeys(each.misconception for each in judged if each.misconception))


@dataclass(frozen=True)
class TableRow:
    """A row of the comparison, with the learner's results for each mechanism."""

    row: Topic
    cells: list[tuple[Mechanism, list[Result]]]


@dataclass(frozen=True)
class Score:
    """The number of right answers before and after the lesson."""

    before: int
    after: int
    of: int

    @property
    def gain(self) -> float | None:
        return normalised_gain(self.before, self.after, self.of)

    @property
    def percent(self) -> int:
        return round(self.gain * 100)


class Summary:
    """The summary of one learner in one language."""

    def __init__(self, progress: Progress, language: str):
        self.progress, self.language = progress, language

    @cached_property
    def steps(self) -> list[StepSummary]:
        """Every step that the learner has predicted or run."""
        summaries = [self.summarise(step) for step in steps(self.language) if step.experiment]
        return [each for each in summaries if any(result.predicted or result.observed for result in each.results)]

    def summarise(self, step: Step) -> StepSummary:
        """Return the summary of one step."""
        prediction, outcomes = self.progress.prediction(step), self.progress.outcomes(step)
        choices = prediction.choices if prediction else {}
        results = [
            Result(step.experiment, variant, choices.get(variant.key, ""), outcomes.get(variant.key, ""))
            for variant in step.variants
        ]
        return StepSummary(step, CONFIDENCE_TEXTS.get(prediction.confidence, "") if prediction else "", results)

    @property
    def judged(self) -> list[Result]:
        """Every result with a prediction and an observation."""
        return [result for each in self.steps for result in each.results if result.judgement]

    @property
    def right(self) -> int:
        """The number of right predictions."""
        return sum(result.judgement.right for result in self.judged)

    @property
    def table(self) -> list[TableRow]:
        """The article's rows and the further rows that a step fills, from this learner's results only."""
        filled = {slug for step in steps(self.language) for slug in step.rows}
        return [TableRow(row, self.cells(row)) for row in TOPICS if not row.ours or row.slug in filled]

    def cells(self, row: Topic) -> list[tuple[Mechanism, list[Result]]]:
        """Return the observed results of one row for each mechanism."""
        bearing = [each for each in self.steps if row.slug in each.step.rows]
        observed = [result for each in bearing for result in each.results if result.observed]
        return [
            (mechanism, [result for result in observed if result.variant.mechanism is mechanism])
            for mechanism in mechanisms()
        ]

    @property
    def score(self) -> Score | None:
        """The score; None until both tests are taken."""
        before, after = self.progress.answers(Prediction.PRE), self.progress.answers(Prediction.POST)
        if before is None or after is None:
            return None
        pre, post = (questions(test, self.language) for test in ("pre", "post"))
        return Score(count_right(pre, before), count_right(post, after), len(pre))

    @cached_property
    def times(self) -> list[datetime]:
        """The times of all predictions and runs, in order."""
        return sorted(each.at for each in [*self.progress.predictions.values(), *self.progress.runs.values()])

    @property
    def minutes(self) -> int:
        """The minutes from the start to the last action, breaks included."""
        if not self.times:
            return 0
        return max(1, round((self.times[-1] - self.progress.learner.created_at).total_seconds() / 60))

    @property
    def markdown(self) -> str:
        """The summary as a Markdown document."""
        text = render_to_string("walkthrough/summary.md", {"summary": self, "mechanisms": mechanisms()})
        return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
