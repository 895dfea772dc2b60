"""The walkthrough over HTTP: predict, then run, and be told how the two compare. It exists in the lab only."""

from django.conf import settings
from django.db import transaction
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from authcompare.api.fields import SecondsField, Strict, TextField
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.api.throttling import ExperimentThrottle
from authcompare.experiments.api import Broken, Busy, InBrowser, ObservationAnswer, run_at
from authcompare.learning import questions
from authcompare.learning.learners import LearnerEndpoint, forget, led, seen
from authcompare.learning.lessons import step, steps
from authcompare.learning.models import Classroom, Prediction, Run
from authcompare.learning.progress import Progress

CONFIDENCE = [(1, _("a guess")), (2, _("I think so")), (3, _("sure"))]
ROUNDS = {"pre": Prediction.PRE, "post": Prediction.POST}


class Refused(APIException):
    """The order of things: what is asked for has to wait for something else, or comes too late."""

    status_code = 409


class PredictFirst(Refused):
    default_code = "predict_first"
    default_detail = _("Predict first, and say how sure you are: then run it.")


class VoteOpen(Refused):
    default_code = "vote_open"
    default_detail = _("The class is not done with voting on this step: run it when your teacher says so.")


class VoteClosed(Refused):
    default_code = "vote_closed"
    default_detail = _("The class is not voting on this step now.")


class AlreadyRun(Refused):
    default_code = "already_run"
    default_detail = _("You have run this step already, so this would be no prediction any more.")


class AlreadyAnswered(Refused):
    default_code = "already_answered"
    default_detail = _("You have answered this test already.")


class Led(Refused):
    default_code = "led"
    default_detail = _("Your teacher says which step the class is at.")


class ChoicesField(serializers.DictField):
    """What is chosen at each door, or of each question. Whatever is wrong with it is told under its own name."""

    def __init__(self, **kwargs):
        super().__init__(allow_empty=False, **kwargs)

    def run_child_validation(self, data):
        try:
            return super().run_child_validation(data)
        except ValidationError:
            raise ValidationError(_("One of these choices can not be read.")) from None


class AtStep(Strict):
    """Whatever is done at a step of the lesson; validated, it holds the Step itself."""

    step = TextField(label=_("Step"), max_length=50)

    def validate_step(self, slug):
        found = step(slug, settings.LANGUAGE_CODE)
        if found is None:
            raise ValidationError(_("There is no such step."))
        return found


class AtDoor(AtStep):
    """... and at one of its doors."""

    mechanism = TextField(label=_("Mechanism"), max_length=40)
    variant = TextField(label=_("Variant"), max_length=40)

    def validate(self, wanted):
        named = f"{wanted.pop('mechanism')} {wanted.pop('variant')}"
        wanted["door"] = next((door for door in wanted["step"].doors if door.key == named), None)
        if wanted["door"] is None:
            raise ValidationError({"variant": [_("This step does not try that door.")]})
        return wanted


class PredictSerializer(AtStep):
    choices = ChoicesField(
        child=TextField(max_length=80),
        label=_("Choices"),
        help_text=_('For each door of the step the outcome that you expect: {"mechanism variant": outcome}.'),
    )
    confidence = serializers.ChoiceField(CONFIDENCE, label=_("How sure are you?"))
    round = serializers.ChoiceField([Prediction.FIRST, Prediction.SECOND], label=_("Vote"), default=Prediction.FIRST)

    def validate(self, wanted):
        tried = wanted["step"].experiment
        if tried is None:
            raise ValidationError({"step": [_("There is nothing to predict at this step.")]})
        if set(wanted["choices"]) != {door.key for door in wanted["step"].doors}:
            raise ValidationError({"choices": [_("Choose one outcome for each door of this step, and no other.")]})
        if not set(wanted["choices"].values()) <= {choice.outcome for choice in tried.choices}:
            raise ValidationError({"choices": [_("One of these outcomes is none of this question's answers.")]})
        return wanted


class ObservedSerializer(AtDoor):
    outcome = TextField(label=_("Outcome"), max_length=80)

    def validate(self, wanted):
        wanted = super().validate(wanted)
        tried = wanted["step"].experiment
        if not tried.browser:
            raise ValidationError({"step": [_("The server runs this one itself.")]})
        if wanted["outcome"] not in {choice.outcome for choice in tried.choices}:
            raise ValidationError({"outcome": [_("This outcome is none of this question's answers.")]})
        return wanted


class TestSerializer(Strict):
    round = serializers.ChoiceField(list(ROUNDS), label=_("Test"))
    choices = ChoicesField(
        child=SecondsField(min_value=0),
        label=_("Answers"),
        help_text=_("The number of the option chosen, counted from 0, by misconception."),
    )

    def validate_choices(self, choices):
        if not set(choices) <= {each.misconception for each in asked("pre")}:
            raise ValidationError(_("There is no such question."))
        return choices

    def validate(self, wanted):
        options = {each.misconception: len(each.options) for each in asked(wanted["round"])}
        if any(option >= options[question] for question, option in wanted["choices"].items()):
            raise ValidationError({"choices": [_("One of these questions has no such option.")]})
        return wanted


def asked(round):
    """The questions of a test. Which language they are in makes no difference to what is right."""
    return questions.questions(round, settings.LANGUAGE_CODE)


def some_step(view=None, browser=False):
    """A step with an experiment, for examples."""
    return next(
        each for each in steps(settings.LANGUAGE_CODE) if each.experiment and each.experiment.browser == browser
    )


def some_door(browser=False):
    found = some_step(browser=browser)
    return {"step": found.slug, "mechanism": found.doors[0].mechanism.name, "variant": found.doors[0].slug}


def some_prediction(view):
    found = some_step()
    choices = {door.key: found.experiment.choices[0].outcome for door in found.doors}
    return {"step": found.slug, "choices": choices, "confidence": 2}


def some_answers(view):
    return {"round": "pre", "choices": {each.misconception: 0 for each in asked("pre")}}


class Predicted(ResponseSerializer):
    step = serializers.CharField()
    round = serializers.IntegerField()
    choices = serializers.DictField(child=serializers.CharField())
    confidence = serializers.IntegerField()

    @staticmethod
    def example(view):
        return {"round": 1} | some_prediction(view)


class JudgedAnswer(ResponseSerializer):
    """What was observed, held against what was predicted."""

    expected = serializers.CharField()
    outcome = serializers.CharField()
    agrees = serializers.BooleanField()
    predicted = serializers.CharField()
    right = serializers.BooleanField()
    misconception = serializers.CharField(allow_blank=True)

    @staticmethod
    def example(view):
        wrong = {"predicted": "refused", "right": False, "misconception": str(_("Signing out ends every copy."))}
        return {"expected": "let in", "outcome": "let in", "agrees": True} | wrong


class RunAnswer(ObservationAnswer, JudgedAnswer):
    @staticmethod
    def example(view):
        return ObservationAnswer.example(view) | {"predicted": "refused", "right": True, "misconception": ""}


class Moved(ResponseSerializer):
    step = serializers.CharField()

    @staticmethod
    def example(view):
        return {"step": some_step().slug}


class Score(ResponseSerializer):
    right = serializers.IntegerField()
    of = serializers.IntegerField()

    @staticmethod
    def example(view):
        return {"right": 3, "of": 9}


def validated(serializer_class, request):
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def held(learner):
    """The learner's class as it is now, and as it stays until this transaction ends: a vote that is closed meanwhile
    waits, so that no vote comes in after its result was shown."""
    return Classroom.objects.select_for_update().filter(pk=learner.classroom_id).first()


class PredictView(LearnerEndpoint):
    """Stores what the learner expects at each door of a step, and how sure they are. It may be changed until the step
    is run; in a class that is led, for as long as the vote is open."""

    name = _("Predict")
    description = _("Stores what you expect at each door of a step, and how sure you are: before that nothing runs.")
    throttle_classes = [ExperimentThrottle]
    operations = {
        "POST": Operation(
            _("Predict"),
            _("Whoever is new gets a cookie, by which they are known again. No account, no e-mail."),
            takes=PredictSerializer,
            example=some_prediction,
            gives={200: Predicted},
            raises=(VoteClosed, AlreadyRun),
            csrf=True,
        )
    }

    def post(self, request):
        wanted = validated(PredictSerializer, request)
        at, round = wanted["step"], wanted["round"]
        with transaction.atomic():
            learner = self.some_learner()
            if led(learner):
                accepted = held(learner).accepts(at.slug)
                late = accepted == Prediction.LATE and not Progress(learner).voted(at)
                if accepted != round and not late:
                    raise VoteClosed
                round = accepted
            if learner.runs.filter(step=at.slug).exists():
                raise AlreadyRun
            said = {"choices": wanted["choices"], "confidence": wanted["confidence"]}
            Prediction.objects.update_or_create(learner=learner, step=at.slug, round=round, defaults=said)
            seen(learner)
        return Response({"step": at.slug, "round": round, **said})


class JudgingView(LearnerEndpoint):
    """What running and reporting share: nothing before a prediction, and a verdict against it afterwards."""

    throttle_classes = [ExperimentThrottle]

    def predicted(self, at, door):
        """The outcome that the learner expects there. Raises what has to come first."""
        classroom = self.learner and self.learner.classroom
        if classroom and classroom.open and classroom.holds_back(at.slug):
            raise VoteOpen
        prediction = Progress(self.learner).prediction(at)
        if prediction is None or door.key not in prediction.choices:
            raise PredictFirst
        return prediction.choices[door.key]

    def judged(self, at, door, outcome, predicted):
        """Keep what was observed, and hold it against the prediction."""
        with transaction.atomic():  # the doors of a step run side by side, and all write into one row
            run, _made = Run.objects.select_for_update().get_or_create(learner=self.learner, step=at.slug)
            run.outcomes[door.key] = outcome
            run.save()
            seen(self.learner)
        right = predicted == outcome
        idea = next(choice.misconception for choice in at.experiment.choices if choice.outcome == predicted)
        return {"predicted": predicted, "right": right, "misconception": "" if right else str(idea)}


class RunView(JudgingView):
    """Runs a step's experiment at one of its doors, for a learner who has predicted."""

    name = _("Run a step")
    description = _("Runs a step's experiment at one of its doors, and holds what was seen against your prediction.")
    operations = {
        "POST": Operation(
            _("Run it"),
            _("With throwaway accounts of its own. Before a prediction is stored, it answers 409."),
            takes=AtDoor,
            example=lambda view: some_door(),
            gives={200: RunAnswer},
            raises=(PredictFirst, VoteOpen, InBrowser, Broken, Busy),
            csrf=True,
        )
    }

    def post(self, request):
        wanted = validated(AtDoor, request)
        at, door = wanted["step"], wanted["door"]
        predicted = self.predicted(at, door)
        told = run_at(at.experiment, door)
        return Response(told | self.judged(at, door, told["outcome"], predicted))


class ObservedView(JudgingView):
    """Takes what a learner's own browser has seen of an experiment that only a browser can show."""

    name = _("Report what a browser saw")
    description = _("Takes what your browser has seen where only a browser can, and holds it against your prediction.")
    operations = {
        "POST": Operation(
            _("Report it"),
            _("It counts for you alone: the comparison does not rest on it."),
            takes=ObservedSerializer,
            example=lambda view: (
                some_door(browser=True) | {"outcome": some_step(browser=True).experiment.choices[0].outcome}
            ),
            gives={200: JudgedAnswer},
            raises=(PredictFirst, VoteOpen),
            csrf=True,
        )
    }

    def post(self, request):
        wanted = validated(ObservedSerializer, request)
        at, door, outcome = wanted["step"], wanted["door"], wanted["outcome"]
        predicted = self.predicted(at, door)
        expected = at.experiment.expected(door)
        told = {"expected": expected, "outcome": outcome, "agrees": outcome == expected}
        return Response(told | self.judged(at, door, outcome, predicted))


class MoveView(LearnerEndpoint):
    """Notes at which step a learner is, so that they can go on there."""

    name = _("Move")
    description = _("Notes at which step you are, so that you can go on there, and your teacher can see who is stuck.")
    operations = {
        "POST": Operation(
            _("Move to a step"),
            takes=AtStep,
            example=lambda view: {"step": some_step().slug},
            gives={200: Moved},
            raises=(Led, PredictFirst),
            csrf=True,
        )
    }

    def post(self, request):
        slug = validated(AtStep, request)["step"].slug
        if self.learner is None:
            raise PredictFirst  # nothing is kept of who has only looked
        if led(self.learner):
            raise Led
        if self.learner.step == slug:
            seen(self.learner)
        else:
            seen(self.learner, step=slug, step_since=timezone.now())
        return Response({"step": slug})


class TestView(LearnerEndpoint):
    """Takes the answers to the pre-test or the post-test, once. Which of them are right is told after the post-test."""

    name = _("Pre-test and post-test")
    description = _("Takes the answers to a test, once. Which of them are right you learn after the post-test.")
    throttle_classes = [ExperimentThrottle]
    operations = {
        "POST": Operation(
            _("Answer a test"),
            _("A question left out counts as not known."),
            takes=TestSerializer,
            example=some_answers,
            gives={200: Score},
            raises=(AlreadyAnswered,),
            csrf=True,
        )
    }

    def post(self, request):
        wanted = validated(TestSerializer, request)
        with transaction.atomic():
            learner = self.some_learner()
            said = {"choices": wanted["choices"]}
            _given, new = Prediction.objects.get_or_create(
                learner=learner, step="", round=ROUNDS[wanted["round"]], defaults=said
            )
            if not new:
                raise AlreadyAnswered
            seen(learner)
        questions_asked = asked(wanted["round"])
        return Response({"right": questions.right(questions_asked, said["choices"]), "of": len(questions_asked)})


class ResetView(LearnerEndpoint):
    """Throws away what a learner has predicted, seen and answered, with their sandbox. Alone, they are forgotten."""

    name = _("Reset my lab")
    description = _("Throws away what you have predicted, seen and answered, and your throwaway accounts.")
    operations = {
        "POST": Operation(
            _("Reset my lab"),
            _("In a class you stay who you are; alone, your cookie goes, too."),
            gives={204: None},
            csrf=True,
        )
    }

    def post(self, request):
        Strict(data=request.data).is_valid(raise_exception=True)
        response = Response(status=204)
        if self.learner is None:
            return response
        with transaction.atomic():
            if self.learner.sandbox:
                self.learner.sandbox.delete()
            if self.learner.classroom:
                self.learner.answers.all().delete()
                self.learner.runs.all().delete()
            else:
                self.learner.delete()
                forget(response)
        return response


urlpatterns = [
    path(f"walkthrough/api/{address}/", view.as_view(), name=f"walkthrough-{address}")
    for address, view in {
        "predict": PredictView,
        "run": RunView,
        "observed": ObservedView,
        "move": MoveView,
        "test": TestView,
        "reset": ResetView,
    }.items()
]
