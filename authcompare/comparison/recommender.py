"""The recommender: the variant that fits the answers best, for reasons that were observed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from authcompare.comparison.questions import ALWAYS, QUESTIONS, Need, Option, Question
from authcompare.experiments.observations import Observations
from authcompare.experiments.registry import find_experiment
from authcompare.experiments.trial import Trial
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import mechanisms


@dataclass(frozen=True)
class Reason:
    """A need, whether this variant meets it, and the trial that checks this."""

    need: Need
    met: bool
    trial: Trial | None  # None where the experiment has nothing to observe at this variant


@dataclass(frozen=True)
class Candidate:
    """A variant, and how it meets each need."""

    variant: Variant
    reasons: list  # of (question or None, Reason)

    @property
    def unmet(self) -> list[Reason]:
        return [reason for _question, reason in self.reasons if not reason.met]

    @property
    def rank(self) -> tuple[int, int]:
        """The number of questions, then of needs, that it fails: less is better. Ties keep the registered order."""
        failed = {question.slug if question else "" for question, reason in self.reasons if not reason.met}
        return len(failed), len(self.unmet)


class Advice:
    """The recommendation for these answers, {question slug: option slug}, as from a form."""

    def __init__(self, answers: Mapping[str, str], observations: Observations):
        self.answers, self.observations = answers, observations

    @cached_property
    def questions(self) -> list[tuple[Question, Option | None]]:
        """Each question with the chosen option."""
        return [
            (question, next((each for each in question.options if each.slug == self.answers.get(question.slug)), None))
            for question in QUESTIONS
        ]

    @property
    def has_answers(self) -> bool:
        return any(option for _question, option in self.questions)

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Every variant that is not weak on purpose, the best first."""
        needs = [(None, need) for need in ALWAYS]
        needs += [(question, need) for question, option in self.questions if option for need in option.needs]
        variants = [variant for mechanism in mechanisms() for variant in mechanism.variants if not variant.lab]
        candidates = [
            Candidate(variant, [(question, self.reason(need, variant)) for question, need in needs])
            for variant in variants
        ]
        return sorted(candidates, key=lambda candidate: candidate.rank)

    def reason(self, need: Need, variant: Variant) -> Reason:
        experiment, trial = find_experiment(need.experiment), None
        if experiment.concerns(variant):
            trial = Trial(experiment, variant, self.observations.get((experiment.slug, variant.key)))
        return Reason(need, need.is_met(variant), trial)

    @property
    def best(self) -> Candidate:
        return self.candidates[0]

    @property
    def others(self) -> list[Candidate]:
        return self.candidates[1:]
