"""The decision helper: which door answers best to what somebody needs, for reasons that were observed."""

from dataclasses import dataclass
from functools import cached_property

from authcompare.comparison.evidence import Observed, name
from authcompare.comparison.questions import ALWAYS, QUESTIONS, Need
from authcompare.experiments.registry import find_experiment
from authcompare.mechanisms.registry import mechanisms


@dataclass(frozen=True)
class Reason:
    """A need, whether this door meets it, and what was observed of that here."""

    need: Need
    met: bool
    observed: Observed | None  # None where the experiment has nothing to observe at this door


@dataclass(frozen=True)
class Candidate:
    """A door, and how it answers to each need."""

    variant: object
    reasons: list  # of (question or None, Reason)

    @property
    def met(self):
        return [reason for _question, reason in self.reasons if reason.met]

    @property
    def unmet(self):
        return [reason for _question, reason in self.reasons if not reason.met]

    @property
    def rank(self):
        """Less is better: first how many questions it fails, then how many needs. Equals stay in the order of doors."""
        failed = {question.slug if question else "" for question, reason in self.reasons if not reason.met}
        return len(failed), len(self.unmet)


class Advice:
    """What the answers in `asked` ({question: answer}, as from a form) come to."""

    def __init__(self, asked, book):
        self.asked, self.book = asked, book

    @cached_property
    def questions(self):
        """[(question, the answer chosen or None), ...]"""
        chosen = {q.slug: next((a for a in q.answers if a.slug == self.asked.get(q.slug)), None) for q in QUESTIONS}
        return [(question, chosen[question.slug]) for question in QUESTIONS]

    @property
    def given(self):
        return any(answer for _question, answer in self.questions)

    @cached_property
    def candidates(self):
        """Every hardened door, the best first."""
        needs = [(None, need) for need in ALWAYS]
        needs += [(question, need) for question, answer in self.questions if answer for need in answer.needs]
        doors = [variant for mechanism in mechanisms() for variant in mechanism.variants if not variant.lab]
        found = [Candidate(door, [(question, self.reason(need, door)) for question, need in needs]) for door in doors]
        return sorted(found, key=lambda candidate: candidate.rank)

    def reason(self, need, variant):
        tried = find_experiment(need.experiment)
        observed = None
        if tried.concerns(variant):
            seen = self.book.get((tried.slug, name(variant)))
            observed = Observed(tried, variant, tried.expected(variant), seen)
        return Reason(need, need.met(variant), observed)

    @property
    def best(self):
        return self.candidates[0]

    @property
    def others(self):
        return self.candidates[1:]
