"""What a class has answered, counted. Nothing here can tell who answered what."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from authcompare.learning.lessons import Step
from authcompare.learning.models import Prediction
from authcompare.learning.questions import gain, questions

# Crouch and Mazur (2001): below, too few good arguments are in the room; above, too few people to convince.
FEW, MANY = 30, 70  # percent of right answers
SURE = 3


def percent(part, whole):
    return round(100 * part / whole) if whole else 0


def answers(classroom, step, round):
    return Prediction.objects.filter(learner__classroom=classroom, step=step, round=round)


def advice(share):
    """What to do about this share of right answers, in percent: "explain", "discuss" or "on"."""
    return "explain" if share < FEW else "on" if share > MANY else "discuss"


@dataclass(frozen=True)
class Bar:
    """How many chose one outcome at one door."""

    door: str  # "<mechanism> <variant>"
    count: int
    share: int  # percent of those who voted
    right: bool


@dataclass(frozen=True)
class Tally:
    """One vote on one step: {learner: (choices, confidence)}."""

    step: Step
    round: int
    given: dict

    @property
    def voted(self):
        return len(self.given)

    @cached_property
    def expected(self):
        return {door.key: self.step.experiment.expected(door) for door in self.step.doors}

    @cached_property
    def counts(self):
        """{door: {outcome: how many}}."""
        said = [choices for choices, _confidence in self.given.values()]
        return {door: dict(Counter(choices[door] for choices in said if door in choices)) for door in self.expected}

    @property
    def lines(self):
        """The histogram, as a table: [(choice, [Bar of each door])]."""
        return [(choice, [self.bar(door, choice) for door in self.expected]) for choice in self.step.experiment.choices]

    def bar(self, door, choice):
        count = self.counts[door].get(choice.outcome, 0)
        return Bar(door, count, percent(count, self.voted), self.expected[door] == choice.outcome)

    def right(self, learners=None):
        """How many choices were right, of all or of these learners."""
        kept = self.given if learners is None else learners
        return sum(self.given[each][0].get(door) == right for each in kept for door, right in self.expected.items())

    @property
    def share(self):
        """Percent of all choices that were right."""
        return percent(self.right(), self.voted * len(self.expected))

    @property
    def advice(self):
        return advice(self.share)

    @property
    def sure_and_wrong(self):
        """How many were sure, and wrong at some door: the best discussion there is."""
        return sum(
            confidence == SURE and any(choices.get(door) != right for door, right in self.expected.items())
            for choices, confidence in self.given.values()
        )


def tally(classroom, step, round):
    rows = answers(classroom, step.slug, round).values_list("learner_id", "choices", "confidence")
    return Tally(step, round, {learner: (choices, confidence) for learner, choices, confidence in rows})


def votes(classroom, step):
    """The votes on this step that can be shown: none while one of them is open."""
    here = classroom.vote_step == step.slug
    if here and classroom.vote == classroom.Vote.OPEN:
        return []
    first_only = here and classroom.vote == classroom.Vote.CLOSED and classroom.vote_round == Prediction.FIRST
    rounds = (Prediction.FIRST,) if first_only else (Prediction.FIRST, Prediction.SECOND)
    found = [tally(classroom, step, round) for round in rounds]
    return [each for each in found if each.voted]


def gained(first, second):
    """The normalised gain from one vote to the next, of those who took part in both; None where nothing could be."""
    both = first.given.keys() & second.given.keys()
    of = len(both) * len(first.expected)
    return gain(first.right(both), second.right(both), of) if both else None


@dataclass(frozen=True)
class Idea:
    """One misconception in both tests, of those who took both."""

    misconception: str
    question: str  # of the post-test
    before: int
    after: int
    of: int

    @property
    def gain(self):
        return gain(self.before, self.after, self.of)

    @property
    def before_share(self):
        return percent(self.before, self.of)

    @property
    def after_share(self):
        return percent(self.after, self.of)


def ideas(classroom, language):
    """The gain for each misconception: [Idea, ...]."""
    before, after = (
        dict(answers(classroom, "", round).values_list("learner_id", "choices"))
        for round in (Prediction.PRE, Prediction.POST)
    )
    both = before.keys() & after.keys()
    pairs = zip(questions("pre", language), questions("post", language), strict=True)
    return [
        Idea(
            post.misconception,
            post.text,
            sum(before[each].get(pre.misconception) == pre.right for each in both),
            sum(after[each].get(post.misconception) == post.right for each in both),
            len(both),
        )
        for pre, post in pairs
    ]


def answered(classroom, stop):
    """How many have answered what is asked now: the vote that is open or was closed last, or the test."""
    if stop.test is not None:
        return answers(classroom, "", stop.test).count()
    return answers(classroom, stop.slug, classroom.vote_round).count()
