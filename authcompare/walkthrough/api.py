"""The endpoints of the walkthrough: predict, then run. They exist only in the lab."""

from dataclasses import asdict

from django.db import transaction
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.api.fields import Strict
from authcompare.api.openapi.decorators import raises
from authcompare.api.throttling import ExperimentThrottle
from authcompare.experiments.api import Broken, Busy, InBrowser, run_at
from authcompare.learning.exceptions import (
    AlreadyAnswered,
    AlreadyRun,
    PredictFirst,
    TeacherPaced,
    VoteClosed,
    VoteOpen,
)
from authcompare.learning.learners import (
    LearnerEndpoint,
    delete_learner_cookie,
    is_teacher_paced,
    touch,
)
from authcompare.learning.predictions import (
    delete_work,
    predicted_outcome,
    save_answers,
    save_observation,
    save_prediction,
)
from authcompare.learning.questions import TEST_ROUNDS, count_right
from authcompare.walkthrough.serializers import (
    AtStepSerializer,
    JudgementResponse,
    ObservedSerializer,
    PredictionResponse,
    PredictSerializer,
    RunResponse,
    ScoreResponse,
    StepResponse,
    StepVariantSerializer,
    TestSerializer,
    test_questions,
)


class PredictView(LearnerEndpoint):
    """Stores the learner's prediction for each variant of a step, with a confidence.

    Learners can update it until they run the step, or, in a teacher-paced class, until the vote closes.
    """

    name = _("Predict")
    description = _("Stores your prediction for each door of a step, with your confidence. A run needs it.")
    throttle_classes = [ExperimentThrottle]

    @extend_schema(
        summary=_("Predict"),
        description=_("A new learner gets a cookie. No account and no e-mail address are needed."),
        request=PredictSerializer,
        responses={200: PredictionResponse},
    )
    @raises(VoteClosed, AlreadyRun)
    def post(self, request: Request) -> Response:
        data = PredictSerializer.read(request)
        step = data["step"]
        with transaction.atomic():
            learner = self.get_or_create_learner()
            prediction = save_prediction(learner, step, data["choices"], data["confidence"], data["round"])
        return Response(PredictionResponse(prediction).data)


class RunView(LearnerEndpoint):
    """Runs a step's experiment at one of its variants, for a learner who has predicted."""

    name = _("Run a step")
    description = _("Runs a step's experiment at one of its doors, and compares the outcome with your prediction.")
    throttle_classes = [ExperimentThrottle]

    @extend_schema(
        summary=_("Run"),
        description=_(
            "The experiment uses throwaway accounts of its own. Without a stored prediction, the answer is 409."
        ),
        request=StepVariantSerializer,
        responses={200: RunResponse},
    )
    @raises(PredictFirst, VoteOpen, InBrowser, Broken, Busy)
    def post(self, request: Request) -> Response:
        data = StepVariantSerializer.read(request)
        step, variant = data["step"], data["variant"]
        predicted = predicted_outcome(self.learner, step, variant)
        result = run_at(step.experiment, variant)
        judgement = save_observation(self.learner, step, variant, predicted, result["outcome"])
        return Response(RunResponse(result | {"predicted": predicted} | asdict(judgement)).data)


class ObservedView(LearnerEndpoint):
    """Takes the outcome that the learner's own browser observed, where only a browser can run the experiment."""

    name = _("Report an observation")
    description = _("Takes the outcome that your browser observed, and compares it with your prediction.")
    throttle_classes = [ExperimentThrottle]

    @extend_schema(
        summary=_("Report"),
        description=_("The outcome counts for you only. The comparison does not use it."),
        request=ObservedSerializer,
        responses={200: JudgementResponse},
    )
    @raises(PredictFirst, VoteOpen)
    def post(self, request: Request) -> Response:
        data = ObservedSerializer.read(request)
        step, variant, outcome = data["step"], data["variant"], data["outcome"]
        predicted = predicted_outcome(self.learner, step, variant)
        expected = step.experiment.expected(variant)
        judgement = save_observation(self.learner, step, variant, predicted, outcome)
        result = {"expected": expected, "outcome": outcome, "agrees": outcome == expected, "predicted": predicted}
        return Response(JudgementResponse(result | asdict(judgement)).data)


class MoveView(LearnerEndpoint):
    """Stores the learner's step, so that the learner can continue there."""

    name = _("Move")
    description = _("Stores your step, so that you can continue there and your teacher can see where you are.")

    @extend_schema(
        summary=_("Move to a step"),
        request=AtStepSerializer,
        responses={200: StepResponse},
    )
    @raises(TeacherPaced, PredictFirst)
    def post(self, request: Request) -> Response:
        slug = AtStepSerializer.read(request)["step"].slug
        if self.learner is None:
            raise PredictFirst  # a visitor who only looks is not stored
        if is_teacher_paced(self.learner):
            raise TeacherPaced
        if self.learner.step == slug:
            touch(self.learner)
        else:
            touch(self.learner, step=slug, step_since=timezone.now())
        return Response(StepResponse({"step": slug}).data)


class TestView(LearnerEndpoint):
    """Takes the answers to the pre-test or the post-test, once. The pages show the solutions after the post-test."""

    name = _("Pre-test and post-test")
    description = _("Takes your answers to a test, once. You see the solutions after the post-test.")
    throttle_classes = [ExperimentThrottle]

    @extend_schema(
        summary=_("Answer a test"),
        description=_("A question without an answer counts as wrong."),
        request=TestSerializer,
        responses={200: ScoreResponse},
    )
    @raises(AlreadyAnswered)
    def post(self, request: Request) -> Response:
        data = TestSerializer.read(request)
        with transaction.atomic():
            save_answers(self.get_or_create_learner(), TEST_ROUNDS[data["round"]], data["choices"])
        asked = test_questions(data["round"])
        return Response(ScoreResponse({"right": count_right(asked, data["choices"]), "of": len(asked)}).data)


class ResetView(LearnerEndpoint):
    """Deletes the learner's predictions, observations, answers and sandbox; outside a class, the learner, too."""

    name = _("Reset my lab")
    description = _("Deletes your predictions, observations and answers, and your throwaway accounts.")

    @extend_schema(
        summary=_("Reset my lab"),
        description=_("In a class you stay a member. Without a class, your cookie is deleted, too."),
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        Strict.read(request)
        response = Response(status=204)
        if self.learner is None:
            return response
        delete_work(self.learner)
        if not self.learner.classroom:
            delete_learner_cookie(response)
        return response


urlpatterns = [
    path(f"walkthrough/api/{address}/", view.as_view(), name=f"walkthrough-{address}")
    for address, view in {
        "predict": PredictView,
        "run": RunView,
        "observed": ObservedView,
        "move": MoveView,
        "test": TestView,
        "reset": ResetView,
    }.items()
]
