"""The pages of the walkthrough: overview, steps, tests, summary, booklet and the teacher's notes."""

from functools import wraps

from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from authcompare.api import exceptions
from authcompare.experiments.views import in_lab
from authcompare.learning.learners import find_learner, is_teacher_paced
from authcompare.learning.lessons import PLANS, LessonError, Step, find_step, languages, planned_steps, steps
from authcompare.learning.models import Classroom, Learner, Prediction
from authcompare.learning.progress import Progress
from authcompare.learning.questions import TEST_ROUNDS, Question, QuestionsError, count_right, questions
from authcompare.walkthrough.handout import EDITIONS, render_booklet
from authcompare.walkthrough.step_page import code_pieces, labelled_sections, script_config, titled_trials
from authcompare.walkthrough.summary import CONFIDENCE_TEXTS, Summary


def lesson_page(view):
    """Decorate a page that reads lesson files: it exists only in the lab, and its error names a broken file."""

    @in_lab
    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except (LessonError, QuestionsError) as error:
            return exceptions.answer(request, 500, "lesson_broken", str(error))

    return guarded


def current_plan(request: HttpRequest, learner: Learner | None) -> int:
    """Return the plan of the class, or the one in the URL, or the longest plan, which has every step."""
    classroom = (learner and learner.classroom) or open_classroom(request.user)
    if classroom:
        return classroom.plan
    requested = request.GET.get("plan", "")
    return int(requested) if requested in map(str, PLANS) else PLANS[-1]


def open_classroom(user) -> Classroom | None:
    """Return the class that this teacher opened last, if it is still open."""
    if not user.is_staff:
        return None
    classrooms = Classroom.objects.filter(teacher=user, ended_at=None, expires_at__gt=timezone.now())
    return classrooms.order_by("-created_at").first()


def step_url(step: Step, request: HttpRequest) -> str:
    """Return the URL of a step, with the plan if the current URL has one."""
    plan = request.GET.get("plan", "")
    return reverse("walkthrough-step", args=[step.slug]) + (f"?plan={plan}" if plan in map(str, PLANS) else "")


def resume_url(learner: Learner | None, step: Step, request: HttpRequest) -> str:
    """Return the URL to resume at: the class's current step if teacher-paced, otherwise this step."""
    if is_teacher_paced(learner) and learner.classroom.step:  # which may be a test
        return reverse("walkthrough-step", args=[learner.classroom.step])
    return step_url(step, request)


def current_step(learner: Learner | None, planned: list[Step]) -> Step | None:
    """Return the learner's step, or the class's step if teacher-paced; None before the first."""
    slug = (learner.classroom.step if is_teacher_paced(learner) else learner.step) if learner else ""
    return next((step for step in planned if step.slug == slug), None)


def neighbours(step: Step, plan: int, language: str) -> tuple[list[Step], int]:
    """Return the steps that a step is among, and its index: those of the plan, or all if the plan skips it."""
    among = planned_steps(plan, language)
    if step not in among:
        among = steps(language)
    return among, among.index(step)


@lesson_page
def overview(request):
    """Show the steps of the plan, the learner's progress, and where to continue."""
    learner, language = find_learner(request), translation.get_language()
    plan, progress = current_plan(request, learner), Progress(learner)
    planned = planned_steps(plan, language)
    step = current_step(learner, planned)
    tests = None
    if questions("pre", language):
        tests = {name: progress.answers(number) is not None for name, number in TEST_ROUNDS.items()}
    context = {
        "learner": learner,
        "teacher_paced": is_teacher_paced(learner),
        "plan": plan,
        "plans": [(each, sum(step.minutes[each] for step in planned_steps(each, language))) for each in PLANS],
        "steps": [(each, step_url(each, request), each.minutes[plan], progress.state(each)) for each in planned],
        "skipped": [each for each in steps(language) if plan not in each.minutes],
        "has_started": progress.has_started,
        "current": step,
        "resume_url": resume_url(learner, step or planned[0], request),
        "tests": tests,
        "done": sum(progress.is_done(each) for each in planned),
        "experiments": sum(bool(each.experiment) for each in planned),
    }
    return render(request, "walkthrough/overview.html", context)


@lesson_page
def page(request, slug):
    """Show one step: predict, observe, explain, code."""
    language = translation.get_language()
    step = find_step(slug, language)
    if step is None:
        raise Http404
    learner = find_learner(request)
    plan, progress = current_plan(request, learner), Progress(learner)
    among, index = neighbours(step, plan, language)
    previous_step = among[index - 1] if index else None
    next_step = among[index + 1] if index + 1 < len(among) else None
    config = script_config(step, learner, progress, plan) | {
        "previous": step_url(previous_step, request) if previous_step else "",
        "next": step_url(next_step, request) if next_step else "",
        "staff": request.user.is_staff,
    }
    context = {
        "step": step,
        "number": index + 1,
        "total": len(among),
        "plan": plan,
        "minutes": step.minutes.get(plan),
        "teacher_paced": is_teacher_paced(learner),
        "learner": learner,
        "previous": previous_step,
        "next": next_step,
        "sections": labelled_sections(step),
        "experiment": step.experiment,
        "trials": titled_trials(step),
        "confidence": list(CONFIDENCE_TEXTS),
        "pieces": code_pieces(step),
        "config": config,
    }
    return render(request, "walkthrough/step.html", context)


@lesson_page
def test(request, name):
    """Show the pre-test or the post-test. The solutions of both appear after the post-test."""
    language = translation.get_language()
    asked = questions(name, language)
    if not asked:
        raise Http404
    learner = find_learner(request)
    progress = Progress(learner)
    answers, pre_answers = progress.answers(TEST_ROUNDS[name]), progress.answers(Prediction.PRE)
    context = {
        "learner": learner,
        "test": name,
        "asked": asked,
        "answered": answers is not None,
        "right": count_right(asked, answers or {}),
        "score": Summary(progress, language).score,
        "pre_taken": pre_answers is not None,
        "pairs": solution_pairs(language, pre_answers, progress.answers(Prediction.POST)),
        "first": step_url(steps(language)[0], request),
        "config": {"round": name},
    }
    return render(request, "walkthrough/test.html", context)


def solution_pairs(language: str, pre_answers: dict | None, post_answers: dict | None) -> list[tuple[dict, dict]]:
    """Return (pre-test, post-test) for each misconception, with solutions; nothing before the post-test."""
    if post_answers is None:
        return []
    before = {question.misconception: question for question in questions("pre", language)}
    return [
        (solution(before[question.misconception], pre_answers), solution(question, post_answers))
        for question in questions("post", language)
    ]


def solution(question: Question, answers: dict | None) -> dict:
    """Return a question with the learner's choice, "" if there is none."""
    choice = (answers or {}).get(question.misconception)
    return {
        "question": question,
        "chosen": question.options[choice] if choice is not None else "",
        "right": question.is_right(choice),
    }


@lesson_page
def summary(request):
    """Show the learner's summary."""
    learner = find_learner(request)
    content = Summary(Progress(learner), translation.get_language())
    return render(request, "walkthrough/summary.html", {"learner": learner, "summary": content})


@lesson_page
def summary_file(request):
    """Send the learner's summary as a Markdown file."""
    content = Summary(Progress(find_learner(request)), translation.get_language())
    return HttpResponse(
        content.markdown,
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="authcompare-summary.md"'},
    )


@lesson_page
def handout(request):
    """Show the printable booklet. `?edition=teacher` has the solutions and needs a teacher's account."""
    edition, language = request.GET.get("edition", EDITIONS[0]), request.GET.get("language", translation.get_language())
    if edition not in EDITIONS or language not in languages():
        raise Http404
    send = lambda request: HttpResponse(render_booklet(edition, language, standalone=False))  # noqa: E731
    return (staff_member_required(send) if edition == "teacher" else send)(request)


@lesson_page
@staff_member_required
def notes(request, slug):
    """Show the teacher's second window: the notes and minutes of every step.

    It follows the presenting window without asking the server, because an experiment may sign this browser out.
    """
    language = translation.get_language()
    if find_step(slug, language) is None:
        raise Http404
    plan = current_plan(request, None)
    context = {
        "slug": slug,
        "plan": plan,
        "steps": [(step, step.minutes.get(plan)) for step in steps(language)],
        "config": {"slug": slug, "plan": plan},
    }
    return render(request, "walkthrough/notes.html", context)
