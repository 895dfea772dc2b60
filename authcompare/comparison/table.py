"""The whole comparison, computed from observations: the content of the page and of every export."""

from dataclasses import dataclass

from authcompare.comparison.extra_topics import ExtraTopic, extra_topic
from authcompare.comparison.statements import ARTICLE_STATEMENTS, FURTHER_STATEMENTS
from authcompare.comparison.verdicts import MARKS, STATES, VERDICTS, CheckedVerdict, Statement
from authcompare.experiments.observations import Observations
from authcompare.experiments.topics import TOPICS, Topic
from authcompare.mechanisms.base import Mechanism
from authcompare.mechanisms.registry import mechanisms


@dataclass(frozen=True)
class CheckedStatement:
    """A statement and its checked verdicts; the statement is None where the article says nothing."""

    mechanism: Mechanism | None
    statement: Statement | None
    verdicts: list


class Comparison:
    """Every statement and every additional topic, checked against these observations."""

    def __init__(self, observations: Observations):
        self.mechanisms = mechanisms()
        by_place = {(each.topic, each.mechanism): each for each in ARTICLE_STATEMENTS}
        self.rows: list[tuple[Topic, list[CheckedStatement]]] = [
            (topic, [check(by_place.get((topic.slug, each.name)), each, observations) for each in self.mechanisms])
            for topic in TOPICS
            if not topic.ours
        ]
        self.extra_topics: list[ExtraTopic] = [
            extra_topic(topic, self.mechanisms, observations) for topic in TOPICS if topic.ours
        ]
        self.further = [check(each, None, observations) for each in FURTHER_STATEMENTS]

    @property
    def from_article(self) -> list[CheckedStatement]:
        """The article's statements."""
        return [each for _topic, cells in self.rows for each in cells if each.statement]

    @property
    def verdicts(self) -> list[CheckedVerdict]:
        """The verdicts on the article's statements. Some statements have two, one for each half."""
        return [verdict for each in self.from_article for verdict in each.verdicts]

    @property
    def verdict_counts(self) -> list[tuple[str, str, str, int]]:
        """The number of each verdict: [(verdict, mark, text, n), ...]."""
        names = [verdict.name for verdict in self.verdicts]
        return [(name, MARKS[name], text, names.count(name)) for name, text in VERDICTS.items()]

    @property
    def state_counts(self) -> list[tuple[str, str, int]]:
        """The number of verdicts in each state, further statements included: [(state, text, n), ...]."""
        every = [*self.verdicts, *(verdict for each in self.further for verdict in each.verdicts)]
        states = [verdict.state for verdict in every]
        return [(state, text, states.count(state)) for state, text in STATES.items()]


def check(statement: Statement | None, mechanism: Mechanism | None, observations: Observations) -> CheckedStatement:
    """Check every verdict of this statement against the observations."""
    verdicts = [verdict.check(observations) for verdict in statement.verdicts] if statement else []
    return CheckedStatement(mechanism, statement, verdicts)
