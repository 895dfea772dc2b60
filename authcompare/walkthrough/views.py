"""The pages of the walkthrough: the overview, each step, the tests, the summary, the booklet, the teacher's notes."""

from functools import wraps

from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from authcompare.api import exceptions
from authcompare.experiments.trial import Trial
from authcompare.experiments.views import in_lab, variant_config
from authcompare.learning.learners import learner_of, led
from authcompare.learning.lessons import PLANS, SECTIONS, LessonError, languages, planned, step, steps
from authcompare.learning.models import Classroom, Prediction
from authcompare.learning.progress import Progress
from authcompare.learning.questions import QuestionsError, questions
from authcompare.mechanisms.source_code import pieces_of
from authcompare.walkthrough.handout import EDITIONS, booklet
from authcompare.walkthrough.summary import SURE, Summary

TESTS = {"pre": Prediction.PRE, "post": Prediction.POST}
LABELS = {"predict": _("Predict"), "observe": _("Observe"), "explain": _("Explain"), "code": _("Code")}


def of_the_lesson(view):
    """A page of the lab that reads lessons. A broken file is named: whoever has just edited it wants to know."""

    @in_lab
    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except (LessonError, QuestionsError) as error:
            return exceptions.answer(request, 500, "lesson_broken", str(error))

    return guarded


def plan_of(request, learner):
    """The plan in use: the class's, or the one in the address, or the longest, which leaves nothing out."""
    classroom = (learner and learner.classroom) or taught_by(request.user)
    if classroom:
        return classroom.plan
    asked = request.GET.get("plan", "")
    return int(asked) if asked in map(str, PLANS) else PLANS[-1]


def taught_by(user):
    """The class that this teacher gives just now, or None."""
    if not user.is_staff:
        return None
    given = Classroom.objects.filter(teacher=user, ended_at=None, expires_at__gt=timezone.now())
    return given.order_by("-created_at").first()


def address(step, request):
    """Where a step is; the plan goes along where the address names one."""
    plan = request.GET.get("plan", "")
    return reverse("walkthrough-step", args=[step.slug]) + (f"?plan={plan}" if plan in map(str, PLANS) else "")


@of_the_lesson
def overview(request):
    """All steps with their time, how far this visitor has come, and where to go on."""
    learner, language = learner_of(request), translation.get_language()
    plan, progress = plan_of(request, learner), Progress(learner)
    found = planned(plan, language)
    at = here(learner, found)
    context = {
        "learner": learner,
        "led": led(learner),
        "plan": plan,
        "plans": [(each, sum(step.minutes[each] for step in planned(each, language))) for each in PLANS],
        "steps": [(each, address(each, request), each.minutes[plan], progress.state(each)) for each in found],
        "left_out": [each for each in steps(language) if plan not in each.minutes],
        "begun": progress.any,
        "at": at,
        "go_on": go_on(learner, at or found[0], request),
        "tests": {round: progress.test(TESTS[round]) is not None for round in TESTS} if has_tests(language) else None,
        "done": sum(progress.done(each) for each in found),
        "tried": sum(bool(each.experiment) for each in found),
    }
    return render(request, "walkthrough/overview.html", context)


def go_on(learner, at, request):
    """Where the visitor goes on: in a class that is led, where the class is, which may be a test."""
    if led(learner) and learner.classroom.step:
        return reverse("walkthrough-step", args=[learner.classroom.step])
    return address(at, request)


def has_tests(language):
    return bool(questions("pre", language))


def here(learner, found):
    """The step that this learner is at: in a class that is led, the class's."""
    slug = (learner.classroom.step if led(learner) else learner.step) if learner else ""
    return next((each for each in found if each.slug == slug), None)


@of_the_lesson
def page(request, slug):
    """One step: predict, observe, explain, code."""
    language = translation.get_language()
    found = step(slug, language)
    if found is None:
        raise Http404
    learner = learner_of(request)
    plan, progress = plan_of(request, learner), Progress(learner)
    around = planned(plan, language)
    if found not in around:
        around = steps(language)
    at = around.index(found)
    neighbours = {
        "previous": around[at - 1] if at else None,
        "next": around[at + 1] if at + 1 < len(around) else None,
    }
    doors = [Trial(found.experiment, door) for door in found.doors]
    context = {
        "step": found,
        "at": at + 1,
        "total": len(around),
        "plan": plan,
        "minutes": found.minutes.get(plan),
        "led": led(learner),
        "learner": learner,
        **{which: (each, address(each, request)) if each else None for which, each in neighbours.items()},
        "sections": [(found.sections[each], label(found, each)) for each in SECTIONS if each in found.sections],
        "experiment": found.experiment,
        "doors": [named(square, doors) for square in doors],
        "confidence": list(SURE),
        "pieces": pieces(found),
        "config": config(found, doors, learner, progress, plan)
        | {which: address(each, request) if each else "" for which, each in neighbours.items()}
        | {"staff": request.user.is_staff},
    }
    return render(request, "walkthrough/step.html", context)


def label(found, section):
    """What the stepper calls a section: where there is nothing to be tried, what its own heading says."""
    return LABELS[section] if found.experiment or section == "code" else found.sections[section].heading


def pieces(found):
    """The code that runs here, each piece of it once: doors share much."""
    every = [piece for each in found.code for piece in pieces_of(*each.split("/"))]
    return list({(piece["file"], piece["line"]): piece for piece in every}.values())


def named(square, doors):
    """A door, whether its mechanism's name says enough among these doors, and the name to call it by."""
    door, mechanism = square.variant, square.variant.mechanism
    enough = door is mechanism.default and sum(each.variant.mechanism is mechanism for each in doors) == 1
    return square, enough, mechanism.title if enough else door.title


def config(found, doors, learner, progress, plan):
    """What the page's script has to know. Not what each door promises: that would be the answer."""
    tried, prediction = found.experiment, progress.prediction(found)
    return {
        "slug": found.slug,
        "minutes": found.minutes.get(plan),
        "csrf": settings.CSRF_COOKIE_NAME,
        "prefs": settings.PREFS_COOKIE_NAME,
        "experiment": tried.slug if tried else "",
        "browser": bool(tried and tried.browser),
        "attack": tried.attack if tried else None,
        "choices": [{"outcome": choice.outcome, "text": choice.text} for choice in tried.choices] if tried else [],
        "doors": [variant_config(square.variant) for square in doors],
        "hints": list(found.hints),
        "learner": bool(learner),
        "prediction": prediction
        and {"round": prediction.round, "choices": prediction.choices, "confidence": prediction.confidence},
        "outcomes": {
            square.variant.key: {
                "outcome": outcome,
                "expected": square.expected,
                "agrees": outcome == square.expected,
            }
            for square in doors
            if (outcome := progress.outcomes(found).get(square.variant.key))
        },
        "classroom": class_of(learner),
    }


def class_of(learner):
    """The class that a learner is in, as its live updates tell it, too; None for who learns alone."""
    if not learner or not learner.classroom or not learner.classroom.open:
        return None
    classroom = learner.classroom
    return {
        "version": classroom.version,
        "mode": classroom.mode,
        "step": classroom.step,
        "hints": classroom.hints,
        "vote": {"state": classroom.vote, "step": classroom.vote_step, "round": classroom.vote_round},
        "since": (timezone.now() - classroom.step_since).total_seconds(),
    }


@of_the_lesson
def test(request, round):
    """The pre-test or the post-test. What is right is told after the post-test, and of both."""
    language = translation.get_language()
    asked = questions(round, language)
    if not asked:
        raise Http404
    learner = learner_of(request)
    progress = Progress(learner)
    answered = progress.test(TESTS[round])
    before = {each.misconception: each for each in questions("pre", language)}
    context = {
        "learner": learner,
        "round": round,
        "asked": asked,
        "answered": answered is not None,
        "right": sum((answered or {}).get(each.misconception) == each.right for each in asked),
        "score": Summary(progress, language).score,
        "pre_taken": progress.test(Prediction.PRE) is not None,
        "pairs": [
            (
                solved(before[each.misconception], progress.test(Prediction.PRE)),
                solved(each, progress.test(Prediction.POST)),
            )
            for each in questions("post", language)
        ]
        if progress.test(Prediction.POST) is not None
        else [],
        "first": address(steps(language)[0], request),
        "config": {"round": round},
    }
    return render(request, "walkthrough/test.html", context)


def solved(question, choices):
    """A question with its solution and with what was chosen: "" where nothing was."""
    chosen = (choices or {}).get(question.misconception)
    return {
        "question": question,
        "chosen": question.options[chosen] if chosen is not None else "",
        "right": chosen == question.right,
        "solution": question.options[question.right],
    }


@of_the_lesson
def summary(request):
    learner = learner_of(request)
    found = Summary(Progress(learner), translation.get_language())
    return render(request, "walkthrough/summary.html", {"learner": learner, "summary": found})


@of_the_lesson
def summary_file(request):
    found = Summary(Progress(learner_of(request)), translation.get_language())
    return HttpResponse(
        found.markdown,
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="authcompare-summary.md"'},
    )


@of_the_lesson
def handout(request):
    """The booklet, to be printed from the browser. `?edition=teacher` has the solutions, and is for staff."""
    edition, language = request.GET.get("edition", EDITIONS[0]), request.GET.get("language", translation.get_language())
    if edition not in EDITIONS or language not in languages():
        raise Http404
    if edition == "teacher":
        return staff_member_required(lambda request: HttpResponse(booklet(edition, language, alone=False)))(request)
    return HttpResponse(booklet(edition, language, alone=False))


@of_the_lesson
@staff_member_required
def notes(request, slug):
    """The teacher's second window: notes and time for every step. It follows the page that presents, without asking
    the server: an experiment may sign that browser out."""
    language = translation.get_language()
    if step(slug, language) is None:
        raise Http404
    plan = plan_of(request, None)
    context = {
        "slug": slug,
        "plan": plan,
        "steps": [(each, each.minutes.get(plan)) for each in steps(language)],
        "config": {"slug": slug, "plan": plan},
    }
    return render(request, "walkthrough/notes.html", context)
