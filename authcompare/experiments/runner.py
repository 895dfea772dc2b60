"""All experiments at all doors, run side by side: the matrix that everything else is drawn from."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from django.db import connections
from django.utils import translation

from authcompare.experiments.base import Experiment, Observation
from authcompare.experiments.cast import Actors
from authcompare.experiments.models import Evidence
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import variants

AT_ONCE = 32  # many of them only wait: for an end to come, or for a second server


@dataclass
class Cell:
    """One experiment at one door: what was expected and what was seen, or the error that kept it from being seen."""

    experiment: Experiment
    variant: Variant
    expected: str
    observation: Observation | None = None
    error: str = ""

    @property
    def agrees(self):
        return self.observation is not None and self.observation.outcome == self.expected

    @property
    def door(self):
        return f"{self.variant.mechanism.name} {self.variant.slug}"


def plan(experiments):
    """The cells to be filled: every door that each experiment concerns."""
    return [Cell(e, v, e.expected(v)) for e in experiments for v in variants() if e.concerns(v)]


def fill(cells, base_url=None) -> Iterator[Cell]:
    """Run them, each with a cast of its own; yields each cell as it is done. What only a browser shows stays empty."""
    runnable = [cell for cell in cells if not cell.experiment.browser]
    runnable.sort(key=lambda cell: not cell.experiment.waits)  # these take longest, and others go on meanwhile
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(apart, cell, base_url) for cell in runnable]
        for done in as_completed(running):
            yield done.result()


def apart(cell, base_url):
    """`observe` in a thread of its own, whose connections nobody else would close."""
    try:
        return observe(cell, base_url)
    finally:
        connections.close_all()


def observe(cell, base_url=None):
    """Fill one cell. Whatever goes wrong belongs into the matrix, not over it."""
    try:
        with Actors(base_url) as actors:
            cell.observation = cell.experiment.run(actors, cell.variant)
    except Exception as error:
        cell.error = f"{type(error).__name__}: {error}"
    return cell


def keep(cell):
    """Remember what was seen here, for the comparison; in English, which every reader's language is found by."""
    with translation.override("en"):
        facts = cell.observation.plain_facts
    Evidence.objects.update_or_create(
        experiment=cell.experiment.slug,
        mechanism=cell.variant.mechanism.name,
        variant=cell.variant.slug,
        defaults={
            "expected": cell.expected,
            "outcome": cell.observation.outcome,
            "facts": facts,
        },
    )
