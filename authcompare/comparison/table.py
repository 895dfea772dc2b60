"""The whole comparison against one book of observations: what the page shows and every export writes."""

from dataclasses import dataclass

from authcompare.comparison.evidence import worst
from authcompare.comparison.extra_rows import extra_row
from authcompare.comparison.statements import CLAIMS, STATEMENTS
from authcompare.comparison.verdicts import MARKS, STATES, VERDICTS, Claim
from authcompare.experiments.topics import ROWS
from authcompare.mechanisms.registry import mechanisms


@dataclass(frozen=True)
class Cell:
    """A claim and its findings; the claim is None where the article says nothing of this mechanism."""

    mechanism: object
    claim: Claim | None
    findings: list

    @property
    def state(self):
        return worst(finding.state for finding in self.findings)


class Comparison:
    def __init__(self, book):
        self.mechanisms = mechanisms()
        claimed = {(claim.row, claim.mechanism): claim for claim in CLAIMS}
        self.claims = [
            (row, [cell(claimed.get((row.slug, each.name)), each, book) for each in self.mechanisms])
            for row in ROWS
            if not row.ours
        ]
        self.ours = [extra_row(row, self.mechanisms, book) for row in ROWS if row.ours]
        self.statements = [cell(claim, None, book) for claim in STATEMENTS]

    @property
    def claimed(self):
        """The cells that hold a claim of the article's."""
        return [each for _row, cells in self.claims for each in cells if each.claim]

    @property
    def findings(self):
        """The verdicts on the article's claims: a claim whose halves fare differently has two."""
        return [finding for each in self.claimed for finding in each.findings]

    @property
    def verdicts(self):
        """How many findings came to which verdict: [(verdict, mark, words, n), ...]."""
        found = [finding.verdict for finding in self.findings]
        return [(verdict, MARKS[verdict], words, found.count(verdict)) for verdict, words in VERDICTS.items()]

    @property
    def states(self):
        """How many findings, the spanning statements' too, are in which state: [(state, words, n), ...]."""
        every = [*self.findings, *(finding for each in self.statements for finding in each.findings)]
        found = [finding.state for finding in every]
        return [(state, words, found.count(state)) for state, words in STATES.items()]


def cell(claim, mechanism, book):
    return Cell(mechanism, claim, [finding.held_against(book) for finding in claim.findings] if claim else [])
