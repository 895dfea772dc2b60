"""The endpoint that runs one experiment at one variant."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.openapi.decorators import raises
from authcompare.api.throttling import ExperimentThrottle
from authcompare.experiments.base import Experiment
from authcompare.experiments.registry import find_experiment
from authcompare.experiments.runner import Cell, keep, observe
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import find_variant, variants


class InBrowser(APIException):
    status_code = 409
    default_code = "browser_only"
    default_detail = _("Only a browser can run this experiment. Open its page and run it there.")


class Broken(APIException):
    status_code = 503
    default_code = "experiment_failed"
    default_detail = _("The experiment failed before it ended. Run it again.")


class Busy(APIException):
    """All places are taken. Waiting for one here would block a thread that others need."""

    status_code = 429
    default_code = "busy"
    default_detail = _("Too many experiments are running. Try again in a second.")
    wait = 1  # seconds, for Retry-After


class RunSerializer(Strict):
    experiment = TextField(label=_("Experiment"), max_length=50)
    mechanism = TextField(label=_("Mechanism"), max_length=40)
    variant = TextField(label=_("Variant"), max_length=40)

    @staticmethod
    def example(view: APIView) -> dict[str, str]:
        first = variants()[0]
        return {"experiment": "replay-after-logout", "mechanism": first.mechanism.name, "variant": first.slug}


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


class RunView(Endpoint):
    """Runs one experiment at one variant, in-process, with sandbox accounts of its own."""

    name = _("Run an experiment")
    description = _("Runs one experiment at one door, with sandbox accounts of its own, and returns the observation.")
    throttle_classes = [ExperimentThrottle]

    @extend_schema(
        summary=_("Run the experiment"),
        description=_("The comparison keeps the observation as evidence."),
        request=RunSerializer,
        responses={200: ObservationAnswer},
    )
    @raises(NotFound, InBrowser, Broken, Busy)
    def post(self, request: Request) -> Response:
        fields = RunSerializer.read(request)
        experiment = find_experiment(fields["experiment"])
        variant = find_variant(fields["mechanism"], fields["variant"])
        if experiment is None or variant is None or not experiment.concerns(variant):
            raise NotFound(_("This experiment does not exist at this door."))
        return Response(run_at(experiment, variant))


# Experiments at a time in each process, by `waits`. Those that wait for an expiry cost nothing meanwhile; of the
# others, two keep a core busy, and leave the other threads to the pages that poll the class.
PLACES = {False: BoundedSemaphore(2), True: BoundedSemaphore(8)}


@contextmanager
def reserve_place(experiment: Experiment) -> Iterator[None]:
    """Hold one of the places for experiments of this kind; raise Busy when all are taken."""
    places = PLACES[experiment.waits]
    if not places.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        places.release()


def run_at(experiment: Experiment, variant: Variant) -> dict[str, Any]:
    """Run the experiment at the variant, store the evidence, and return the observation."""
    if experiment.browser:
        raise InBrowser
    with reserve_place(experiment):
        cell = observe(Cell(experiment, variant, experiment.expected(variant)))
    if cell.observation is None:
        raise Broken
    keep(cell)
    answer = {
        "experiment": experiment.slug,
        "mechanism": variant.mechanism.name,
        "variant": variant.slug,
        "expected": cell.expected,
        "outcome": cell.observation.outcome,
        "agrees": cell.agrees,
        "facts": cell.observation.plain_facts,
        "sent": cell.observation.sent,
    }
    return dict(ObservationAnswer(answer).data)


urlpatterns = [path("lab/api/run/", RunView.as_view(), name="lab-run")]
