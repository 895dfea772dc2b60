"""The experiments over HTTP: run one at a variant, or report what the visitor's browser observed."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.openapi.decorators import raises
from authcompare.api.throttling import ExperimentThrottle
from authcompare.experiments.base import Experiment, Observation
from authcompare.experiments.judging import judge
from authcompare.experiments.observations import set_visitor, store_for, visitor_of
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.runner import run, store
from authcompare.experiments.trial import Trial, plan
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.permissions import HasCSRFToken
from authcompare.mechanisms.registry import find_variant, variants

MAX_FACTS = 20  # that a browser may report for one variant


class InBrowser(APIException):
    status_code = 409
    default_code = "browser_only"
    default_detail = _("This experiment needs a browser: open its page and run it there.")


class Broken(APIException):
    status_code = 503
    default_code = "experiment_failed"
    default_detail = _("The experiment was not finished. Run it again.")


class Busy(APIException):
    """All slots are taken. The client tries again: a request that waited here would block a server thread."""

    status_code = 429
    default_code = "busy"
    default_detail = _("Many experiments are running now. Yours has not started: try again in a second.")
    wait = 1  # seconds, for Retry-After


class RunSerializer(Strict):
    experiment = TextField(label=_("Experiment"), max_length=50)
    mechanism = TextField(label=_("Mechanism"), max_length=40)
    variant = TextField(label=_("Variant"), max_length=40)
    prediction = TextField(label=_("Predicted outcome"), max_length=80, required=False)

    @staticmethod
    def example(view: APIView) -> dict[str, Any]:
        first = variants()[0]
        return {"experiment": "replay-after-logout", "mechanism": first.mechanism.name, "variant": first.slug}

    def validate(self, data):
        experiment = find_experiment(data["experiment"])
        variant = find_variant(data["mechanism"], data["variant"])
        if experiment is None or variant is None or not experiment.concerns(variant):
            raise NotFound(_("There is no such experiment at this door."))
        return data | {"experiment": experiment, "variant": variant}


class FactField(serializers.ListField):
    """A label and a value: ["the answer", 200]."""

    def to_internal_value(self, data):
        label, value = data if isinstance(data, list) and len(data) == 2 else (None, None)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not isinstance(label, str) or len(label) > 200 or not (is_number or isinstance(value, str)):
            raise serializers.ValidationError(_("Each fact is a label and a text or a number."))
        return [label, value if is_number else value[:1000]]


class ReportSerializer(RunSerializer):
    outcome = TextField(label=_("Outcome"), max_length=80)
    facts = serializers.ListField(child=FactField(), label=_("Facts"), max_length=MAX_FACTS, default=list)

    @staticmethod
    def example(view: APIView) -> dict[str, Any]:
        trial = plan(each for each in all_experiments() if each.browser)[0]
        names = {"mechanism": trial.variant.mechanism.name, "variant": trial.variant.slug}
        return {"experiment": trial.experiment.slug, **names, "outcome": trial.expected, "facts": [["status", 200]]}

    def validate(self, data):
        data = super().validate(data)
        if not data["experiment"].browser:
            raise serializers.ValidationError({"experiment": [_("The server runs this experiment itself.")]})
        return data


class SentAnswer(serializers.Serializer):
    exchange = serializers.CharField(allow_blank=True)
    method = serializers.CharField()
    path = serializers.CharField()
    status = serializers.IntegerField()
    curl = serializers.CharField()


class ObservationAnswer(serializers.Serializer):
    experiment = serializers.CharField()
    mechanism = serializers.CharField()
    variant = serializers.CharField()
    expected = serializers.CharField()
    outcome = serializers.CharField()
    agrees = serializers.BooleanField()
    facts = serializers.ListField(child=serializers.ListField())
    sent = SentAnswer(many=True)
    weak = serializers.BooleanField()
    counterpart = serializers.CharField(allow_blank=True)


@extend_schema_serializer(component_name="ObservationAnswer")
class JudgedObservation(ObservationAnswer):
    """An observation, compared with the prediction that was sent with the request, if any."""

    right = serializers.BooleanField(required=False)
    misconception = serializers.CharField(allow_blank=True, required=False)


class RunView(Endpoint):
    """Run one experiment at one variant, in-process, with its own sandbox accounts."""

    name = _("Run an experiment")
    description = _("Runs one experiment at one door with its own sandbox accounts, and returns what it observed.")
    throttle_classes = [ExperimentThrottle]

    @extend_schema(
        summary=_("Run the experiment"),
        description=_("The server stores the observation as evidence for the comparison."),
        request=RunSerializer,
        responses={200: JudgedObservation},
    )
    @raises(NotFound, InBrowser, Broken, Busy)
    def post(self, request: Request) -> Response:
        data = RunSerializer.read(request)
        observation = run_at(data["experiment"], data["variant"])
        return Response(JudgedObservation(observation | judgement(data, observation["outcome"])).data)


class ReportView(Endpoint):
    """Take what the visitor's own browser observed. It counts for this visitor alone."""

    name = _("Report a browser's observation")
    description = _("Takes what your browser observed in an experiment that needs a browser.")
    throttle_classes = [ExperimentThrottle]
    permission_classes = [HasCSRFToken]

    @extend_schema(
        summary=_("Report the observation"),
        description=_("The server stores it for this browser only, and shows it in your experiments and comparison."),
        request=ReportSerializer,
        responses={200: JudgedObservation},
    )
    @raises(NotFound)
    def post(self, request: Request) -> Response:
        data = ReportSerializer.read(request)
        observation = Observation(data["outcome"], data["facts"], in_your_browser=True)
        trial = Trial(data["experiment"], data["variant"], observation)
        response = Response(JudgedObservation(to_dict(trial) | judgement(data, trial.observed)).data)
        set_visitor(response, store_for(visitor_of(request), trial))
        return response


# Slots for experiments in each process. Those that wait for a credential to expire cost little; two of the others keep
# a core busy, and leave the other threads to short requests such as a class's live updates.
SLOTS = {False: BoundedSemaphore(2), True: BoundedSemaphore(8)}


@contextmanager
def slot(experiment: Experiment) -> Iterator[None]:
    """Hold a slot for an experiment of this kind; raises Busy when all are taken."""
    slots = SLOTS[experiment.waits]
    if not slots.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        slots.release()


def run_at(experiment: Experiment, variant: Variant) -> dict[str, Any]:
    """Run this experiment at this variant, and store what was observed; returns it as JSON."""
    if experiment.browser:
        raise InBrowser
    with slot(experiment):
        trial = run(Trial(experiment, variant))
    if trial.observation is None:
        raise Broken
    store(trial)
    return to_dict(trial)


def to_dict(trial: Trial) -> dict[str, Any]:
    """Return an observed trial as JSON."""
    return {
        "experiment": trial.experiment.slug,
        "mechanism": trial.variant.mechanism.name,
        "variant": trial.variant.slug,
        "expected": trial.expected,
        "outcome": trial.observed,
        "agrees": trial.agrees,
        "facts": trial.observation.plain_facts,
        "sent": [vars(sent) for sent in trial.observation.sent],
        "weak": trial.is_weak,
        "counterpart": counterpart(trial),
    }


def counterpart(trial: Trial) -> str:
    """Return the key of the hardened variant to compare a weak one with; "" where there is none."""
    if not trial.is_weak:
        return ""
    hardened = [each.variant for each in plan([trial.experiment]) if not each.is_weak]
    hardened.sort(key=lambda variant: variant.mechanism is not trial.variant.mechanism)  # its own mechanism first
    return hardened[0].key if hardened else ""


def judgement(data: dict[str, Any], observed: str) -> dict[str, Any]:
    """Return the judgement of the prediction in this validated body; nothing without a prediction."""
    if "prediction" not in data:
        return {}
    return vars(judge(data["experiment"], data["variant"], data["prediction"], observed))


urlpatterns = [
    path("lab/api/run/", RunView.as_view(), name="lab-run"),
    path("lab/api/observed/", ReportView.as_view(), name="lab-observed"),
]
