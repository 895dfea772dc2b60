"""The topics that the article does not have: what the experiments of a topic observed, mechanism by mechanism.

Nothing here names a mechanism or an experiment: a fourth mechanism is one more column.
"""

from dataclasses import dataclass, field
from functools import cached_property

from authcompare.experiments.base import Experiment
from authcompare.experiments.observations import Observations
from authcompare.experiments.registry import all_experiments
from authcompare.experiments.topics import Topic
from authcompare.experiments.trial import Trial
from authcompare.mechanisms.base import Mechanism

MEASURED = "cost"  # the topic whose facts are quantities, drawn as bars
MAX_NAMED = 2  # a majority of more variants than this is called "the other doors"


@dataclass(frozen=True)
class OutcomeGroup:
    """The variants of one mechanism with the same result."""

    trials: list
    rest: bool = False  # the majority: all variants that the groups before do not name

    @property
    def first(self) -> Trial:
        return self.trials[0]

    @property
    def text(self) -> str:
        return self.first.observed_text or self.first.state_text

    @property
    def variants(self) -> list:
        return [trial.variant for trial in self.trials]


@dataclass(frozen=True)
class MechanismTrials:
    """The trials of one experiment at all variants of one mechanism that it concerns."""

    mechanism: Mechanism
    trials: list

    @cached_property
    def groups(self) -> list[OutcomeGroup]:
        by_result = {}
        for trial in self.trials:
            by_result.setdefault((trial.observed, trial.state), []).append(trial)
        groups = [OutcomeGroup(trials) for trials in by_result.values()]
        largest = max(groups, key=lambda group: len(group.trials), default=None)
        if len(groups) > 1 and len(largest.trials) > max(MAX_NAMED, len(self.trials) / 2):
            groups.remove(largest)
            groups.append(OutcomeGroup(largest.trials, rest=True))
        return groups


@dataclass(frozen=True)
class ExperimentLine:
    """One experiment, with its trials at each mechanism; None where it has nothing to observe."""

    experiment: Experiment
    cells: list  # of MechanismTrials or None


@dataclass(frozen=True)
class Figure:
    """One quantity: the numbers observed at the variants of each mechanism."""

    label: str
    numbers: list  # [(mechanism, [number, ...]), ...]

    @property
    def bars(self) -> list:
        """[(mechanism, None or (least, most, both again as percent of the scale)), ...]"""
        scale = max((n for _mechanism, numbers in self.numbers for n in numbers), default=0) or 1
        ranges = [(mechanism, numbers and (min(numbers), max(numbers))) for mechanism, numbers in self.numbers]
        return [(m, ends and (*ends, *(round(100 * end / scale, 1) for end in ends))) for m, ends in ranges]


@dataclass(frozen=True)
class ExtraTopic:
    """One additional topic with its experiments, and its figures if it is the measured one."""

    topic: Topic
    lines: list
    figures: list = field(default_factory=list)


def extra_topic(topic: Topic, mechanisms: list[Mechanism], observations: Observations) -> ExtraTopic:
    """Return this topic's experiments with everything that was observed."""
    lines = [
        ExperimentLine(each, [cell(each, mechanism, observations) for mechanism in mechanisms])
        for each in all_experiments()
        if topic.slug in each.rows
    ]
    lines = [line for line in lines if any(line.cells)]
    return ExtraTopic(topic, lines, figures(lines, mechanisms) if topic.slug == MEASURED else [])


def cell(experiment: Experiment, mechanism: Mechanism, observations: Observations) -> MechanismTrials | None:
    concerned = [variant for variant in mechanism.available_variants if experiment.concerns(variant)]
    trials = [Trial(experiment, each, observations.get((experiment.slug, each.key))) for each in concerned]
    return MechanismTrials(mechanism, trials) if trials else None


def figures(lines: list[ExperimentLine], mechanisms: list[Mechanism]) -> list[Figure]:
    """Return a figure for every fact that is a number."""
    by_label = {}
    for each in (each for line in lines for each in line.cells if each):
        for label, value in (fact for trial in each.trials if trial.observation for fact in trial.observation.facts):
            if isinstance(value, (int, float)):
                by_label.setdefault(str(label), {}).setdefault(each.mechanism, []).append(value)
    return [Figure(label, [(m, numbers.get(m, [])) for m in mechanisms]) for label, numbers in by_label.items()]
