"""`manage.py compare`: run every experiment at every variant, in-process or against a running server."""

import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from authcompare.comparison import exports
from authcompare.comparison.table import Comparison
from authcompare.experiments.base import Experiment
from authcompare.experiments.playwright_runner import NoBrowserError, run_all_in_browser
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.reports import FORMATS
from authcompare.experiments.runner import run_all
from authcompare.experiments.targets import UnusableServerError, check_server, temporary_database
from authcompare.experiments.trial import Trial, plan

COMPARISON_FORMATS = {"markdown": exports.as_markdown, "csv": exports.as_csv, "json": exports.as_json}


class Command(BaseCommand):
    help = "Runs the experiments at every door and prints the results. Exits with status 1 if one is not as expected."

    def add_arguments(self, parser):
        parser.add_argument("--url", help="a running server, such as http://localhost:8000; default: in-process")
        parser.add_argument("--only", action="append", metavar="SLUG", help="only this experiment; may be repeated")
        parser.add_argument("--format", choices=sorted(FORMATS), help="default: table; with --comparison: markdown")
        parser.add_argument("--comparison", action="store_true", help="write the statements and their verdicts")
        parser.add_argument("--browser", action="store_true", help="also run browser experiments; needs --url")
        parser.add_argument("--output", metavar="FILE", help="write to this file instead of the terminal")

    def handle(self, *, url, only, format, comparison, browser, output, **options):
        if comparison and format not in {None, *COMPARISON_FORMATS}:
            raise CommandError(f"the formats of the comparison are {', '.join(sorted(COMPARISON_FORMATS))}")
        experiments = chosen_experiments(only)
        check_options(experiments, url, browser)
        trials = plan(each for each in experiments if browser or not each.browser)
        with nullcontext() if url else temporary_database():
            run_with_progress(trials, url)
        if comparison:
            observations = {trial.key: trial.observation for trial in trials if trial.observation}
            text = COMPARISON_FORMATS[format or "markdown"](Comparison(observations))
        else:
            text = FORMATS[format or "table"](trials)
        if output:
            Path(output).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
        self.report_differences(trials)

    def report_differences(self, trials: Iterable[Trial]) -> None:
        """Name every trial that is not as expected, and exit with status 1 if there is one."""
        wrong = [trial for trial in trials if not trial.agrees]
        for trial in wrong:
            observed = trial.observed or trial.error
            self.stderr.write(
                f"{trial.experiment.slug} at {trial.variant.key}: expected '{trial.expected}', observed '{observed}'"
            )
        if wrong:
            sys.exit(1)


def chosen_experiments(only: list[str] | None) -> list[Experiment]:
    """Return the experiments with these slugs, or all of them."""
    if not only:
        return all_experiments()
    experiments = [find_experiment(slug) for slug in only]
    if None in experiments:
        known = ", ".join(each.slug for each in all_experiments())
        raise CommandError(f"there is no experiment '{only[experiments.index(None)]}'; there are {known}")
    return experiments


def check_options(experiments: list[Experiment], url: str | None, browser: bool) -> None:
    """Raise CommandError unless these experiments can run with these options."""
    if url:
        try:
            check_server(url)
        except UnusableServerError as error:
            raise CommandError(str(error)) from None
    elif not settings.LAB:
        raise CommandError("experiments need the lab: start with LAB=1, or name a server with --url")
    if browser and not url:
        raise CommandError("browser experiments need a running server: name it with --url")
    if not browser and all(each.browser for each in experiments):
        raise CommandError(f"{experiments[0].slug} needs a browser: add --browser, or open its page")


def run_with_progress(trials: list[Trial], url: str | None) -> None:
    """Run these trials, those that need a browser last, with a progress bar on a terminal."""
    show = sys.stderr.write if sys.stderr.isatty() else lambda text: None
    try:
        for n, _trial in enumerate(run_everywhere(trials, url), start=1):
            show(f"\r{'█' * (n * 40 // len(trials)):<40} {n}/{len(trials)}")
    except NoBrowserError as error:
        raise CommandError(str(error)) from None
    show("\r\x1b[K")


def run_everywhere(trials: list[Trial], url: str | None):
    yield from run_all(trials, url)
    in_browser = [trial for trial in trials if trial.experiment.browser]
    if in_browser:
        yield from run_all_in_browser(in_browser, url)
