"""The pages of the classroom: where learners join, the teacher's console, and the screen for the wall.

Console and screen are drawn here alone: their script fetches them again and again, and replaces what has changed.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import wraps

from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from authcompare.classroom import exports
from authcompare.classroom.invitation import Invitation
from authcompare.classroom.permissions import NoSuchClass, NotTheTeacher, class_of
from authcompare.classroom.schedule import agenda, stop
from authcompare.classroom.vote_results import answered, gained, ideas, votes
from authcompare.experiments.views import in_lab
from authcompare.learning.learners import learner_of
from authcompare.learning.lessons import PLANS, planned, steps
from authcompare.learning.models import Classroom, Learner, Prediction

AWAY = timedelta(seconds=45)  # more than two of the moments at which a presence is written down


@in_lab
def entrance(request, code=""):
    """Join a class, come back to it, or, for staff, open one."""
    language, learner = translation.get_language(), learner_of(request)
    context = {
        "code": code.upper(),
        "here": learner if learner and learner.classroom and learner.classroom.open else None,
        "plans": [(each, sum(step.minutes[each] for step in planned(each, language))) for each in PLANS],
        "modes": Classroom.Mode.choices,
        "classes": request.user.classrooms.filter(expires_at__gt=timezone.now()).order_by("-created_at")
        if request.user.is_staff
        else [],
    }
    return render(request, "classroom/entrance.html", context)


def of_the_teacher(view):
    """A page for the teacher of the class that its address names. Others are sent to sign in, or refused."""

    @in_lab
    @staff_member_required
    @wraps(view)
    def guarded(request, code, **kwargs):
        try:
            classroom = class_of(request.user, code)
        except NoSuchClass:
            raise Http404 from None
        except NotTheTeacher:
            raise PermissionDenied from None
        request.unlogged = bool(request.GET.get("again"))  # its script asks all the time
        return view(request, classroom, **kwargs)

    return guarded


@dataclass(frozen=True)
class Present:
    """One learner, as the teacher sees them: where, and for how long. Never what they have answered."""

    learner: Learner
    title: str
    minutes: int  # at this step
    planned: int | None
    away: int | None  # minutes since they were last seen, if they are not here

    @property
    def stuck(self):
        """Longer than the plan gives this step?"""
        return self.planned is not None and self.minutes > self.planned


def present(classroom, language, now):
    titles = {step.slug: step.title for step in steps(language)}
    stops = {each.slug: each for each in agenda(classroom.plan, language)}
    for learner in classroom.learners.order_by("nickname"):
        at = stops.get(learner.step)
        unseen = now - learner.last_seen_at
        yield Present(
            learner,
            at.title if at else titles.get(learner.step, learner.step),
            whole_minutes(now - learner.step_since),
            at.minutes if at and classroom.mode == Classroom.Mode.FREE else None,
            whole_minutes(unseen) if unseen > AWAY else None,
        )


def whole_minutes(time):
    return int(time.total_seconds() // 60)


def shown(request, classroom):
    """What console and screen have in common."""
    language = translation.get_language()
    here = stop(classroom, language)
    stops = agenda(classroom.plan, language)
    at = stops.index(here)
    known = votes(classroom, here.step) if here.voted else []
    voting = classroom.vote if classroom.vote_step == here.slug else Classroom.Vote.NONE
    return {
        "classroom": classroom,
        "stop": here,
        "stops": stops,
        "at": at,
        "previous": stops[at - 1] if at else None,
        "next": stops[at + 1] if at + 1 < len(stops) else None,
        "led": classroom.mode == Classroom.Mode.LED,
        "vote": voting,
        "open": classroom.open,
        "joined": classroom.learners.count(),
        "answered": answered(classroom, here) if here.test is not None or voting != Classroom.Vote.NONE else None,
        "votes": known,
        "gain": gained(*known) if len(known) == 2 else None,
        "ideas": ideas(classroom, language) if here.test == Prediction.POST or not classroom.open else [],
        "invitation": Invitation(request, classroom),
    }


@of_the_teacher
def console(request, classroom):
    now = timezone.now()
    context = shown(request, classroom) | {
        "present": list(present(classroom, translation.get_language(), now)),
        "minutes": whole_minutes(now - classroom.step_since),
    }
    return render(request, "classroom/console.html", context)


@of_the_teacher
def screen(request, classroom):
    return render(request, "classroom/screen.html", shown(request, classroom))


@of_the_teacher
def export(request, classroom, kind):
    """All that the class has answered, under pseudonyms, as a file."""
    if kind not in exports.KINDS:
        raise Http404
    content_type, write = exports.KINDS[kind]
    name = f"authcompare-{classroom.code}.{kind}"
    return HttpResponse(
        write(classroom),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
