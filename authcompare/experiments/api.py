"""The experiments over HTTP: one run at one door, with what it saw, and the pages that show them."""

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
from authcompare.experiments.registry import find_experiment
from authcompare.experiments.runner import Cell, keep, observe
from authcompare.mechanisms.registry import find_variant, variants


class InBrowser(APIException):
    status_code = 409
    default_code = "browser_only"
    default_detail = _("Only a browser can show this: open the experiment's page and run it there.")


class Broken(APIException):
    status_code = 503
    default_code = "experiment_failed"
    default_detail = _("The experiment could not be finished. Run it again.")


class Busy(APIException):
    """Enough experiments are running. Who comes again soon finds a place; who waited here would hold up everybody."""

    status_code = 429
    default_code = "busy"
    default_detail = _("Many experiments are running at this moment. Yours has not begun: try again in a second.")
    wait = 1  # seconds, for Retry-After


class RunSerializer(Strict):
    experiment = TextField(label=_("Experiment"), max_length=50)
    mechanism = TextField(label=_("Mechanism"), max_length=40)
    variant = TextField(label=_("Variant"), max_length=40)


def some_run(view):
    """An experiment at a door, as an example of a body."""
    door = variants()[0]
    return {
        "experiment": "replay-after-logout",
        "mechanism": door.mechanism.name,
        "variant": door.slug,
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

    @staticmethod
    def example(view):
        return {
            "experiment": "replay-after-logout",
            "mechanism": "session",
            "variant": "db",
            "expected": "refused",
            "outcome": "refused",
            "agrees": True,
            "facts": [["the copy's answer", 401]],
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


class RunView(Endpoint):
    """Runs one experiment at one door, in-process, with throwaway accounts of its own.

    Answers what was seen, every request that led to it, and whether it is what the door promises.
    """

    name = _("Run an experiment")
    description = _("Runs one experiment at one door, with throwaway accounts of its own, and tells what was seen.")
    throttle_classes = [ExperimentThrottle]
    operations = {
        "POST": Operation(
            _("Run it"),
            _("What is seen here is kept as evidence for the comparison."),
            takes=RunSerializer,
            example=some_run,
            gives={200: ObservationAnswer},
            raises=(NotFound, InBrowser, Broken, Busy),
        )
    }

    def post(self, request):
        serializer = RunSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        tried, door = find_experiment(wanted["experiment"]), find_variant(wanted["mechanism"], wanted["variant"])
        if tried is None or door is None or not tried.concerns(door):
            raise NotFound(_("There is no such experiment at such a door."))
        return Response(run_at(tried, door))


# How many run at a time in each process. Those that wait for an end to come cost nothing meanwhile; of the others, two
# keep a core busy, and leave the other threads to who only asks what is new in the class.
PLACES = {False: BoundedSemaphore(2), True: BoundedSemaphore(8)}


@contextmanager
def a_place(tried):
    """One of the places for experiments of this kind; raises Busy when all are taken."""
    places = PLACES[tried.waits]
    if not places.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        places.release()


def run_at(tried, door):
    """Run this experiment at this door and keep what was seen; returns what is told of it."""
    if tried.browser:
        raise InBrowser
    with a_place(tried):
        cell = observe(Cell(tried, door, tried.expected(door)))
    if cell.observation is None:
        raise Broken
    keep(cell)
    return {
        "experiment": tried.slug,
        "mechanism": door.mechanism.name,
        "variant": door.slug,
        "expected": cell.expected,
        "outcome": cell.observation.outcome,
        "agrees": cell.agrees,
        "facts": cell.observation.plain_facts,
        "sent": [vars(sent) for sent in cell.observation.sent],
    }


urlpatterns = [path("lab/api/run/", RunView.as_view(), name="lab-run")]
