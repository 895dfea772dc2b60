"""`manage.py compare`: every experiment at every door, in-process or against a running server, as a matrix."""

import csv
import html
import io
import json
import sys
import tempfile
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from authcompare.comparison import exports
from authcompare.comparison.evidence import of_a_run
from authcompare.comparison.table import Comparison
from authcompare.experiments.playwright_runner import NoBrowserError, watch
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.runner import fill, plan
from authcompare.server import second_servers


class Command(BaseCommand):
    help = (
        "Runs the experiments at every door and prints what was observed. Exit status 1 when one was not as expected."
    )

    def add_arguments(self, parser):
        parser.add_argument("--url", help="a running server, as http://localhost:8000; without it, in-process")
        parser.add_argument("--only", action="append", metavar="SLUG", help="this experiment only; may be repeated")
        parser.add_argument(
            "--format", choices=sorted(FORMATS), help="table, or markdown for the comparison, if unsaid"
        )
        parser.add_argument("--comparison", action="store_true", help="write what is claimed against what was observed")
        parser.add_argument(
            "--browser", action="store_true", help="also what only a browser shows, in a Chromium; needs --url"
        )
        parser.add_argument("--output", metavar="FILE", help="write there instead of to the terminal")

    def handle(self, *, url, only, format, comparison, browser, output, **options):
        if comparison and format not in {None, *COMPARISONS}:
            raise CommandError(f"the comparison is written as {', '.join(sorted(COMPARISONS))}")
        experiments = [find_experiment(slug) for slug in only] if only else all_experiments()
        if None in experiments:
            known = ", ".join(each.slug for each in all_experiments())
            raise CommandError(f"there is no experiment '{only[experiments.index(None)]}'; there are {known}")
        if url:
            reach(url)
        elif not settings.LAB:
            raise CommandError("experiments run in the lab only: unset LAB, or name a server with --url")
        if browser and not url:
            raise CommandError("a browser needs a running server: name it with --url")
        if not browser and all(each.browser for each in experiments):
            raise CommandError(f"only a browser shows {experiments[0].slug}: add --browser, or open its page")
        cells = plan([each for each in experiments if browser or not each.browser])
        try:
            with nullcontext() if url else own_database():
                for n, _cell in enumerate(run(cells, url), start=1):
                    if sys.stderr.isatty():
                        sys.stderr.write(f"\r{'█' * (n * 40 // len(cells)):<40} {n}/{len(cells)}")
        except NoBrowserError as error:
            raise CommandError(str(error)) from None
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
        if comparison:
            text = COMPARISONS[format or "markdown"](Comparison(of_a_run(cells)))
        else:
            text = FORMATS[format or "table"](cells)
        if output:
            Path(output).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
        wrong = [cell for cell in cells if not cell.agrees]
        for cell in wrong:
            seen = cell.observation.outcome if cell.observation else cell.error
            self.stderr.write(f"{cell.experiment.slug} at {cell.door}: expected '{cell.expected}', saw '{seen}'")
        if wrong:
            sys.exit(1)


@contextmanager
def own_database():
    """An empty one for as long as the `with` lasts, made as Django's test runner makes it: throwaway accounts need none
    of this site's data, and do not belong among them."""
    with tempfile.TemporaryDirectory(prefix="authcompare-", ignore_cleanup_errors=True) as folder:
        if connection.vendor == "sqlite":  # a file: in memory, threads would trip over each other
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder, "compare.sqlite3"))
        before = setup_databases(verbosity=0, interactive=False)
        try:
            yield
        finally:
            second_servers.stop_all()
            teardown_databases(before, verbosity=0)


def run(cells, url):
    """Fill the cells, first over HTTP, then what only a browser shows; yields each as it is done."""
    yield from fill(cells, url)
    in_browser = [cell for cell in cells if cell.experiment.browser]
    if in_browser:
        yield from watch(in_browser, url)


def reach(url):
    """Is there a server of ours, in its lab? Raises CommandError with one clear line."""
    try:
        answer = httpx.get(f"{url}/api/", headers={"Accept": "application/json"}, timeout=10)
        doors = answer.json()["doors"]
    except httpx.HTTPError:
        raise CommandError(f"{url} does not answer: is it running?") from None
    except (ValueError, KeyError):
        raise CommandError(f"{url} answers, but is no authcompare") from None
    expected = {(cell.variant.mechanism.name, cell.variant.slug) for cell in plan(all_experiments())}
    there = {(door["mechanism"], door["variant"]) for door in doors}
    if not any(door["lab"] for door in doors):
        raise CommandError(f"{url} is not in its lab: start it with LAB=1")
    if missing := expected - there:
        raise CommandError(f"{url} is another version: it has no door {' '.join(min(missing))}")


def rows(cells):
    """[(experiment, door, expected, observed, agrees), ...], as text."""
    for cell in cells:
        observed = cell.observation.outcome if cell.observation else cell.error
        yield cell.experiment.slug, cell.door, cell.expected, observed, "yes" if cell.agrees else "NO"


HEAD = ("experiment", "door", "expected", "observed", "agrees")


def arms(cells):
    """For each attack: how often it succeeded where it should, and where it should not."""
    for tried in dict.fromkeys(cell.experiment for cell in cells if cell.experiment.attack):
        mine = [cell for cell in cells if cell.experiment is tried]
        for arm, weak in (("weak", True), ("hardened", False)):
            there = [cell for cell in mine if (cell.expected == tried.attack) == weak]
            hits = sum(bool(cell.observation) and cell.observation.outcome == tried.attack for cell in there)
            yield tried.slug, arm, hits, len(there)


def as_table(cells):
    lines = [HEAD, *rows(cells)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    text = "".join(
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )
    return text + "\n" + "".join(f"attack {slug}: {arm} arm {hits} of {all}\n" for slug, arm, hits, all in arms(cells))


def as_markdown(cells):
    lines = [HEAD, ("---",) * len(HEAD), *rows(cells)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def as_csv(cells):
    file = io.StringIO()
    csv.writer(file).writerows([HEAD, *rows(cells)])
    return file.getvalue()


def as_json(cells):
    found = [
        dict(zip(HEAD, line, strict=True)) | {"agrees": cell.agrees}
        for line, cell in zip(rows(cells), cells, strict=True)
    ]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def as_html(cells):
    def line(words, tag):
        return "<tr>" + "".join(f"<{tag}>{html.escape(word)}</{tag}>" for word in words) + "</tr>\n"

    table = line(HEAD, "th") + "".join(line(row, "td") for row in rows(cells))
    return f"<!doctype html>\n<meta charset=utf-8>\n<title>authcompare</title>\n<table>\n{table}</table>\n"


FORMATS = {"table": as_table, "markdown": as_markdown, "csv": as_csv, "json": as_json, "html": as_html}
COMPARISONS = {"markdown": exports.as_markdown, "csv": exports.as_csv, "json": exports.as_json}
