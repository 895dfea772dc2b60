"""The rows that the article does not have: each cell is what an experiment filed there saw at a mechanism's doors.

Nothing here knows a mechanism or an experiment by name: a fourth mechanism is one more column.
"""

from dataclasses import dataclass, field
from functools import cached_property

from authcompare.comparison.evidence import DIFFERS, WORDS, Observed, address, name, worst
from authcompare.experiments.base import Experiment
from authcompare.experiments.registry import all_experiments
from authcompare.mechanisms.base import Mechanism

MEASURED = "cost"  # the row whose facts are quantities, to be drawn
FEW = 2  # doors that are named one by one; more of them are "the others"


@dataclass(frozen=True)
class Group:
    """The doors at which one thing was seen, or nothing yet."""

    experiment: Experiment
    outcome: str
    state: str
    doors: list
    rest: bool = False  # most of the doors: whatever is not named before

    @property
    def words(self):
        return self.experiment.text(self.outcome) if self.outcome else WORDS[self.state]

    @property
    def mood(self):
        """What its mark says: the state of the observation, or, where it is as promised, how the attack went."""
        if not self.outcome or self.state == DIFFERS or not self.experiment.attack:
            return self.state if self.state == DIFFERS or not self.outcome else "plain"
        return "succeeds" if self.outcome == self.experiment.attack else "fails"


@dataclass(frozen=True)
class Cell:
    """One experiment, at all doors of one mechanism that it concerns."""

    experiment: Experiment
    mechanism: Mechanism
    observed: list

    @property
    def state(self):
        return worst(each.state for each in self.observed)

    @cached_property
    def groups(self):
        found = {}
        for each in self.observed:
            outcome = each.seen.outcome if each.seen else ""
            found.setdefault((outcome, each.state), []).append(each.variant)
        made = [Group(self.experiment, *key, doors) for key, doors in found.items()]
        most = max(made, key=lambda group: len(group.doors), default=None)
        if len(made) > 1 and len(most.doors) > max(FEW, len(self.observed) / 2):
            made.remove(most)
            made.append(Group(self.experiment, most.outcome, most.state, most.doors, rest=True))
        return made

    @property
    def told(self):
        """For the page's script, which fills in what only this browser has seen."""
        return [
            {"door": each.door, "title": each.variant.title, "lab": each.variant.lab, "needed": each.needed}
            for each in self.observed
        ]


@dataclass(frozen=True)
class Line:
    """One experiment, with a cell for each mechanism; None where it has nothing to observe."""

    experiment: Experiment
    cells: list

    @property
    def address(self):
        return address(self.experiment)


@dataclass(frozen=True)
class Figure:
    """A quantity: the numbers noted at the doors of each mechanism."""

    what: str
    noted: list  # [(mechanism, [number, ...]), ...]

    @property
    def bars(self):
        """[(mechanism, None or (least, most, both again as percent of the scale)), ...]"""
        scale = max((n for _mechanism, numbers in self.noted for n in numbers), default=0) or 1
        ranges = [(mechanism, numbers and (min(numbers), max(numbers))) for mechanism, numbers in self.noted]
        return [(m, ends and (*ends, *(round(100 * end / scale, 1) for end in ends))) for m, ends in ranges]


@dataclass(frozen=True)
class ExtraRow:
    row: object
    lines: list
    figures: list = field(default_factory=list)


def extra_row(row, mechanisms, book):
    lines = [
        Line(tried, [cell(tried, mechanism, book) for mechanism in mechanisms])
        for tried in all_experiments()
        if row.slug in tried.rows
    ]
    lines = [line for line in lines if any(line.cells)]
    return ExtraRow(row, lines, figures(lines, mechanisms) if row.slug == MEASURED else [])


def cell(tried, mechanism, book):
    doors = [variant for variant in mechanism.available_variants if tried.concerns(variant)]
    seen = [Observed(tried, v, tried.expected(v), book.get((tried.slug, name(v)))) for v in doors]
    return Cell(tried, mechanism, seen) if seen else None


def figures(lines, mechanisms):
    """Whatever number was noted at the doors of each mechanism."""
    found = {}
    for each in (each for line in lines for each in line.cells if each):
        for what, value in (fact for observed in each.observed if observed.seen for fact in observed.seen.facts):
            if isinstance(value, (int, float)):
                found.setdefault(str(what), {}).setdefault(each.mechanism, []).append(value)
    return [Figure(what, [(m, noted.get(m, [])) for m in mechanisms]) for what, noted in found.items()]
