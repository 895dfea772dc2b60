"""The classroom over HTTP: learners join, and their teacher moves them. It exists in the lab only.

Learners are known by their cookie, teachers by their session. A browser sends both by itself, so whatever changes
something asks for a CSRF token.
"""

import unicodedata

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response

from authcompare.api.fields import SecondsField, Strict, TextField
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.api.throttling import JoinThrottle
from authcompare.classroom import live_updates
from authcompare.classroom.cleanup import forget_classes, reset
from authcompare.classroom.permissions import NoSuchClass, NotTheTeacher, TeacherEndpoint
from authcompare.classroom.schedule import agenda, stop
from authcompare.learning.learners import LearnerEndpoint, forget_unseen, give_new_key, make, seen
from authcompare.learning.lessons import PLANS
from authcompare.learning.models import Classroom, Prediction
from authcompare.walkthrough.api import Refused, validated

LONGEST_CODE = 20  # as somebody may type it, with spaces
NO_VOTE = {"vote": Classroom.Vote.NONE, "vote_step": "", "vote_round": Prediction.FIRST}
SOME_CODE, SOME_REJOIN = "K7PQX", "M4T9KW"  # examples'


class NicknameTaken(Refused):
    default_code = "nickname_taken"
    default_detail = _("Somebody in this class has this nickname already: add a letter.")


class ClassEnded(APIException):
    status_code = 410
    default_code = "class_ended"
    default_detail = _("This class is over.")


class NoVote(Refused):
    default_code = "no_vote"
    default_detail = _("There is nothing to vote on now.")


class CodeField(TextField):
    """A code as people type it: in small letters, with spaces."""

    def to_internal_value(self, data):
        return "".join(super().to_internal_value(data).split()).upper()


class NicknameField(TextField):
    """A name as it can be shown to everybody: without invisible characters, in their usual form, in one line."""

    def to_internal_value(self, data):
        text = unicodedata.normalize("NFKC", super().to_internal_value(data))
        kinds = [(char, unicodedata.category(char)[0]) for char in text]
        tidy = " ".join("".join(" " if kind == "Z" else char for char, kind in kinds if kind != "C").split())
        return tidy or self.fail("blank")


# Learners


class JoinSerializer(Strict):
    code = CodeField(label=_("Code"), max_length=LONGEST_CODE)
    nickname = NicknameField(label=_("Nickname"), max_length=24)


class RejoinSerializer(Strict):
    code = CodeField(label=_("Code"), max_length=LONGEST_CODE)
    rejoin = CodeField(label=_("Rejoin code"), max_length=LONGEST_CODE)


class Joined(ResponseSerializer):
    code = serializers.CharField()
    nickname = serializers.CharField()
    rejoin = serializers.CharField()
    step = serializers.CharField()

    @staticmethod
    def example(view):
        return {"code": SOME_CODE, "nickname": "Anna", "rejoin": SOME_REJOIN, "step": "the-table"}


def open_class(code):
    """The class with this code, as long as one can join it."""
    classroom = Classroom.objects.filter(code=code).first()
    if classroom is None:
        raise NoSuchClass
    if not classroom.open:
        raise ClassEnded
    return classroom


def joined(classroom, learner):
    """What a learner is told: where to go, and what to keep."""
    led = classroom.mode == Classroom.Mode.LED
    return {
        "code": classroom.code,
        "nickname": learner.nickname,
        "rejoin": learner.rejoin,
        "step": classroom.step if led else learner.step or classroom.step,
    }


class JoinView(LearnerEndpoint):
    """Joins a class under a nickname. No account, no e-mail."""

    name = _("Join a class")
    description = _("Joins a class under a nickname. No account, no e-mail.")
    throttle_classes = [JoinThrottle]
    operations = {
        "POST": Operation(
            _("Join"),
            _("Sets the cookie by which you are known from now on. The rejoin code brings you back without it."),
            takes=JoinSerializer,
            example={"code": SOME_CODE, "nickname": "Anna"},
            gives={201: Joined},
            raises=(NoSuchClass, NicknameTaken, ClassEnded),
            csrf=True,
        )
    }

    def post(self, request):
        wanted = validated(JoinSerializer, request)
        classroom, nickname = open_class(wanted["code"]), wanted["nickname"]
        try:
            with transaction.atomic():
                if classroom.learners.filter(nickname__iexact=nickname).exists():
                    raise NicknameTaken
                learner, self.key = make(classroom=classroom, nickname=nickname, step=classroom.step)
        except IntegrityError:  # they came at the same moment
            raise NicknameTaken from None
        return Response(joined(classroom, learner), status=201)


class RejoinView(LearnerEndpoint):
    """Makes somebody who they were: after their browser has forgotten it, or in another one."""

    name = _("Come back to a class")
    description = _("Makes you who you were in a class, after your browser has forgotten it or in another one.")
    throttle_classes = [JoinThrottle]
    operations = {
        "POST": Operation(
            _("Come back"),
            _("Sets a new cookie; the one that you had before is worth nothing from now on."),
            takes=RejoinSerializer,
            example={"code": SOME_CODE, "rejoin": SOME_REJOIN},
            gives={200: Joined},
            raises=(NoSuchClass, ClassEnded),
            csrf=True,
        )
    }

    def post(self, request):
        wanted = validated(RejoinSerializer, request)
        classroom = open_class(wanted["code"])
        learner = classroom.learners.filter(rejoin=wanted["rejoin"]).first()
        if learner is None:
            raise NoSuchClass(_("Nobody in this class has this rejoin code."))
        self.key = give_new_key(learner)
        seen(learner)
        return Response(joined(classroom, learner))


# Teachers


class OpenSerializer(Strict):
    plan = serializers.ChoiceField(PLANS, label=_("Minutes"))
    mode = serializers.ChoiceField(Classroom.Mode, label=_("Who moves"), default=Classroom.Mode.LED)


class Opened(ResponseSerializer):
    code = serializers.CharField()
    url = serializers.CharField()

    @staticmethod
    def example(view):
        return Opened.of(Classroom(code=SOME_CODE))

    @staticmethod
    def of(classroom):
        return {"code": classroom.code, "url": reverse("classroom-screen", args=[classroom.code])}


class OpenView(TeacherEndpoint):
    """Opens a class. Those whose time is up are deleted by the way."""

    name = _("Open a class")
    description = _("Opens a class, with a code that learners join by. For staff, signed in as at /admin/.")
    operations = {
        "POST": Operation(
            _("Open a class"),
            _("It is deleted by itself after a while, with all that was answered in it."),
            takes=OpenSerializer,
            example={"plan": 45, "mode": "led"},
            gives={201: Opened},
            raises=(NotTheTeacher,),
            csrf=True,
        )
    }

    def admitted(self, user):
        if not user.is_staff:
            raise NotTheTeacher(_("Only staff may open a class: sign in with a teacher's account."))
        return user

    def act(self, teacher, plan, mode):
        forget_classes()
        forget_unseen()
        first = agenda(plan, settings.LANGUAGE_CODE)[0]
        while True:
            try:
                with transaction.atomic():
                    classroom = Classroom.objects.create(teacher=teacher, plan=plan, mode=mode, step=first.slug)
            except IntegrityError:
                continue  # the code is taken
            return Response(Opened.of(classroom), status=201)


def changing(summary, takes=None, example=None, raises=()):
    """What the endpoints have in common that change a class."""
    return {
        "POST": Operation(
            summary,
            _("Every page of the class knows it within two seconds."),
            takes=takes,
            example=example,
            gives={200: live_updates.State},
            raises=(NotTheTeacher, NoSuchClass, ClassEnded, *raises),
            csrf=True,
        )
    }


class ChangeView(TeacherEndpoint):
    """Changes one thing about a class, for its teacher. `change` does it."""

    description = _("For the teacher of this class only, signed in as at /admin/.")

    def act(self, classroom, **wanted):
        if not classroom.open:
            raise ClassEnded
        self.change(classroom, **wanted)
        return Response(live_updates.state(classroom))


class MoveSerializer(Strict):
    step = TextField(label=_("Step"), max_length=50)


def gather(classroom):
    """Everybody is where the class is, as of now."""
    classroom.learners.update(step=classroom.step, step_since=classroom.step_since)


class MoveView(ChangeView):
    name = _("Move a class")
    operations = changing(_("Move to a step"), MoveSerializer, {"step": "take-it-back"})

    def change(self, classroom, step):
        if step not in {stop.slug for stop in agenda(classroom.plan, settings.LANGUAGE_CODE)}:
            raise ValidationError({"step": [_("There is no such step in the plan of this class.")]})
        classroom.change(step=step, step_since=timezone.now(), **NO_VOTE)
        if classroom.mode == Classroom.Mode.LED:
            gather(classroom)


class ModeSerializer(Strict):
    mode = serializers.ChoiceField(Classroom.Mode, label=_("Who moves"))


class ModeView(ChangeView):
    name = _("Lead a class, or let it go")
    operations = changing(_("Say who moves"), ModeSerializer, {"mode": "free"})

    def change(self, classroom, mode):
        if mode == classroom.mode:
            return
        classroom.change(mode=mode, step_since=timezone.now(), **NO_VOTE)
        if mode == Classroom.Mode.LED:
            gather(classroom)


class VoteSerializer(Strict):
    action = serializers.ChoiceField(["open", "close", "run"], label=_("What"))
    round = serializers.ChoiceField([Prediction.FIRST, Prediction.SECOND], label=_("Vote"), default=Prediction.FIRST)


class VoteView(ChangeView):
    """Opens a vote on the step that the class is at, closes it, and lets everybody run it."""

    name = _("Vote")
    operations = changing(_("Open or close a vote"), VoteSerializer, {"action": "open", "round": 1}, raises=(NoVote,))

    def change(self, classroom, action, round):
        here = stop(classroom, settings.LANGUAGE_CODE)
        voting = {"vote_step": here.slug}
        if action == "close":
            voted = classroom.vote_step == here.slug and classroom.vote in {Classroom.Vote.OPEN, Classroom.Vote.CLOSED}
            if here.test is None and not voted:
                raise NoVote
            classroom.change(vote=Classroom.Vote.CLOSED, **voting)
        elif not here.voted or classroom.mode != Classroom.Mode.LED:
            raise NoVote
        elif action == "open":
            classroom.change(vote=Classroom.Vote.OPEN, vote_round=round, **voting)
        else:
            classroom.change(vote=Classroom.Vote.RUN, **voting)


class HintsSerializer(Strict):
    on = serializers.BooleanField(label=_("On"))


class HintsView(ChangeView):
    name = _("Hints")
    operations = changing(_("Allow hints, or not"), HintsSerializer, {"on": False})

    def change(self, classroom, on):
        classroom.change(hints=on)


class ResetSerializer(Strict):
    learner = SecondsField(label=_("Learner"), required=False, min_value=1, help_text=_("Left out: everybody."))


class ResetView(ChangeView):
    """Throws away what one learner, or everybody, has answered, seen and made. Whoever has joined stays."""

    name = _("Reset a class")
    operations = changing(_("Reset one learner, or all"), ResetSerializer, {"learner": 7}, raises=(NotFound,))

    def change(self, classroom, learner=None):
        if learner is None:
            reset(classroom.learners.all())
            first = agenda(classroom.plan, settings.LANGUAGE_CODE)[0]
            classroom.change(step=first.slug, step_since=timezone.now(), **NO_VOTE)
            gather(classroom)
            return
        found = classroom.learners.filter(pk=learner)
        if not found.exists():
            raise NotFound(_("There is no such learner in this class."))
        reset(found)
        classroom.change()


class EndView(ChangeView):
    """Ends a class. Its answers can be exported until it deletes itself."""

    name = _("End a class")
    operations = changing(_("End the class"))

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
