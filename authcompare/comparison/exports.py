"""The comparison as Markdown, CSV and JSON: the same content in each."""

import csv
import io
import json

from authcompare.comparison.markdown import as_markdown


def told(observed):
    """One observation, as text."""
    return {
        "experiment": observed.experiment.slug,
        "title": str(observed.experiment.title),
        "door": observed.door,
        "needed": str(observed.needed_words),
        "seen": str(observed.seen_words) or observed.told,
        "observation": observed.state,
    }


def claims(cells):
    """Each claim with its findings and their evidence."""
    return [
        {
            "row": each.claim.row,
            "mechanism": each.claim.mechanism,
            "claim": str(each.claim.said),
            "findings": [
                {
                    "half": str(held.finding.half),
                    "verdict": held.verdict,
                    "why": str(held.finding.why),
                    "state": held.state,
                    "evidence": [told(piece) for piece in held.pieces],
                }
                for held in each.findings
            ],
        }
        for each in cells
    ]


def observations(comparison):
    """What fills our own rows."""
    return [
        {"row": ours.row.slug, "mechanism": cell.mechanism.name, "evidence": [told(each) for each in cell.observed]}
        for ours in comparison.ours
        for line in ours.lines
        for cell in line.cells
        if cell
    ]


def as_json(comparison):
    found = {
        "claims": claims(comparison.claimed),
        "statements": claims(comparison.statements),
        "observations": observations(comparison),
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


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


def as_csv(comparison):
    """One line for each piece of evidence."""
    file = io.StringIO()
    lines = csv.DictWriter(file, HEAD, restval="", extrasaction="ignore")
    lines.writeheader()
    for claim in claims([*comparison.claimed, *comparison.statements]):
        for finding in claim["findings"]:
            lines.writerows({**piece, **claim, **finding} for piece in finding["evidence"])
    for line in observations(comparison):
        lines.writerows({**line, **piece} for piece in line["evidence"])
    return file.getvalue()


FORMATS = {
    "md": ("text/markdown", as_markdown),
    "csv": ("text/csv", as_csv),
    "json": ("application/json", as_json),
}
