"""The comparison as Markdown: docs/comparison.md, and a download.

No times and no ids: two runs that saw the same write the same.
"""

from django.utils.translation import gettext

from authcompare.comparison.evidence import SEEN
from authcompare.experiments.registry import find_experiment


def as_markdown(comparison):
    return "\n".join(
        [
            f"# {gettext('What is claimed, and what was observed')}",
            "",
            *summary(comparison),
            "",
            *(part for title, cells in comparison.claims for part in claimed_row(title, cells)),
            f"## {gettext('Beyond the table')}",
            "",
            *claims_table(comparison.statements),
            "",
            *(part for each in comparison.ours for part in extra_row(each, comparison.mechanisms)),
            f"## {gettext('The experiments')}",
            "",
            *sources(comparison),
            "",
        ]
    )


def summary(comparison):
    verdicts = ", ".join(f"{n} {mark} {words}" for _verdict, mark, words, n in comparison.verdicts)
    states = "; ".join(f"{n} {words}" for _state, words, n in comparison.states if n)
    return [
        gettext("%(n)s claims, restated, each decided by experiments: %(verdicts)s.")
        % {"n": len(comparison.claimed), "verdicts": verdicts},
        gettext("Of all verdicts: %(states)s.") % {"states": states},
        gettext("`manage.py compare --comparison` runs the experiments and writes this anew."),
    ]


def claimed_row(title, cells):
    return [f"## {title}", "", *claims_table([cell for cell in cells if cell.claim]), ""]


def claims_table(cells):
    yield row("", gettext("Claim"), gettext("Verdict"), gettext("Why"), gettext("Evidence"))
    yield row(*["---"] * 5)
    for cell in cells:
        said = [cell.mechanism.title if cell.mechanism else cell.claim.title, cell.claim.said]
        for held in cell.findings:
            yield row(*said, *found(held))
            said = ["", ""]


def found(held):
    """The verdict of one finding, why, and what it rests on."""
    verdict = f"{held.mark} **{held.verdict_words}**"
    if held.state != SEEN:
        verdict += f", {held.state_words}"
    why = f"{held.finding.half}: {held.finding.why}" if held.finding.half else held.finding.why
    evidence = [f"{each.experiment.title} ({each.variant.title}): {each.told}" for each in held.pieces]
    return verdict, why, "<br>".join(evidence)


def extra_row(ours, mechanisms):
    """Experiments down, mechanisms across."""
    yield f"## {ours.row}"
    yield ""
    yield row("", *(mechanism.title for mechanism in mechanisms))
    yield row(*["---"] * (len(mechanisms) + 1))
    for each in ours.lines:
        yield row(each.experiment.title, *(groups(cell) if cell else "–" for cell in each.cells))
    yield ""


def groups(cell):
    """What was seen of one experiment at the doors of one mechanism."""
    return "<br>".join(f"{where(group, cell)}: {words(group, cell)}" for group in cell.groups)


def where(group, cell):
    if len(group.doors) == len(cell.observed):
        return gettext("every door")
    if group.rest:
        return gettext("all others")
    return ", ".join(str(door.title) for door in group.doors)


def words(group, cell):
    return next(each.told for each in cell.observed if each.variant in group.doors)


def sources(comparison):
    used = {piece.experiment.slug for each in comparison.claimed for held in each.findings for piece in held.pieces}
    used |= {piece.experiment.slug for each in comparison.statements for held in each.findings for piece in held.pieces}
    used |= {each.experiment.slug for ours in comparison.ours for each in ours.lines}
    for slug in sorted(used):
        tried = find_experiment(slug)
        cited = ", ".join(f"[{title}]({address})" for title, address in tried.sources)
        yield f"- **{tried.title}** (`{slug}`): {tried.question} {cited}"


def row(*cells):
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"
