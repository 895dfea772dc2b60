"""The judgement of a prediction."""

from dataclasses import dataclass

from authcompare.experiments.base import Experiment
from authcompare.mechanisms.base import Variant


@dataclass(frozen=True)
class Judgement:
    """The result of comparing a prediction with an observation."""

    right: bool
    misconception: str = ""  # behind a wrong prediction, where one is known


def judge(experiment: Experiment, variant: Variant, predicted: str, observed: str) -> Judgement:
    """Compare the outcome that was predicted for a variant with the observed one."""
    if predicted == observed:
        return Judgement(right=True)
    choice = next((choice for choice in experiment.choices if choice.outcome == predicted), None)
    return Judgement(right=False, misconception=str(choice.misconception) if choice else "")
