"""What is new in a class, asked for by every learner's page all the time: cheap when it is nothing.

Three hundred pages that ask every second and a half are two hundred requests a second. Nearly all of them find the
version that they know, which one query tells: `middleware` answers those before anything else is done about them.
"""

from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import SecondsField
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.classroom.schedule import stop
from authcompare.classroom.vote_results import answered, votes
from authcompare.learning.learners import learner_of, seen
from authcompare.learning.models import Learner, hashed

PATH = "/classroom/api/live/"
SEEN_EVERY = timedelta(seconds=20)  # somebody's presence is written down this often: a write costs more than a look


class NoClass(NotFound):
    default_code = "no_class"
    default_detail = _("You are in no class here, or it is over and has been deleted.")


class LiveQuery(serializers.Serializer):
    version = SecondsField(required=False, min_value=0, help_text=_("The version that you know."))


class Vote(ResponseSerializer):
    state = serializers.CharField()
    step = serializers.CharField(allow_blank=True)
    round = serializers.IntegerField()


class State(ResponseSerializer):
    """Where a class is."""

    version = serializers.IntegerField()
    mode = serializers.CharField()
    step = serializers.CharField()
    hints = serializers.BooleanField()
    vote = Vote()
    ended = serializers.BooleanField()

    @staticmethod
    def example(view):
        vote = {"state": "closed", "step": "take-it-back", "round": 1}
        return {"version": 12, "mode": "led", "step": "take-it-back", "hints": True, "vote": vote, "ended": False}


def state(classroom):
    return {
        "version": classroom.version,
        "mode": classroom.mode,
        "step": classroom.step,
        "hints": classroom.hints,
        "vote": {"state": classroom.vote, "step": classroom.vote_step, "round": classroom.vote_round},
        "ended": not classroom.open,
    }


class News(State):
    """... and what a learner's page needs beside."""

    since = serializers.FloatField()
    reset = serializers.FloatField(allow_null=True)
    answered = serializers.IntegerField()
    joined = serializers.IntegerField()
    histogram = serializers.DictField(required=False)

    @staticmethod
    def example(view):
        counted = {"answered": 27, "joined": 28, "histogram": {"session db": {"refused": 20, "let in": 7}}}
        return State.example(view) | {"since": 41.5, "reset": None} | counted


class LiveView(Endpoint):
    name = _("What is new")
    description = _("What has changed in the class since the version that you know: where it is, and what it votes on.")
    operations = {
        "GET": Operation(
            _("Ask what is new"),
            _("204 where nothing is. How the votes fell is told when the vote is closed, and not before."),
            query=LiveQuery,
            gives={200: News, 204: None},
            raises=(NoClass,),
        )
    }

    def get(self, request):
        LiveQuery(data=request.query_params).is_valid(raise_exception=True)
        learner = learner_of(request)
        if learner is None or learner.classroom is None:
            raise NoClass
        return Response(news(learner))


def middleware(get_response):
    """The outermost: tells whoever knows it all that nothing is new. LiveView tells everybody else."""
    if not settings.LAB:
        raise MiddlewareNotUsed

    def middleware(request):
        if request.path == PATH and request.method == "GET" and nothing_new(request):
            return HttpResponse(status=204, headers={"Cache-Control": "no-store", "Authenticated-By": "none"})
        return get_response(request)

    return middleware


def nothing_new(request):
    """Does this learner know the version that their class is at? By the way, note that they are here."""
    key = request.COOKIES.get(settings.LEARNER_COOKIE_NAME)
    if not key:
        return False
    # Three columns: Django takes five times as long to ask for all of both tables as the database to answer.
    known = Learner.objects.filter(key_hash=hashed(key)).values_list("pk", "last_seen_at", "classroom__version")
    for pk, seen_at, version in known:
        if timezone.now() - seen_at > SEEN_EVERY:
            seen(Learner(pk=pk))
        return request.GET.get("version") == str(version)
    return False


def news(learner):
    classroom = learner.classroom
    since = (timezone.now() - classroom.step_since).total_seconds()
    counts = counted(classroom.code, classroom.version, classroom)
    reset = learner.reset_at and learner.reset_at.timestamp()
    return state(classroom) | {"since": since, "reset": reset} | counts


@lru_cache(maxsize=64)
def counted(code, version, classroom):
    """What is counted with each version anew, and once for all who ask. (Models are equal when their keys are.)"""
    here = stop(classroom, translation.get_language())
    shown = votes(classroom, here.step) if here.voted else []
    return {
        "answered": answered(classroom, here),
        "joined": classroom.learners.count(),
        **({"histogram": shown[-1].counts} if shown else {}),
    }


urlpatterns = [path(PATH.lstrip("/"), LiveView.as_view(), name="classroom-live")]
