"""The pages of the classroom: joining, the teacher's console, and the screen for the projector.

The server renders console and screen. Their script fetches them again and again, and replaces what has changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps

from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from authcompare.classroom import exports
from authcompare.classroom.exceptions import NoSuchClass, NotTheTeacher
from authcompare.classroom.invitation import Invitation
from authcompare.classroom.permissions import find_class
from authcompare.classroom.schedule import current_stop, planned_stops
from authcompare.classroom.vote_results import count_answers, misconception_gains, visible_votes, vote_gain
from authcompare.experiments.views import in_lab
from authcompare.learning.learners import find_learner
from authcompare.learning.lessons import PLANS, planned_steps, steps
from authcompare.learning.models import Classroom, Learner, Prediction

AWAY_AFTER = timedelta(seconds=45)  # more than two intervals at which a presence is stored


@in_lab
def entrance(request, code=""):
    """Show the forms to join and rejoin a class and, for staff, to open one."""
    language, learner = translation.get_language(), find_learner(request)
    classes = []
    if request.user.is_staff:
        classes = request.user.classrooms.filter(expires_at__gt=timezone.now()).order_by("-created_at")
    context = {
        "code": code.upper(),
        "member": learner if learner and learner.classroom and learner.classroom.is_open else None,
        "plans": [(plan, sum(step.minutes[plan] for step in planned_steps(plan, language))) for plan in PLANS],
        "modes": Classroom.Mode.choices,
        "classes": classes,
    }
    return render(request, "classroom/entrance.html", context)


def teacher_page(view):
    """Decorate a page for the teacher of the class in its URL. Other users must sign in, or get 403."""

    @in_lab
    @staff_member_required
    @wraps(view)
    def guarded(request, code, **kwargs):
        try:
            classroom = find_class(request.user, code)
        except NoSuchClass:
            raise Http404 from None
        except NotTheTeacher:
            raise PermissionDenied from None
        request.unlogged = bool(request.GET.get("again"))  # the page's script polls
        return view(request, classroom, **kwargs)

    return guarded


@dataclass(frozen=True)
class LearnerRow:
    """One learner as the teacher sees them: the step and the minutes there, never an answer."""

    learner: Learner
    title: str
    minutes: int  # at this step
    planned: int | None  # None in a teacher-paced class
    away: int | None  # minutes since the last visit; None if the learner is here

    @property
    def is_late(self) -> bool:
        """True if the learner stays longer than the plan gives this step."""
        return self.planned is not None and self.minutes > self.planned


def learner_rows(classroom: Classroom, language: str, now: datetime) -> list[LearnerRow]:
    """Return a row for each learner of a class, by nickname."""
    titles = {step.slug: step.title for step in steps(language)}
    stops = {stop.slug: stop for stop in planned_stops(classroom.plan, language)}
    rows = []
    for learner in classroom.learners.order_by("nickname"):
        stop = stops.get(learner.step)
        absence = now - learner.last_seen_at
        rows.append(
            LearnerRow(
                learner,
                stop.title if stop else titles.get(learner.step, learner.step),
                whole_minutes(now - learner.step_since),
                stop.minutes if stop and classroom.mode == Classroom.Mode.SELF_PACED else None,
                whole_minutes(absence) if absence > AWAY_AFTER else None,
            )
        )
    return rows


def whole_minutes(duration: timedelta) -> int:
    return int(duration.total_seconds() // 60)


def class_context(request: HttpRequest, classroom: Classroom) -> dict:
    """Return the template context that console and screen share."""
    language = translation.get_language()
    stop, stops = current_stop(classroom, language), planned_stops(classroom.plan, language)
    index = stops.index(stop)
    votes = visible_votes(classroom, stop.step) if stop.has_vote else []
    state = classroom.vote if classroom.vote_step == stop.slug else Classroom.Vote.NONE
    has_answers = stop.test is not None or state != Classroom.Vote.NONE
    shows_gains = stop.test == Prediction.POST or not classroom.is_open
    return {
        "classroom": classroom,
        "stop": stop,
        "stops": stops,
        "index": index,
        "previous": stops[index - 1] if index else None,
        "next": stops[index + 1] if index + 1 < len(stops) else None,
        "teacher_paced": classroom.mode == Classroom.Mode.TEACHER_PACED,
        "vote": state,
        "open": classroom.is_open,
        "joined": classroom.learners.count(),
        "answered": count_answers(classroom, stop) if has_answers else None,
        "votes": votes,
        "gain": vote_gain(*votes) if len(votes) == 2 else None,
        "gains": misconception_gains(classroom, language) if shows_gains else [],
        "invitation": Invitation(request, classroom),
    }


@teacher_page
def console(request, classroom):
    """Show the teacher's console."""
    now = timezone.now()
    context = class_context(request, classroom) | {
        "rows": learner_rows(classroom, translation.get_language(), now),
        "minutes": whole_minutes(now - classroom.step_since),
    }
    return render(request, "classroom/console.html", context)


@teacher_page
def screen(request, classroom):
    """Show the screen for the projector."""
    return render(request, "classroom/screen.html", class_context(request, classroom))


@teacher_page
def export(request, classroom, kind):
    """Send all answers of a class as a file, under pseudonyms."""
    if kind not in exports.KINDS:
        raise Http404
    content_type, write = exports.KINDS[kind]
    name = f"authcompare-{classroom.code}.{kind}"
    return HttpResponse(
        write(classroom),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
