"""The experiments over HTTP: run one at a variant, or report what the visitor's browser observed."""

from contextlib import contextmanager
from threading import BoundedSemaphore

from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.api.throttling import ExperimentThrottle
from authcompare.experiments.base import Experiment, Observation
from authcompare.experiments.judging import judge
from authcompare.experiments.observations import set_visitor, store_for, visitor_of
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.runner import run, store
from authcompare.experiments.trial import Trial, plan
from authcompare.mechanisms.authentication import require_csrf_token
from authcompare.mechanisms.base import Variant
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

    def validate(self, data):
        data = super().validate(data)
        if not data["experiment"].browser:
            raise serializers.ValidationError({"experiment": [_("The server runs this experiment itself.")]})
        return data


def some_run(view):
    """Return an example of a body: an experiment at a variant."""
    variant = variants()[0]
    return {
        "experiment": "replay-after-logout",
        "mechanism": variant.mechanism.name,
        "variant": variant.slug,
    }


def some_report(view):
    """Return an example of a body: what a browser observed."""
    trial = plan(each for each in all_experiments() if each.browser)[0]
    return {
        "experiment": trial.experiment.slug,
        "mechanism": trial.variant.mechanism.name,
        "variant": trial.variant.slug,
        "outcome": trial.expected,
        "facts": [[str(_("the answer")), 200]],
    }


class SentAnswer(ResponseSerializer):
    exchange = serializers.CharField(allow_blank=True)
    method = serializers.CharField()
    path = serializers.CharField()
    status = serializers.IntegerField()
    curl = serializers.CharField()


class ObservationAnswer(ResponseSerializer):
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

    @staticmethod
    def example(view):
        return {
            "experiment": "replay-after-logout",
            "mechanism": "session",
            "variant": "db",
            "expected": "refused",
            "outcome": "refused",
            "agrees": True,
            "facts": [["the copy's response", 401]],
            "weak": False,
            "counterpart": "",
            "sent": [
                {
                    "exchange": "a001nJ3kq0Zb7xW2sT5vY8uA1g",
                    "method": "GET",
                    "path": "/sessions/api/protected/",
                    "status": 401,
                    "curl": "curl -i http://localhost/sessions/api/protected/ -H 'Cookie: ac_session=...'",
                }
            ],
        }


class JudgedObservation(ObservationAnswer):
    """An observation, compared with the prediction that was sent with the request, if any."""

    right = serializers.BooleanField(required=False)
    misconception = serializers.CharField(allow_blank=True, required=False)

    @staticmethod
    def example(view):
        return ObservationAnswer.example(view) | {"right": True, "misconception": ""}


class RunView(Endpoint):
    """Run one experiment at one variant, in-process, with its own sandbox accounts."""

    name = _("Run an experiment")
    description = _("Runs one experiment at one door with its own sandbox accounts, and returns what it observed.")
    throttle_classes = [ExperimentThrottle]
    operations = {
        "POST": Operation(
            _("Run it"),
            _("The server stores the observation as evidence for the comparison."),
            takes=RunSerializer,
            example=some_run,
            gives={200: JudgedObservation},
            raises=(NotFound, InBrowser, Broken, Busy),
        )
    }

    def post(self, request):
        data = validated(RunSerializer, request)
        result = run_at(data["experiment"], data["variant"])
        return Response(result | judgement(data, result["outcome"]))


class ReportView(Endpoint):
    """Take what the visitor's own browser observed. It counts for this visitor alone."""

    name = _("Report a browser's observation")
    description = _("Takes what your browser observed in an experiment that needs a browser.")
    throttle_classes = [ExperimentThrottle]
    operations = {
        "POST": Operation(
            _("Report it"),
            _("The server stores it for this browser only, and shows it in your experiments and your comparison."),
            takes=ReportSerializer,
            example=some_report,
            gives={200: JudgedObservation},
            raises=(NotFound,),
            csrf=True,
        )
    }

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            require_csrf_token(request._request)

    def post(self, request):
        data = validated(ReportSerializer, request)
        observation = Observation(data["outcome"], data["facts"], in_your_browser=True)
        trial = Trial(data["experiment"], data["variant"], observation)
        response = Response(to_dict(trial) | judgement(data, trial.observed))
        set_visitor(response, store_for(visitor_of(request), trial))
        return response


def validated(serializer_class: type[serializers.Serializer], request) -> dict:
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


# Slots for experiments in each process. Those that wait for a credential to expire cost little; two of the others keep
# a core busy, and leave the other threads to short requests such as a class's live updates.
SLOTS = {False: BoundedSemaphore(2), True: BoundedSemaphore(8)}


@contextmanager
def slot(experiment: Experiment):
    """Hold a slot for an experiment of this kind; raises Busy when all are taken."""
    slots = SLOTS[experiment.waits]
    if not slots.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        slots.release()


def run_at(experiment: Experiment, variant: Variant) -> dict:
    """Run this experiment at this variant, and store what was observed; returns it as JSON."""
    if experiment.browser:
        raise InBrowser
    with slot(experiment):
        trial = run(Trial(experiment, variant))
    if trial.observation is None:
        raise Broken
    store(trial)
    return to_dict(trial)


def to_dict(trial: Trial) -> dict:
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


def judgement(data: dict, observed: str) -> dict:
    """Return the judgement of the prediction in this validated body; nothing without a prediction."""
    if "prediction" not in data:
        return {}
    return vars(judge(data["experiment"], data["variant"], data["prediction"], observed))


urlpatterns = [
    path("lab/api/run/", RunView.as_view(), name="lab-run"),
    path("lab/api/observed/", ReportView.as_view(), name="lab-observed"),
]
