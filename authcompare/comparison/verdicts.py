"""What a claim, a verdict and its evidence are; and what a verdict is worth, held against what was seen."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from authcompare.comparison.evidence import DIFFERS, IN_BROWSER, OPEN, SEEN, Piece, worst

CONFIRMED, QUALIFIED, REFUTED = "confirmed", "qualified", "refuted"
VERDICTS = {CONFIRMED: _("confirmed"), QUALIFIED: _("qualified"), REFUTED: _("refuted")}
MARKS = {CONFIRMED: "✓", QUALIFIED: "≈", REFUTED: "✗"}
STATES = {
    SEEN: _("borne out by what was seen here"),
    IN_BROWSER: _("waiting for a browser"),
    OPEN: _("not run yet"),
    DIFFERS: _("contradicted by what was seen here"),
}


@dataclass(frozen=True)
class Finding:
    """A verdict, its reason, and the pieces of evidence that have to be seen for it to hold."""

    verdict: str
    why: str
    evidence: tuple
    half: str = ""  # which half of the claim, where its halves fare differently

    def held_against(self, book):
        return Held(self, [found for piece in self.evidence if (found := piece.held_against(book))])


@dataclass(frozen=True)
class Held:
    """A finding, and what was seen of its evidence."""

    finding: Finding
    pieces: list

    @property
    def state(self):
        return worst([*(piece.state for piece in self.pieces), *([OPEN] if self.out_of_reach else [])])

    @property
    def out_of_reach(self):
        """Does it rest on an experiment or a door that is not registered?"""
        return len(self.pieces) < len(self.finding.evidence)

    @property
    def state_words(self):
        return STATES[self.state]

    @property
    def next(self):
        """The piece of evidence to be looked at next: the first that keeps the verdict from holding."""
        return next((piece for piece in self.pieces if piece.state == self.state != SEEN), None)

    @property
    def verdict(self):
        return self.finding.verdict

    @property
    def verdict_words(self):
        return VERDICTS[self.finding.verdict]

    @property
    def mark(self):
        return MARKS[self.finding.verdict]


@dataclass(frozen=True)
class Claim:
    """What is said of one mechanism in one row, in our words, and what we found."""

    row: str
    mechanism: str
    said: str
    findings: tuple
    title: str = ""  # where it has no row of rows.py


def claim(row, mechanism, said, *findings, title=""):
    return Claim(row, mechanism, said, findings, title)


def finding(verdict, why, *evidence, half=""):
    """`evidence`: (experiment, door, outcome), each."""
    return Finding(verdict, why, tuple(Piece(*each) for each in evidence), half)
