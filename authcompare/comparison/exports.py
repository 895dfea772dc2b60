"""The comparison as Markdown, CSV and JSON: the same content in each."""

import csv
import io
import json

from authcompare.comparison.markdown import as_markdown, result_text
from authcompare.comparison.table import CheckedStatement, Comparison
from authcompare.experiments.trial import Trial


def trial_to_dict(trial: Trial) -> dict:
    return {
        "experiment": trial.experiment.slug,
        "title": str(trial.experiment.title),
        "door": trial.variant.key,
        "needed": str(trial.expected_text),
        "seen": str(trial.observed_text) or result_text(trial),
        "observation": trial.state,
    }


def statements_to_dicts(statements: list[CheckedStatement]) -> list[dict]:
    """Return each statement with its verdicts and their evidence."""
    return [
        {
            "row": each.statement.topic,
            "mechanism": each.statement.mechanism,
            "claim": str(each.statement.text),
            "findings": [
                {
                    "half": str(checked.verdict.half),
                    "verdict": checked.name,
                    "why": str(checked.verdict.why),
                    "state": checked.state,
                    "evidence": [trial_to_dict(trial) for trial in checked.trials],
                }
                for checked in each.verdicts
            ],
        }
        for each in statements
    ]


def observations_to_dicts(comparison: Comparison) -> list[dict]:
    """Return the trials of the additional topics."""
    return [
        {
            "row": extra.topic.slug,
            "mechanism": cell.mechanism.name,
            "evidence": [trial_to_dict(trial) for trial in cell.trials],
        }
        for extra in comparison.extra_topics
        for line in extra.lines
        for cell in line.cells
        if cell
    ]


def as_json(comparison: Comparison) -> str:
    content = {
        "claims": statements_to_dicts(comparison.from_article),
        "statements": statements_to_dicts(comparison.further),
        "observations": observations_to_dicts(comparison),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


HEAD = [
    "row",
    "mechanism",
    "claim",
    "half",
    "verdict",
    "why",
    "state",
    "experiment",
    "door",
    "needed",
    "seen",
    "observation",
]


def as_csv(comparison: Comparison) -> str:
    """Return one line for each trial."""
    file = io.StringIO()
    lines = csv.DictWriter(file, HEAD, restval="", extrasaction="ignore")
    lines.writeheader()
    for statement in statements_to_dicts([*comparison.from_article, *comparison.further]):
        for finding in statement["findings"]:
            lines.writerows({**trial, **statement, **finding} for trial in finding["evidence"])
    for line in observations_to_dicts(comparison):
        lines.writerows({**line, **trial} for trial in line["evidence"])
    return file.getvalue()


FORMATS = {
    "md": ("text/markdown", as_markdown),
    "csv": ("text/csv", as_csv),
    "json": ("application/json", as_json),
}
