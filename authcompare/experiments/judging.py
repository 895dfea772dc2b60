"""The one judgement of a prediction: was it right, and which misconception is behind a wrong one?"""

from dataclasses import dataclass

from authcompare.experiments.base import Experiment
from authcompare.mechanisms.base import Variant


@dataclass(frozen=True)
class Judgement:
    right: bool
    misconception: str = ""  # "" where the prediction was right, or where no idea is known to lead to it


def judge(experiment: Experiment, variant: Variant, predicted: str, observed: str) -> Judgement:
    """Compare a predicted outcome with the observed one."""
    if predicted == observed:
        return Judgement(right=True)
    return Judgement(right=False, misconception=str(experiment.misconception(predicted, variant)))
