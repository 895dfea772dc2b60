"""The trials of a step: its experiment at each of its variants."""

from authcompare.experiments.trial import Trial
from authcompare.learning.lessons import Step


def step_trials(step: Step) -> list[Trial]:
    """Return a trial for each variant of a step."""
    return [Trial(step.experiment, variant) for variant in step.variants]
