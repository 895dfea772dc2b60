"""The comparison as Markdown: docs/comparison.md, and a download.

It has no times and no ids: two runs with the same observations write the same text.
"""

from collections.abc import Iterator

from django.utils.translation import gettext

from authcompare.comparison.extra_topics import ExtraTopic, MechanismTrials, OutcomeGroup
from authcompare.comparison.table import CheckedStatement, Comparison
from authcompare.comparison.verdicts import CheckedVerdict
from authcompare.experiments.registry import find_experiment
from authcompare.experiments.trial import IN_BROWSER, SEEN, Trial


def as_markdown(comparison: Comparison) -> str:
    return "\n".join(
        [
            f"# {gettext('Statements and observations')}",
            "",
            *summary(comparison),
            "",
            *(part for topic, cells in comparison.rows for part in article_row(topic, cells)),
            f"## {gettext('Beyond the table')}",
            "",
            *statements_table(comparison.further),
            "",
            *(part for each in comparison.extra_topics for part in extra_topic(each, comparison.mechanisms)),
            f"## {gettext('The experiments')}",
            "",
            *sources(comparison),
            "",
        ]
    )


def summary(comparison: Comparison) -> list[str]:
    verdicts = ", ".join(f"{n} {mark} {text}" for _verdict, mark, text, n in comparison.verdict_counts)
    states = "; ".join(f"{n} {text}" for _state, text, n in comparison.state_counts if n)
    return [
        gettext("%(n)s statements of the article, in our words; experiments decide each of them: %(verdicts)s.")
        % {"n": len(comparison.from_article), "verdicts": verdicts},
        gettext("State of all verdicts: %(states)s.") % {"states": states},
        gettext("`manage.py compare --comparison` runs the experiments and writes this file again."),
    ]


def article_row(topic, cells: list[CheckedStatement]) -> list[str]:
    return [f"## {topic}", "", *statements_table([cell for cell in cells if cell.statement]), ""]


def statements_table(cells: list[CheckedStatement]) -> Iterator[str]:
    yield row("", gettext("Statement"), gettext("Verdict"), gettext("Why"), gettext("Evidence"))
    yield row(*["---"] * 5)
    for cell in cells:
        start = [cell.mechanism.title if cell.mechanism else cell.statement.title, cell.statement.text]
        for checked in cell.verdicts:
            yield row(*start, *verdict_columns(checked))
            start = ["", ""]


def verdict_columns(checked: CheckedVerdict) -> tuple[str, str, str]:
    """Return a verdict, its reason, and its evidence."""
    verdict = f"{checked.mark} **{checked.text}**"
    if checked.state != SEEN:
        verdict += f", {checked.state_text}"
    half, why = checked.verdict.half, checked.verdict.why
    evidence = [f"{each.experiment.title} ({each.variant.title}): {result_text(each)}" for each in checked.trials]
    return verdict, f"{half}: {why}" if half else str(why), "<br>".join(evidence)


def result_text(trial: Trial) -> str:
    """Return the observed outcome as text, or why there is none."""
    if trial.observation:
        text = f"“{trial.observed_text}”"
        return f"{text} ({gettext('seen in your browser')})" if trial.observation.in_your_browser else text
    if trial.state == IN_BROWSER:
        return gettext("needs a browser: open %(address)s") % {"address": f"/experiments/{trial.experiment.slug}/"}
    return str(trial.state_text)


def extra_topic(extra: ExtraTopic, mechanisms: list) -> Iterator[str]:
    """Write experiments down, mechanisms across."""
    yield f"## {extra.topic}"
    yield ""
    yield row("", *(mechanism.title for mechanism in mechanisms))
    yield row(*["---"] * (len(mechanisms) + 1))
    for line in extra.lines:
        yield row(line.experiment.title, *(results(cell) if cell else "–" for cell in line.cells))
    yield ""


def results(cell: MechanismTrials) -> str:
    """Return the results of one experiment at the variants of one mechanism."""
    return "<br>".join(f"{place(group, cell)}: {result_text(group.first)}" for group in cell.groups)


def place(group: OutcomeGroup, cell: MechanismTrials) -> str:
    if len(group.trials) == len(cell.trials):
        return gettext("every door")
    if group.rest:
        return gettext("all others")
    return ", ".join(str(variant.title) for variant in group.variants)


def sources(comparison: Comparison) -> Iterator[str]:
    """Return each experiment that the comparison uses, with its question and its sources."""
    checked = [verdict for each in [*comparison.from_article, *comparison.further] for verdict in each.verdicts]
    used = {trial.experiment.slug for each in checked for trial in each.trials}
    used |= {line.experiment.slug for extra in comparison.extra_topics for line in extra.lines}
    for slug in sorted(used):
        experiment = find_experiment(slug)
        cited = ", ".join(f"[{title}]({address})" for title, address in experiment.sources)
        yield f"- **{experiment.title}** (`{slug}`): {experiment.question} {cited}"


def row(*cells) -> str:
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"
