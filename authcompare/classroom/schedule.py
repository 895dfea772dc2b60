"""What a class goes through, in its order: the pre-test, the steps of its plan, the post-test."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from authcompare.learning.lessons import Step, planned
from authcompare.learning.models import Prediction
from authcompare.learning.questions import questions

TESTS = {"pre-test": ("pre", Prediction.PRE), "post-test": ("post", Prediction.POST)}  # {slug: (name, round)}


@dataclass(frozen=True)
class Stop:
    """One stop on the way: a step of the lesson, or a test."""

    slug: str  # of its address: /walkthrough/<slug>/
    title: str
    minutes: int | None = None  # a test's are among those of the step beside it
    step: Step | None = None

    @property
    def test(self):
        """The round of answers to this test, or None where this is no test."""
        return TESTS[self.slug][1] if self.step is None else None

    @property
    def voted(self):
        """Is there something to vote on?"""
        return bool(self.step and self.step.doors)


def agenda(plan, language):
    """All stops of this plan."""
    titles = {"pre-test": _("Pre-test"), "post-test": _("Post-test")}
    before, after = (
        [Stop(slug, titles[slug])] if questions(name, language) else [] for slug, (name, _round) in TESTS.items()
    )
    steps = [Stop(step.slug, step.title, step.minutes[plan], step) for step in planned(plan, language)]
    return [*before, *steps, *after]


def stop(classroom, language):
    """Where this class is, or its first stop where its step is gone."""
    stops = agenda(classroom.plan, language)
    return next((each for each in stops if each.slug == classroom.step), stops[0])
