"""The results of votes and tests, as counts that do not identify a learner."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from authcompare.classroom.schedule import Stop
from authcompare.experiments.base import Choice
from authcompare.experiments.judging import judge
from authcompare.learning.lessons import Step
from authcompare.learning.models import Classroom, Prediction
from authcompare.learning.questions import normalised_gain, questions

# Crouch and Mazur (2001): below, a class has too few good arguments; above, too few learners are left to convince.
MIN_PERCENT, MAX_PERCENT = 30, 70  # right answers between which a discussion helps
SURE = 3  # the highest confidence


def percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def class_predictions(classroom: Classroom, step: str, round: int) -> QuerySet[Prediction]:
    """Return the predictions or test answers of a class in one round."""
    return Prediction.objects.filter(learner__classroom=classroom, step=step, round=round)


def advice(share: int) -> str:
    """Return what the teacher does at this percentage of right answers: "explain", "discuss" or "on"."""
    return "explain" if share < MIN_PERCENT else "on" if share > MAX_PERCENT else "discuss"


@dataclass(frozen=True)
class Bar:
    """One bar of the histogram: the number of votes for one outcome at one variant."""

    variant: str  # key
    count: int
    share: int  # percent of the voters
    right: bool


@dataclass(frozen=True)
class Vote:
    """One vote on one step, with its ballots: {learner id: (choices, confidence)}."""

    step: Step
    round: int
    ballots: dict[int, tuple[dict[str, str], int]]

    @property
    def voters(self) -> int:
        return len(self.ballots)

    @cached_property
    def right_choices(self) -> set[tuple[str, str]]:
        """The right choices: (variant key, outcome)."""
        return {
            (variant.key, choice.outcome)
            for variant in self.step.variants
            for choice in self.step.experiment.choices
            if is_right(self.step, variant, choice.outcome)
        }

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """The number of votes: {variant key: {outcome: count}}."""
        all_choices = [choices for choices, _confidence in self.ballots.values()]
        return {
            variant.key: dict(Counter(choices[variant.key] for choices in all_choices if variant.key in choices))
            for variant in self.step.variants
        }

    @property
    def histogram(self) -> list[tuple[Choice, list[Bar]]]:
        """The histogram as a table: a line for each choice, a bar for each variant."""
        return [
            (choice, [self.bar(variant.key, choice.outcome) for variant in self.step.variants])
            for choice in self.step.experiment.choices
        ]

    def bar(self, key: str, outcome: str) -> Bar:
        """Return the bar for one outcome at one variant."""
        count = self.counts[key].get(outcome, 0)
        return Bar(key, count, percent(count, self.voters), (key, outcome) in self.right_choices)

    def count_right(self, learners: Iterable[int] | None = None) -> int:
        """Return the number of right choices, of these learners or of all."""
        chosen = self.ballots if learners is None else learners
        return sum(len(self.right_choices & self.ballots[each][0].items()) for each in chosen)

    @property
    def share(self) -> int:
        """The percentage of right choices."""
        return percent(self.count_right(), self.voters * len(self.step.variants))

    @property
    def advice(self) -> str:
        return advice(self.share)

    @property
    def sure_and_wrong(self) -> int:
        """The number of learners who were sure and had a wrong choice: they make the best discussion."""
        return sum(
            confidence == SURE and len(self.right_choices & choices.items()) < len(self.step.variants)
            for choices, confidence in self.ballots.values()
        )


def is_right(step: Step, variant, predicted: str) -> bool:
    """Judge a vote against the expected outcome: the class has not run the experiment yet."""
    return judge(step.experiment, variant, predicted, step.experiment.expected(variant)).right


def count_vote(classroom: Classroom, step: Step, round: int) -> Vote:
    """Return one vote of a class."""
    rows = class_predictions(classroom, step.slug, round).values_list("learner_id", "choices", "confidence")
    return Vote(step, round, {learner: (choices, confidence) for learner, choices, confidence in rows})


def visible_votes(classroom: Classroom, step: Step) -> list[Vote]:
    """Return the votes on a step that a class may see: none while a vote is open."""
    is_current = classroom.vote_step == step.slug
    if is_current and classroom.vote == classroom.Vote.OPEN:
        return []
    first_only = is_current and classroom.vote == classroom.Vote.CLOSED and classroom.vote_round == Prediction.FIRST
    rounds = (Prediction.FIRST,) if first_only else (Prediction.FIRST, Prediction.SECOND)
    votes = [count_vote(classroom, step, round) for round in rounds]
    return [vote for vote in votes if vote.voters]


def vote_gain(first: Vote, second: Vote) -> float | None:
    """Return the normalised gain between two votes, of the learners in both; None if there is none to compute."""
    both = first.ballots.keys() & second.ballots.keys()
    total = len(both) * len(first.step.variants)
    return normalised_gain(first.count_right(both), second.count_right(both), total) if both else None


@dataclass(frozen=True)
class MisconceptionGain:
    """The right answers about one misconception in both tests, of the learners who took both."""

    misconception: str
    question: str  # of the post-test
    before: int
    after: int
    of: int

    @property
    def gain(self) -> float | None:
        return normalised_gain(self.before, self.after, self.of)

    @property
    def before_share(self) -> int:
        return percent(self.before, self.of)

    @property
    def after_share(self) -> int:
        return percent(self.after, self.of)


def misconception_gains(classroom: Classroom, language: str) -> list[MisconceptionGain]:
    """Return the gain for each misconception."""
    before, after = (
        dict(class_predictions(classroom, "", round).values_list("learner_id", "choices"))
        for round in (Prediction.PRE, Prediction.POST)
    )
    both = before.keys() & after.keys()
    pairs = zip(questions("pre", language), questions("post", language), strict=True)
    return [
        MisconceptionGain(
            post.misconception,
            post.text,
            sum(pre.is_right(before[learner].get(pre.misconception)) for learner in both),
            sum(post.is_right(after[learner].get(post.misconception)) for learner in both),
            len(both),
        )
        for pre, post in pairs
    ]


def count_answers(classroom: Classroom, stop: Stop) -> int:
    """Return the number of answers to the current vote or test."""
    if stop.test is not None:
        return class_predictions(classroom, "", stop.test).count()
    return class_predictions(classroom, stop.slug, classroom.vote_round).count()
