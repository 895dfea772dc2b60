"""The bodies that the classroom's endpoints take and answer."""

import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from authcompare.api.fields import Strict, StrictIntegerField, TextField
from authcompare.learning.lessons import PLANS
from authcompare.learning.models import Classroom, Prediction

MAX_CODE_LENGTH = 20  # as a learner may type it, with spaces
EXAMPLE_CODE, EXAMPLE_REJOIN_CODE = "K7PQX", "M4T9KW"


class CodeField(TextField):
    """A code in upper case, without the spaces that people type."""

    def to_internal_value(self, data: Any) -> str:
        return "".join(super().to_internal_value(data).split()).upper()


class NicknameField(TextField):
    """A name in one line and in its usual Unicode form (NFKC), without invisible characters."""

    def to_internal_value(self, data: Any) -> str:
        text = unicodedata.normalize("NFKC", super().to_internal_value(data))
        categories = [(char, unicodedata.category(char)[0]) for char in text]
        visible = (" " if category == "Z" else char for char, category in categories if category != "C")
        return " ".join("".join(visible).split()) or self.fail("blank")


# Requests


class JoinSerializer(Strict):
    code = CodeField(label=_("Join code"), max_length=MAX_CODE_LENGTH)
    nickname = NicknameField(label=_("Nickname"), max_length=24)
    example = {"code": EXAMPLE_CODE, "nickname": "Anna"}


class RejoinSerializer(Strict):
    code = CodeField(label=_("Join code"), max_length=MAX_CODE_LENGTH)
    rejoin = CodeField(label=_("Rejoin code"), max_length=MAX_CODE_LENGTH)
    example = {"code": EXAMPLE_CODE, "rejoin": EXAMPLE_REJOIN_CODE}


class OpenSerializer(Strict):
    plan = serializers.ChoiceField(PLANS, label=_("Minutes"))
    mode = serializers.ChoiceField(Classroom.Mode, label=_("Pace"), default=Classroom.Mode.TEACHER_PACED)
    example = {"plan": 45, "mode": "led"}


class MoveSerializer(Strict):
    step = TextField(label=_("Step"), max_length=50)
    example = {"step": "take-it-back"}


class ModeSerializer(Strict):
    mode = serializers.ChoiceField(Classroom.Mode, label=_("Pace"))
    example = {"mode": "free"}


class VoteSerializer(Strict):
    action = serializers.ChoiceField(["open", "close", "run"], label=_("Action"))
    round = serializers.ChoiceField([Prediction.FIRST, Prediction.SECOND], label=_("Vote"), default=Prediction.FIRST)
    example = {"action": "open", "round": 1}


class HintsSerializer(Strict):
    on = serializers.BooleanField(label=_("On"))
    example = {"on": False}


class ResetSerializer(Strict):
    learner = StrictIntegerField(
        label=_("Learner"), required=False, min_value=1, help_text=_("Leave it out to reset the whole class.")
    )
    example = {"learner": 7}


class LiveQuery(serializers.Serializer):
    version = StrictIntegerField(required=False, min_value=0, help_text=_("The version that you have."))


# Responses. The document keeps the component names of the first release, from which clients are generated.


@extend_schema_serializer(component_name="Joined")
class JoinResponse(serializers.Serializer):
    code = serializers.CharField()
    nickname = serializers.CharField()
    rejoin = serializers.CharField()
    step = serializers.CharField()


@extend_schema_serializer(component_name="Opened")
class OpenResponse(serializers.Serializer):
    code = serializers.CharField()
    url = serializers.CharField()


@extend_schema_serializer(component_name="Vote")
class VoteState(serializers.Serializer):
    state = serializers.CharField()
    step = serializers.CharField(allow_blank=True)
    round = serializers.IntegerField()


@extend_schema_serializer(component_name="State")
class ClassroomState(serializers.Serializer):
    """The state of a class: Classroom.to_dict()."""

    version = serializers.IntegerField()
    mode = serializers.CharField()
    step = serializers.CharField()
    hints = serializers.BooleanField()
    vote = VoteState()
    ended = serializers.BooleanField()


@extend_schema_serializer(component_name="News")
class LearnerState(ClassroomState):
    """The state of a class as a learner's page needs it. `histogram` is present once the vote is closed."""

    since = serializers.FloatField()
    reset = serializers.FloatField(allow_null=True)
    answered = serializers.IntegerField()
    joined = serializers.IntegerField()
    histogram = serializers.DictField(required=False)
