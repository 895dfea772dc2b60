"""The schedule of a class: the pre-test, the steps of its plan, the post-test."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from authcompare.learning.lessons import Step, planned_steps
from authcompare.learning.models import Classroom
from authcompare.learning.questions import TEST_ROUNDS, questions

TESTS = {"pre-test": "pre", "post-test": "post"}  # {slug: test}


@dataclass(frozen=True)
class Stop:
    """One stop of a class: a step of the lesson, or a test."""

    slug: str  # in its URL: /walkthrough/<slug>/
    title: str
    minutes: int | None = None  # None for a test: the step beside it includes its minutes
    step: Step | None = None

    @property
    def test(self) -> int | None:
        """The round of a test's answers; None for a step."""
        return TEST_ROUNDS[TESTS[self.slug]] if self.step is None else None

    @property
    def has_vote(self) -> bool:
        """True if a class can vote at this stop."""
        return bool(self.step and self.step.variants)


def planned_stops(plan: int, language: str) -> list[Stop]:
    """Return all stops of a plan."""
    titles = {"pre-test": _("Pre-test"), "post-test": _("Post-test")}
    before, after = ([Stop(slug, titles[slug])] if questions(test, language) else [] for slug, test in TESTS.items())
    steps = [Stop(step.slug, step.title, step.minutes[plan], step) for step in planned_steps(plan, language)]
    return [*before, *steps, *after]


def current_stop(classroom: Classroom, language: str) -> Stop:
    """Return the stop of a class; the first one if its step no longer exists."""
    stops = planned_stops(classroom.plan, language)
    return next((stop for stop in stops if stop.slug == classroom.step), stops[0])
