"""The bodies that the classroom's endpoints take and answer."""

import unicodedata

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from authcompare.api.fields import SecondsField, Strict, TextField
from authcompare.api.openapi.operations import ResponseSerializer
from authcompare.learning.lessons import PLANS
from authcompare.learning.models import Classroom, Prediction

MAX_CODE_LENGTH = 20  # as a learner may type it, with spaces
EXAMPLE_CODE, EXAMPLE_REJOIN_CODE = "K7PQX", "M4T9KW"


class CodeField(TextField):
    """A code in upper case, without the spaces that people type."""

    def to_internal_value(self, data):
        return "".join(super().to_internal_value(data).split()).upper()


class NicknameField(TextField):
    """A name in one line and in its usual Unicode form (NFKC), without invisible characters."""

    def to_internal_value(self, data):
        text = unicodedata.normalize("NFKC", super().to_internal_value(data))
        categories = [(char, unicodedata.category(char)[0]) for char in text]
        visible = (" " if category == "Z" else char for char, category in categories if category != "C")
        return " ".join("".join(visible).split()) or self.fail("blank")


# Requests


class JoinSerializer(Strict):
    code = CodeField(label=_("Code"), max_length=MAX_CODE_LENGTH)
    nickname = NicknameField(label=_("Nickname"), max_length=24)


class RejoinSerializer(Strict):
    code = CodeField(label=_("Code"), max_length=MAX_CODE_LENGTH)
    rejoin = CodeField(label=_("Rejoin code"), max_length=MAX_CODE_LENGTH)


class OpenSerializer(Strict):
    plan = serializers.ChoiceField(PLANS, label=_("Minutes"))
    mode = serializers.ChoiceField(Classroom.Mode, label=_("Pace"), default=Classroom.Mode.TEACHER_PACED)


class MoveSerializer(Strict):
    step = TextField(label=_("Step"), max_length=50)


class ModeSerializer(Strict):
    mode = serializers.ChoiceField(Classroom.Mode, label=_("Pace"))


class VoteSerializer(Strict):
    action = serializers.ChoiceField(["open", "close", "run"], label=_("Action"))
    round = serializers.ChoiceField([Prediction.FIRST, Prediction.SECOND], label=_("Vote"), default=Prediction.FIRST)


class HintsSerializer(Strict):
    on = serializers.BooleanField(label=_("On"))


class ResetSerializer(Strict):
    learner = SecondsField(
        label=_("Learner"), required=False, min_value=1, help_text=_("Leave it out to reset the whole class.")
    )


class LiveQuery(serializers.Serializer):
    version = SecondsField(required=False, min_value=0, help_text=_("The version that you have."))


# Responses


class JoinResponse(ResponseSerializer):
    code = serializers.CharField()
    nickname = serializers.CharField()
    rejoin = serializers.CharField()
    step = serializers.CharField()

    @staticmethod
    def example(view):
        return {"code": EXAMPLE_CODE, "nickname": "Anna", "rejoin": EXAMPLE_REJOIN_CODE, "step": "the-table"}


class OpenResponse(ResponseSerializer):
    code = serializers.CharField()
    url = serializers.CharField()

    @staticmethod
    def example(view):
        return {"code": EXAMPLE_CODE, "url": reverse("classroom-screen", args=[EXAMPLE_CODE])}


class VoteState(ResponseSerializer):
    state = serializers.CharField()
    step = serializers.CharField(allow_blank=True)
    round = serializers.IntegerField()


class ClassroomState(ResponseSerializer):
    """The state of a class: Classroom.to_dict()."""

    version = serializers.IntegerField()
    mode = serializers.CharField()
    step = serializers.CharField()
    hints = serializers.BooleanField()
    vote = VoteState()
    ended = serializers.BooleanField()

    @staticmethod
    def example(view):
        vote = {"state": "closed", "step": "take-it-back", "round": 1}
        return {"version": 12, "mode": "led", "step": "take-it-back", "hints": True, "vote": vote, "ended": False}


class LearnerState(ClassroomState):
    """The state of a class as a learner's page needs it. `histogram` is present once the vote is closed."""

    since = serializers.FloatField()
    reset = serializers.FloatField(allow_null=True)
    histogram = serializers.DictField(required=False)

    @staticmethod
    def example(view):
        histogram = {"session db": {"refused": 20, "let in": 7}}
        return ClassroomState.example(view) | {"since": 41.5, "reset": None, "histogram": histogram}
