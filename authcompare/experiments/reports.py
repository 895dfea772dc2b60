"""The results of trials as a table, Markdown, CSV, JSON and HTML."""

import csv
import html
import io
import json
from collections.abc import Iterator

from authcompare.experiments.trial import Trial

HEAD = ("experiment", "door", "expected", "observed", "agrees")


def rows(trials: list[Trial]) -> Iterator[tuple[str, ...]]:
    """Return the columns of HEAD for each trial, as text."""
    for trial in trials:
        observed = trial.observed or trial.error
        yield trial.experiment.slug, trial.variant.key, trial.expected, observed, "yes" if trial.agrees else "NO"


def attack_counts(trials: list[Trial]) -> Iterator[tuple[str, str, int, int]]:
    """Return (experiment, role, successes, trials) for the weak and the hardened variants of each attack."""
    for experiment in dict.fromkeys(trial.experiment for trial in trials if trial.experiment.attack):
        for role in ("weak", "hardened"):
            group = [trial for trial in trials if trial.experiment is experiment and trial.role == role]
            yield experiment.slug, role, sum(trial.observed == experiment.attack for trial in group), len(group)


def as_table(trials: list[Trial]) -> str:
    lines = [HEAD, *rows(trials)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    text = "".join(
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )
    counts = attack_counts(trials)
    return (
        text + "\n" + "".join(f"attack {slug}: {role} variants {hits} of {all}\n" for slug, role, hits, all in counts)
    )


def as_markdown(trials: list[Trial]) -> str:
    lines = [HEAD, ("---",) * len(HEAD), *rows(trials)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def as_csv(trials: list[Trial]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([HEAD, *rows(trials)])
    return file.getvalue()


def as_json(trials: list[Trial]) -> str:
    content = [
        dict(zip(HEAD, line, strict=True)) | {"agrees": trial.agrees}
        for line, trial in zip(rows(trials), trials, strict=True)
    ]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def as_html(trials: list[Trial]) -> str:
    def line(words, tag):
        return "<tr>" + "".join(f"<{tag}>{html.escape(word)}</{tag}>" for word in words) + "</tr>\n"

    table = line(HEAD, "th") + "".join(line(row, "td") for row in rows(trials))
    return f"<!doctype html>\n<meta charset=utf-8>\n<title>authcompare</title>\n<table>\n{table}</table>\n"


FORMATS = {"table": as_table, "markdown": as_markdown, "csv": as_csv, "json": as_json, "html": as_html}
