"""The endpoints of the classroom: learners join, teachers control the class. They exist only in the lab.

A cookie identifies learners, a session identifies teachers. The browser attaches both automatically, so every unsafe
method needs a CSRF token.
"""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.api.fields import Strict
from authcompare.api.openapi.decorators import raises
from authcompare.api.throttling import JoinThrottle
from authcompare.classroom import live_updates
from authcompare.classroom.cleanup import delete_expired_classes, reset_learners
from authcompare.classroom.exceptions import ClassEnded, NicknameTaken, NoSuchClass, NotTheTeacher, NoVote
from authcompare.classroom.permissions import TeacherEndpoint, find_class
from authcompare.classroom.schedule import current_stop, planned_stops
from authcompare.classroom.serializers import (
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


def membership(classroom: Classroom, learner: Learner) -> dict[str, str]:
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

    @extend_schema(
        summary=_("Join"),
        description=_("Sets a cookie that identifies you. The rejoin code replaces a lost cookie."),
        request=JoinSerializer,
        responses={201: JoinResponse},
    )
    @raises(NoSuchClass, NicknameTaken, ClassEnded)
    def post(self, request: Request) -> Response:
        data = JoinSerializer.read(request)
        classroom, nickname = find_open_class(data["code"]), data["nickname"]
        try:
            with transaction.atomic():
                if classroom.learners.filter(nickname__iexact=nickname).exists():
                    raise NicknameTaken
                learner, self.new_key = create_learner(classroom=classroom, nickname=nickname, step=classroom.step)
        except IntegrityError:  # two requests at the same time
            raise NicknameTaken from None
        return Response(JoinResponse(membership(classroom, learner)).data, status=201)


class RejoinView(LearnerEndpoint):
    """Gives a learner's identity to another browser, or back to one that lost its cookie."""

    name = _("Rejoin a class")
    description = _("Continues as the same learner in another browser, or after this one lost its cookie.")
    throttle_classes = [JoinThrottle]

    @extend_schema(
        summary=_("Rejoin"),
        description=_("Sets a new cookie. The old cookie stops working."),
        request=RejoinSerializer,
        responses={200: JoinResponse},
    )
    @raises(NoSuchClass, ClassEnded)
    def post(self, request: Request) -> Response:
        data = RejoinSerializer.read(request)
        classroom = find_open_class(data["code"])
        learner = classroom.learners.filter(rejoin=data["rejoin"]).first()
        if learner is None:
            raise NoSuchClass(_("This class has no learner with this rejoin code."))
        self.new_key = replace_key(learner)
        touch(learner)
        return Response(JoinResponse(membership(classroom, learner)).data)


# Teachers


class OpenView(TeacherEndpoint):
    """Opens a class, and deletes the expired ones."""

    name = _("Open a class")
    description = _("Opens a class with a join code. For staff, signed in as at /admin/.")

    @extend_schema(
        summary=_("Open a class"),
        description=_("The class is deleted automatically after a while, with all its answers."),
        request=OpenSerializer,
        responses={201: OpenResponse},
    )
    @raises(NotTheTeacher)
    def post(self, request: Request) -> Response:
        data = OpenSerializer.read(request)
        if not request.user.is_staff:
            raise NotTheTeacher(_("Only staff can open a class: sign in with a teacher's account."))
        delete_expired_classes()
        delete_inactive_learners()
        first = planned_stops(data["plan"], settings.LANGUAGE_CODE)[0]
        while True:
            try:
                with transaction.atomic():
                    classroom = Classroom.objects.create(teacher=request.user, step=first.slug, **data)
            except IntegrityError:
                continue  # another class has this code
            url = reverse("classroom-screen", args=[classroom.code])
            return Response(OpenResponse({"code": classroom.code, "url": url}).data, status=201)


class ChangeView(TeacherEndpoint):
    """Changes one thing about a class. A subclass implements `change`."""

    description = _("For the teacher of this class only, signed in as at /admin/.")
    request_serializer: type[Strict] | None = None

    @extend_schema(
        description=_("Every page of the class notices the change within two seconds."),
        responses={200: ClassroomState},
    )
    @raises(NotTheTeacher, NoSuchClass, ClassEnded)
    def post(self, request: Request, code: str) -> Response:
        data = (self.request_serializer or Strict).read(request)
        classroom = find_class(request.user, code)
        if not classroom.is_open:
            raise ClassEnded
        self.change(classroom, **data)
        return Response(ClassroomState(classroom.to_dict()).data)


def gather(classroom: Classroom) -> None:
    """Move all learners to the step of their class."""
    classroom.learners.update(step=classroom.step, step_since=classroom.step_since)


@extend_schema_view(post=extend_schema(summary=_("Move to a step")))
class MoveView(ChangeView):
    name = _("Move a class")
    request_serializer = MoveSerializer

    def change(self, classroom: Classroom, step: str) -> None:
        if step not in {stop.slug for stop in planned_stops(classroom.plan, settings.LANGUAGE_CODE)}:
            raise ValidationError({"step": [_("The plan of this class has no such step.")]})
        classroom.change(step=step, step_since=timezone.now(), **NO_VOTE)
        if classroom.mode == Classroom.Mode.TEACHER_PACED:
            gather(classroom)


@extend_schema_view(post=extend_schema(summary=_("Set the pace")))
class ModeView(ChangeView):
    name = _("Set the pace of a class")
    request_serializer = ModeSerializer

    def change(self, classroom: Classroom, mode: str) -> None:
        if mode == classroom.mode:
            return
        classroom.change(mode=mode, step_since=timezone.now(), **NO_VOTE)
        if mode == Classroom.Mode.TEACHER_PACED:
            gather(classroom)


@extend_schema_view(post=extend_schema(summary=_("Open or close a vote")))
class VoteView(ChangeView):
    """Opens a vote on the current step, closes it, or unlocks the run."""

    name = _("Vote")
    request_serializer = VoteSerializer
    raises = (NoVote,)

    def change(self, classroom: Classroom, action: str, round: int) -> None:
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


@extend_schema_view(post=extend_schema(summary=_("Switch hints on or off")))
class HintsView(ChangeView):
    name = _("Hints")
    request_serializer = HintsSerializer

    def change(self, classroom: Classroom, on: bool) -> None:
        classroom.change(hints=on)


@extend_schema_view(post=extend_schema(summary=_("Reset one learner or the class")))
class ResetView(ChangeView):
    """Deletes the predictions, runs and sandboxes of one learner or of the whole class. All learners stay in it."""

    name = _("Reset a class")
    request_serializer = ResetSerializer
    raises = (NotFound,)

    def change(self, classroom: Classroom, learner: int | None = None) -> None:
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


@extend_schema_view(post=extend_schema(summary=_("End the class")))
class EndView(ChangeView):
    """Ends a class. Its teacher can export the answers until the class is deleted."""

    name = _("End a class")

    def change(self, classroom: Classroom) -> None:
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
