"""The trials of a step: its experiment at each of its variants."""

from authcompare.experiments.views import Square, told
from authcompare.learning.lessons import Step

REVEALING = {"expected", "expected_text", "weak"}  # fields that would give the result away


def step_trials(step: Step) -> list[Square]:
    """Return a trial for each variant of a step."""
    return [Square(step.experiment, variant) for variant in step.variants]


def variant_config(trial: Square) -> dict:
    """Return what the page's script needs of a trial's variant, without the result."""
    return {name: value for name, value in told(trial).items() if name not in REVEALING}
