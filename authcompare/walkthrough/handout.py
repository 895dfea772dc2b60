"""The printable booklet: the whole lesson on paper, for learners or with solutions for teachers."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from authcompare.experiments.topics import TOPICS
from authcompare.learning.lessons import PLANS, planned_steps, steps
from authcompare.learning.questions import TEST_ROUNDS, questions
from authcompare.mechanisms.registry import mechanisms
from authcompare.walkthrough.trials import step_trials

EDITIONS = ("learner", "teacher")
STYLE = "walkthrough/css/handout.css"


def render_booklet(edition: str, language: str, standalone: bool = True) -> str:
    """Return the booklet as one HTML page. A standalone page contains its style and needs no server."""
    with translation.override(language):
        style = Path(finders.find(STYLE)).read_text(encoding="utf-8") if standalone else ""
        context = {
            "edition": edition,
            "teacher": edition == "teacher",
            "language": language,
            "style": mark_safe(style),  # noqa: S308
            "style_file": STYLE,
            "steps": [(step, step_trials(step)) for step in steps(language)],
            "plans": [(plan, sum(step.minutes[plan] for step in planned_steps(plan, language))) for plan in PLANS],
            "tests": [(test, questions(test, language)) for test in TEST_ROUNDS],
            "rows": [row for row in TOPICS if not row.ours],
            "mechanisms": mechanisms(),
        }
        return render_to_string("walkthrough/handout.html", context)
