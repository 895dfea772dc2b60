"""The live updates of a class: every learner's page polls for changes.

Three hundred pages that poll every second and a half are two hundred requests a second. Almost all of them already
have the current version. One query tells: `middleware` answers these requests before any other work.
"""

from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.openapi.decorators import raises
from authcompare.classroom.exceptions import NoClass
from authcompare.classroom.schedule import current_stop
from authcompare.classroom.serializers import LearnerState, LiveQuery
from authcompare.classroom.vote_results import count_answers, visible_votes
from authcompare.learning.learners import find_learner, touch
from authcompare.learning.models import Classroom, Learner, hash_key

PATH = "/classroom/api/live/"
PRESENCE_INTERVAL = timedelta(seconds=20)  # between two writes of a last visit: a write costs more than a read


class LiveView(Endpoint):
    """Answers the state of the learner's class."""

    name = _("Live updates")
    description = _("Answers the state of your class: its step and its vote.")

    @extend_schema(
        summary=_("Get updates"),
        description=_("204 if your version is current. The histogram appears when the vote is closed."),
        parameters=[LiveQuery],
        responses={200: LearnerState, 204: None},
    )
    @raises(NoClass)
    def get(self, request: Request) -> Response:
        LiveQuery(data=request.query_params).is_valid(raise_exception=True)
        learner = find_learner(request)
        if learner is None or learner.classroom is None:
            raise NoClass
        return Response(LearnerState(learner_state(learner)).data)


def middleware(get_response):
    """Answer 204 to a page that has the current version, before any other middleware runs."""
    if not settings.LAB:
        raise MiddlewareNotUsed

    def middleware(request):
        if request.path == PATH and request.method == "GET" and has_current_version(request):
            return HttpResponse(status=204, headers={"Cache-Control": "no-store", "Authenticated-By": "none"})
        return get_response(request)

    return middleware


def has_current_version(request: HttpRequest) -> bool:
    """Return True if the request names the current version of its learner's class; store the learner's presence."""
    key = request.COOKIES.get(settings.LEARNER_COOKIE_NAME)
    if not key:
        return False
    # Three columns only: building both models takes Django five times as long as the database needs for the query.
    rows = Learner.objects.filter(key_hash=hash_key(key)).values_list("pk", "last_seen_at", "classroom__version")
    for pk, last_seen_at, version in rows:
        if timezone.now() - last_seen_at > PRESENCE_INTERVAL:
            touch(Learner(pk=pk))
        return request.GET.get("version") == str(version)
    return False


def learner_state(learner: Learner) -> dict:
    """Return the state of a learner's class, as LearnerState describes it."""
    classroom = learner.classroom
    return {
        **classroom.to_dict(),
        "since": (timezone.now() - classroom.step_since).total_seconds(),
        "reset": learner.reset_at and learner.reset_at.timestamp(),
        **cached_counts(classroom.code, classroom.version, classroom),
    }


@lru_cache(maxsize=64)
def cached_counts(code: str, version: int, classroom: Classroom) -> dict:
    """Return the numbers of answers and learners, and the histogram if it is visible: {variant key: {outcome: count}}.

    They are counted once per version for all learners. (Two instances of a model are equal if their keys are, so the
    version must be an argument.)
    """
    stop = current_stop(classroom, translation.get_language())
    votes = visible_votes(classroom, stop.step) if stop.has_vote else []
    counts = {"answered": count_answers(classroom, stop), "joined": classroom.learners.count()}
    return counts | ({"histogram": votes[-1].counts} if votes else {})


urlpatterns = [path(PATH.lstrip("/"), LiveView.as_view(), name="classroom-live")]
