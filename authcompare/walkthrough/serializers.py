"""The bodies that the walkthrough's endpoints take and answer."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from authcompare.api.fields import Strict, StrictIntegerField, TextField
from authcompare.experiments.api import ObservationAnswer
from authcompare.learning.lessons import Step, find_step, steps
from authcompare.learning.models import Prediction
from authcompare.learning.questions import TEST_ROUNDS, Question, questions

CONFIDENCE = [(1, _("a guess")), (2, _("I think so")), (3, _("sure"))]


def test_questions(test: str) -> list[Question]:
    """Return the questions of a test. The right options are the same in every language."""
    return questions(test, settings.LANGUAGE_CODE)


def example_step(browser: bool = False) -> Step:
    """Return a step with an experiment that runs on the server, or in the browser."""
    return next(
        step for step in steps(settings.LANGUAGE_CODE) if step.experiment and step.experiment.browser == browser
    )


# Requests. The document keeps the component names of the first release, from which clients are generated.


class ChoicesField(serializers.DictField):
    """A choice for each variant or question. An invalid one is an error of the whole field, not of its own key."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, **kwargs)

    def run_child_validation(self, data: Any) -> dict[str, Any]:
        try:
            return super().run_child_validation(data)
        except ValidationError:
            raise ValidationError(_("One of these choices is not readable.")) from None


class AtStepSerializer(Strict):
    """A step of the lesson; its validated value is the Step itself."""

    step = TextField(label=_("Step"), max_length=50)

    @staticmethod
    def example(view: APIView) -> dict[str, Any]:
        return {"step": example_step().slug}

    def validate_step(self, slug: str) -> Step:
        step = find_step(slug, settings.LANGUAGE_CODE)
        if step is None:
            raise ValidationError(_("There is no such step."))
        return step


@extend_schema_serializer(component_name="AtDoor")
class StepVariantSerializer(AtStepSerializer):
    """A step and one of its variants."""

    mechanism = TextField(label=_("Mechanism"), max_length=40)
    variant = TextField(label=_("Variant"), max_length=40)

    @staticmethod
    def example(view: APIView, browser: bool = False) -> dict[str, Any]:
        step = example_step(browser)
        return {"step": step.slug, "mechanism": step.variants[0].mechanism.name, "variant": step.variants[0].slug}

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        key = f"{data.pop('mechanism')} {data.pop('variant')}"
        data["variant"] = next((variant for variant in data["step"].variants if variant.key == key), None)
        if data["variant"] is None:
            raise ValidationError({"variant": [_("This step does not use this door.")]})
        return data


class PredictSerializer(AtStepSerializer):
    """A prediction for every variant of a step."""

    choices = ChoicesField(
        child=TextField(max_length=80),
        label=_("Choices"),
        help_text=_('The outcome that you expect at each door of the step: {"mechanism variant": outcome}.'),
    )
    confidence = serializers.ChoiceField(CONFIDENCE, label=_("How sure are you?"))
    round = serializers.ChoiceField([Prediction.FIRST, Prediction.SECOND], label=_("Vote"), default=Prediction.FIRST)

    @staticmethod
    def example(view: APIView) -> dict[str, Any]:
        step = example_step()
        choices = {variant.key: step.experiment.choices[0].outcome for variant in step.variants}
        return {"step": step.slug, "choices": choices, "confidence": 2}

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        step, choices = data["step"], data["choices"]
        if step.experiment is None:
            raise ValidationError({"step": [_("This step has no experiment to predict.")]})
        if set(choices) != {variant.key for variant in step.variants}:
            raise ValidationError({"choices": [_("Choose one outcome for each door of this step, and no other.")]})
        if not set(choices.values()) <= outcomes(step):
            raise ValidationError({"choices": [_("One of these outcomes is not an option of this question.")]})
        return data


@extend_schema_serializer(component_name="Observed")
class ObservedSerializer(StepVariantSerializer):
    """An outcome that the learner's browser observed."""

    outcome = TextField(label=_("Outcome"), max_length=80)

    @staticmethod
    def example(view: APIView, browser: bool = True) -> dict[str, Any]:
        outcome = example_step(browser).experiment.choices[0].outcome
        return StepVariantSerializer.example(view, browser) | {"outcome": outcome}

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        data = super().validate(data)
        if not data["step"].experiment.browser:
            raise ValidationError({"step": [_("The server runs this experiment itself.")]})
        if data["outcome"] not in outcomes(data["step"]):
            raise ValidationError({"outcome": [_("This outcome is not an option of this question.")]})
        return data


class TestSerializer(Strict):
    """The answers to a test."""

    round = serializers.ChoiceField(list(TEST_ROUNDS), label=_("Test"))
    choices = ChoicesField(
        child=StrictIntegerField(min_value=0),
        label=_("Answers"),
        help_text=_("The number of the chosen option, counted from 0, for each misconception."),
    )

    @staticmethod
    def example(view: APIView) -> dict[str, Any]:
        return {"round": "pre", "choices": {question.misconception: 0 for question in test_questions("pre")}}

    def validate_choices(self, choices: dict[str, int]) -> dict[str, int]:
        if not set(choices) <= {question.misconception for question in test_questions("pre")}:
            raise ValidationError(_("There is no such question."))
        return choices

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        options = {question.misconception: len(question.options) for question in test_questions(data["round"])}
        if any(option >= options[misconception] for misconception, option in data["choices"].items()):
            raise ValidationError({"choices": [_("One of these questions has no such option.")]})
        return data


def outcomes(step: Step) -> set[str]:
    """Return the outcomes that a learner can predict at a step."""
    return {choice.outcome for choice in step.experiment.choices}


# Responses


@extend_schema_serializer(component_name="Predicted")
class PredictionResponse(serializers.Serializer):
    """The stored prediction."""

    step = serializers.CharField()
    round = serializers.IntegerField()
    choices = serializers.DictField(child=serializers.CharField())
    confidence = serializers.IntegerField()


@extend_schema_serializer(component_name="JudgedAnswer")
class JudgementResponse(serializers.Serializer):
    """The observation, compared with the expectation of the variant and with the learner's prediction."""

    expected = serializers.CharField()
    outcome = serializers.CharField()
    agrees = serializers.BooleanField()
    predicted = serializers.CharField()
    right = serializers.BooleanField()
    misconception = serializers.CharField(allow_blank=True)


@extend_schema_serializer(component_name="RunAnswer")
class RunResponse(ObservationAnswer, JudgementResponse):
    """A run on the server, with its judgement."""


@extend_schema_serializer(component_name="Moved")
class StepResponse(serializers.Serializer):
    """The learner's step."""

    step = serializers.CharField()


@extend_schema_serializer(component_name="Score")
class ScoreResponse(serializers.Serializer):
    """The result of a test."""

    right = serializers.IntegerField()
    of = serializers.IntegerField()
