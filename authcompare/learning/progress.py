"""The progress of a learner."""

from authcompare.learning.lessons import Step
from authcompare.learning.models import Learner, Prediction


class Progress:
    """The predictions and observations of one learner, read in two queries; empty without a learner."""

    def __init__(self, learner: Learner | None):
        self.learner = learner
        self.predictions = {(each.step, each.round): each for each in learner.predictions.all()} if learner else {}
        self.runs = {each.step: each for each in learner.runs.all()} if learner else {}

    def prediction(self, step: Step) -> Prediction | None:
        """Return the prediction that counts: the last vote, or the one made after the votes."""
        return self.vote_on(step) or self.predictions.get((step.slug, Prediction.LATE))

    def vote_on(self, step: Step) -> Prediction | None:
        """Return the last vote on a step; None if the learner missed the votes."""
        second = self.predictions.get((step.slug, Prediction.SECOND))
        return second or self.predictions.get((step.slug, Prediction.FIRST))

    def outcomes(self, step: Step) -> dict[str, str]:
        """Return the observed outcomes: {variant key: outcome}."""
        run = self.runs.get(step.slug)
        return run.outcomes if run else {}

    def answers(self, test_round: int) -> dict[str, int] | None:
        """Return the answers to a test: {misconception: option}; None if it was not taken."""
        prediction = self.predictions.get(("", test_round))
        return prediction.choices if prediction else None

    def is_done(self, step: Step) -> bool:
        """Return True if the step's experiment was run at every variant."""
        return bool(step.variants) and all(variant.key in self.outcomes(step) for variant in step.variants)

    def state(self, step: Step) -> str:
        """Return "done", "predicted" or ""."""
        return "done" if self.is_done(step) else "predicted" if self.prediction(step) else ""

    @property
    def has_started(self) -> bool:
        """True if the learner has predicted or run anything."""
        return bool(self.predictions or self.runs)
