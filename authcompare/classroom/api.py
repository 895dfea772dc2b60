"""The endpoints of the classroom: learners join, teachers control the class. They exist only in the lab.

A cookie identifies learners, a session identifies teachers. The browser attaches both automatically, so every unsafe
method needs a CSRF token.
"""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from authcompare.api.openapi.operations import Operation
from authcompare.api.throttling import JoinThrottle
from authcompare.classroom import live_updates
from authcompare.classroom.cleanup import delete_expired_classes, reset_learners
from authcompare.classroom.exceptions import ClassEnded, NicknameTaken, NoSuchClass, NotTheTeacher, NoVote
from authcompare.classroom.permissions import StaffEndpoint, TeacherEndpoint
from authcompare.classroom.schedule import current_stop, planned_stops
from authcompare.classroom.serializers import (
    EXAMPLE_CODE,
    EXAMPLE_REJOIN_CODE,
    ClassroomState,
    HintsSerializer,
    JoinResponse,
    JoinSerializer,
    ModeSerializer,
    MoveSerializer,
    OpenResponse,
    OpenSerializer,
    RejoinSerializer,
    ResetSerializer,
    VoteSerializer,
)
from authcompare.learning.learners import (
    LearnerEndpoint,
    create_learner,
    delete_inactive_learners,
    replace_key,
    touch,
    validated_data,
)
from authcompare.learning.models import Classroom, Learner, Prediction

NO_VOTE = {"vote": Classroom.Vote.NONE, "vote_step": "", "vote_round": Prediction.FIRST}


# Learners


def find_open_class(code: str) -> Classroom:
    """Return the open class with this code; raise NoSuchClass or ClassEnded."""
    classroom = Classroom.objects.filter(code=code).first()
    if classroom is None:
        raise NoSuchClass
    if not classroom.is_open:
        raise ClassEnded
    return classroom


def membership(classroom: Classroom, learner: Learner) -> dict:
    """Return what a learner needs in the class: the step to go to, and the rejoin code to keep."""
    is_teacher_paced = classroom.mode == Classroom.Mode.TEACHER_PACED
    return {
        "code": classroom.code,
        "nickname": learner.nickname,
        "rejoin": learner.rejoin,
        "step": classroom.step if is_teacher_paced else learner.step or classroom.step,
    }


class JoinView(LearnerEndpoint):
    """Creates a learner in a class."""

    name = _("Join a class")
    description = _("Joins a class under a nickname. No account and no e-mail address are needed.")
    throttle_classes = [JoinThrottle]
    operations = {
        "POST": Operation(
            _("Join"),
            _("Sets a cookie that identifies you. The rejoin code replaces a lost cookie."),
            takes=JoinSerializer,
            example={"code": EXAMPLE_CODE, "nickname": "Anna"},
            gives={201: JoinResponse},
            raises=(NoSuchClass, NicknameTaken, ClassEnded),
            csrf=True,
        )
    }

    def post(self, request):
        data = validated_data(JoinSerializer, request)
        classroom, nickname = find_open_class(data["code"]), data["nickname"]
        try:
            with transaction.atomic():
                if classroom.learners.filter(nickname__iexact=nickname).exists():
                    raise NicknameTaken
                learner, self.new_key = create_learner(classroom=classroom, nickname=nickname, step=classroom.step)
        except IntegrityError:  # two requests at the same time
            raise NicknameTaken from None
        return Response(membership(classroom, learner), status=201)


class RejoinView(LearnerEndpoint):
    """Gives a learner's identity to another browser, or back to one that lost its cookie."""

    name = _("Rejoin a class")
    description = _("Continues as the same learner in another browser, or after this one lost its cookie.")
    throttle_classes = [JoinThrottle]
    operations = {
        "POST": Operation(
            _("Rejoin"),
            _("Sets a new cookie. The old cookie stops working."),
            takes=RejoinSerializer,
            example={"code": EXAMPLE_CODE, "rejoin": EXAMPLE_REJOIN_CODE},
            gives={200: JoinResponse},
            raises=(NoSuchClass, ClassEnded),
            csrf=True,
        )
    }

    def post(self, request):
        data = validated_data(RejoinSerializer, request)
        classroom = find_open_class(data["code"])
        learner = classroom.learners.filter(rejoin=data["rejoin"]).first()
        if learner is None:
            raise NoSuchClass(_("This class has no learner with this rejoin code."))
        self.new_key = replace_key(learner)
        touch(learner)
        return Response(membership(classroom, learner))


# Teachers


class OpenView(StaffEndpoint):
    """Opens a class, and deletes the expired ones."""

    name = _("Open a class")
    description = _("Opens a class with a join code. For staff, signed in as at /admin/.")
    operations = {
        "POST": Operation(
            _("Open a class"),
            _("The class is deleted automatically after a while, with all its answers."),
            takes=OpenSerializer,
            example={"plan": 45, "mode": "led"},
            gives={201: OpenResponse},
            raises=(NotTheTeacher,),
            csrf=True,
        )
    }

    def act(self, teacher, plan, mode):
        delete_expired_classes()
        delete_inactive_learners()
        first = planned_stops(plan, settings.LANGUAGE_CODE)[0]
        while True:
            try:
                with transaction.atomic():
                    classroom = Classroom.objects.create(teacher=teacher, plan=plan, mode=mode, step=first.slug)
            except IntegrityError:
                continue  # another class has this code
            url = reverse("classroom-screen", args=[classroom.code])
            return Response({"code": classroom.code, "url": url}, status=201)


def change_operations(summary, takes=None, example=None, raises=()):
    """Return the operations of an endpoint that changes a class."""
    return {
        "POST": Operation(
            summary,
            _("Every page of the class notices the change within two seconds."),
            takes=takes,
            example=example,
            gives={200: ClassroomState},
            raises=(NotTheTeacher, NoSuchClass, ClassEnded, *raises),
            csrf=True,
        )
    }


class ChangeView(TeacherEndpoint):
    """Changes one thing about a class. A subclass implements `change`."""

    description = _("For the teacher of this class only, signed in as at /admin/.")

    def act(self, classroom, **data):
        if not classroom.is_open:
            raise ClassEnded
        self.change(classroom, **data)
        return Response(classroom.to_dict())


def gather(classroom: Classroom) -> None:
    """Move all learners to the step of their class."""
    classroom.learners.update(step=classroom.step, step_since=classroom.step_since)


class MoveView(ChangeView):
    name = _("Move a class")
    operations = change_operations(_("Move to a step"), MoveSerializer, {"step": "take-it-back"})

    def change(self, classroom, step):
        if step not in {stop.slug for stop in planned_stops(classroom.plan, settings.LANGUAGE_CODE)}:
            raise ValidationError({"step": [_("The plan of this class has no such step.")]})
        classroom.change(step=step, step_since=timezone.now(), **NO_VOTE)
        if classroom.mode == Classroom.Mode.TEACHER_PACED:
            gather(classroom)


class ModeView(ChangeView):
    name = _("Set the pace of a class")
    operations = change_operations(_("Set the pace"), ModeSerializer, {"mode": "free"})

    def change(self, classroom, mode):
        if mode == classroom.mode:
            return
        classroom.change(mode=mode, step_since=timezone.now(), **NO_VOTE)
        if mode == Classroom.Mode.TEACHER_PACED:
            gather(classroom)


class VoteView(ChangeView):
    """Opens a vote on the current step, closes it, or unlocks the run."""

    name = _("Vote")
    operations = change_operations(
        _("Open or close a vote"), VoteSerializer, {"action": "open", "round": 1}, raises=(NoVote,)
    )

    def change(self, classroom, action, round):
        stop = current_stop(classroom, settings.LANGUAGE_CODE)
        if action == "close":
            has_begun = classroom.vote_step == stop.slug and classroom.vote in {
                Classroom.Vote.OPEN,
                Classroom.Vote.CLOSED,
            }
            if stop.test is None and not has_begun:
                raise NoVote
            classroom.change(vote=Classroom.Vote.CLOSED, vote_step=stop.slug)
        elif not stop.has_vote or classroom.mode != Classroom.Mode.TEACHER_PACED:
            raise NoVote
        elif action == "open":
            classroom.change(vote=Classroom.Vote.OPEN, vote_round=round, vote_step=stop.slug)
        else:
            classroom.change(vote=Classroom.Vote.RUN, vote_step=stop.slug)


class HintsView(ChangeView):
    name = _("Hints")
    operations = change_operations(_("Switch hints on or off"), HintsSerializer, {"on": False})

    def change(self, classroom, on):
        classroom.change(hints=on)


class ResetView(ChangeView):
    """Deletes the predictions, runs and sandboxes of one learner or of the whole class. All learners stay in it."""

    name = _("Reset a class")
    operations = change_operations(
        _("Reset one learner or the class"), ResetSerializer, {"learner": 7}, raises=(NotFound,)
    )

    def change(self, classroom, learner=None):
        if learner is None:
            reset_learners(classroom.learners.all())
            first = planned_stops(classroom.plan, settings.LANGUAGE_CODE)[0]
            classroom.change(step=first.slug, step_since=timezone.now(), **NO_VOTE)
            gather(classroom)
            return
        chosen = classroom.learners.filter(pk=learner)
        if not chosen.exists():
            raise NotFound(_("This class has no such learner."))
        reset_learners(chosen)
        classroom.change()


class EndView(ChangeView):
    """Ends a class. Its teacher can export the answers until the class is deleted."""

    name = _("End a class")
    operations = change_operations(_("End the class"))

    def change(self, classroom):
        classroom.change(ended_at=timezone.now(), **NO_VOTE)


CHANGES = {
    "move": MoveView,
    "mode": ModeView,
    "vote": VoteView,
    "hints": HintsView,
    "reset": ResetView,
    "end": EndView,
}

urlpatterns = [
    *live_updates.urlpatterns,
    path("classroom/api/join/", JoinView.as_view(), name="classroom-api-join"),
    path("classroom/api/rejoin/", RejoinView.as_view(), name="classroom-api-rejoin"),
    path("classroom/api/open/", OpenView.as_view(), name="classroom-api-open"),
    *(
        path(f"classroom/api/<str:code>/{name}/", view.as_view(), name=f"classroom-api-{name}")
        for name, view in CHANGES.items()
    ),
]
