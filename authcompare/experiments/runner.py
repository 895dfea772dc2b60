"""Run experiments: one trial, or all of them side by side."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

from django.db import connections
from django.utils import translation

from authcompare.experiments.cast import Actors
from authcompare.experiments.models import Evidence
from authcompare.experiments.trial import Trial

THREADS = 32  # most trials only wait: for a credential to expire, or for a second server


def run_all(trials: Iterable[Trial], base_url: str | None = None) -> Iterator[Trial]:
    """Run these trials, each with actors of its own, and yield each one when it is done.

    Experiments that need a browser are left out.
    """
    runnable = [trial for trial in trials if not trial.experiment.browser]
    runnable.sort(key=lambda trial: not trial.experiment.waits)  # the longest first: others run in the meantime
    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(run_in_thread, trial, base_url) for trial in runnable]
        for done in as_completed(running):
            yield done.result()


def run_in_thread(trial: Trial, base_url: str | None) -> Trial:
    """Run a trial in a thread of its own, and close that thread's database connections."""
    try:
        return run(trial, base_url)
    finally:
        connections.close_all()


def run(trial: Trial, base_url: str | None = None) -> Trial:
    """Run one trial. An exception becomes the trial's error, so that the others can go on."""
    try:
        with Actors(base_url) as actors:
            trial.observation = trial.experiment.run(actors, trial.variant)
    except Exception as error:
        trial.error = f"{type(error).__name__}: {error}"
    return trial


def store(trial: Trial) -> None:
    """Store what was observed on this server. The facts are stored in English, and translated when they are read."""
    with translation.override("en"):
        facts = trial.observation.plain_facts
    Evidence.objects.update_or_create(
        experiment=trial.experiment.slug,
        mechanism=trial.variant.mechanism.name,
        variant=trial.variant.slug,
        defaults={"expected": trial.expected, "outcome": trial.observed, "facts": facts},
    )
