"""The rules of predicting and running: the order of both, and the votes of a class."""

from typing import cast

from django.db import transaction

from authcompare.experiments.base import Experiment
from authcompare.experiments.judging import Judgement, judge
from authcompare.learning.exceptions import AlreadyAnswered, AlreadyRun, PredictFirst, VoteClosed, VoteOpen
from authcompare.learning.learners import is_teacher_paced, touch
from authcompare.learning.lessons import Step
from authcompare.learning.models import Classroom, Learner, Prediction, Run
from authcompare.learning.progress import Progress
from authcompare.mechanisms.base import Variant


def lock_classroom(classroom: Classroom) -> Classroom:
    """Return the current state of a class, locked until the transaction ends.

    A vote that closes meanwhile waits, so no prediction arrives after the histogram is shown.
    """
    return Classroom.objects.select_for_update().get(pk=classroom.pk)


def round_of_prediction(learner: Learner, step: Step, requested: int) -> int:
    """Return the round in which a prediction counts now; raise VoteClosed. Call it inside a transaction."""
    if not learner.classroom or not is_teacher_paced(learner):
        return requested
    current = lock_classroom(learner.classroom).round_for(step.slug)
    missed_the_votes = current == Prediction.LATE and not Progress(learner).vote_on(step)
    if current is None or (current != requested and not missed_the_votes):
        raise VoteClosed
    return current


def save_prediction(
    learner: Learner, step: Step, choices: dict[str, str], confidence: int, requested: int
) -> Prediction:
    """Store a prediction, or update it; raise VoteClosed or AlreadyRun. Call it inside a transaction."""
    counted = round_of_prediction(learner, step, requested)
    if learner.runs.filter(step=step.slug).exists():
        raise AlreadyRun
    prediction, _created = Prediction.objects.update_or_create(
        learner=learner,
        step=step.slug,
        round=counted,
        defaults={"choices": choices, "confidence": confidence},
    )
    touch(learner)
    return prediction


def predicted_outcome(learner: Learner | None, step: Step, variant: Variant) -> str:
    """Return the outcome that a learner predicts for a variant; raise VoteOpen or PredictFirst."""
    classroom = learner and learner.classroom
    if classroom and classroom.is_open and classroom.is_run_locked(step.slug):
        raise VoteOpen
    prediction = Progress(learner).prediction(step)
    if prediction is None or variant.key not in prediction.choices:
        raise PredictFirst
    outcome: str = prediction.choices[variant.key]
    return outcome


def save_observation(learner: Learner, step: Step, variant: Variant, predicted: str, observed: str) -> Judgement:
    """Store an observed outcome, and judge the prediction."""
    with transaction.atomic():  # the variants of a step run in parallel, and all write to one row
        run, _created = Run.objects.select_for_update().get_or_create(learner=learner, step=step.slug)
        run.outcomes[variant.key] = observed
        run.save()
        touch(learner)
    return judge(cast(Experiment, step.experiment), variant, predicted, observed)  # a variant implies an experiment


def save_answers(learner: Learner, test_round: int, choices: dict[str, int]) -> None:
    """Store the answers to a test, once; raise AlreadyAnswered. Call it inside a transaction."""
    _prediction, created = Prediction.objects.get_or_create(
        learner=learner, step="", round=test_round, defaults={"choices": choices}
    )
    if not created:
        raise AlreadyAnswered
    touch(learner)


def delete_work(learner: Learner) -> None:
    """Delete what a learner predicted and observed, with the sandbox. A learner in a class stays in it."""
    with transaction.atomic():
        if learner.sandbox:
            learner.sandbox.delete()
        if learner.classroom:
            learner.predictions.all().delete()
            learner.runs.all().delete()
        else:
            learner.delete()
