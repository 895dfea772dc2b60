"""The booklet: the whole lesson on paper. Learners write their predictions into theirs; the teacher's has it all."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from authcompare.experiments.topics import TOPICS
from authcompare.experiments.trial import Trial
from authcompare.learning.lessons import PLANS, planned, steps
from authcompare.learning.questions import questions
from authcompare.mechanisms.registry import mechanisms

EDITIONS = ("learner", "teacher")
STYLE = "walkthrough/css/handout.css"


def booklet(edition, language, alone=True):
    """One printable page. `alone` brings its style along, for a file that is opened without this server."""
    with translation.override(language):
        context = {
            "edition": edition,
            "teacher": edition == "teacher",
            "language": language,
            "style": mark_safe(Path(finders.find(STYLE)).read_text(encoding="utf-8")) if alone else "",  # noqa: S308
            "style_file": STYLE,
            "steps": [(step, [Trial(step.experiment, door) for door in step.doors]) for step in steps(language)],
            "plans": [(plan, sum(step.minutes[plan] for step in planned(plan, language))) for plan in PLANS],
            "tests": [(round, questions(round, language)) for round in ("pre", "post")],
            "rows": [row for row in TOPICS if not row.ours],
            "mechanisms": mechanisms(),
        }
        return render_to_string("walkthrough/handout.html", context)
