"""The rows of the comparison: the article's seven, then ours. Experiments and claims are filed under them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Row:
    slug: str
    title: str
    ours: bool = False  # not one of the article's

    def __str__(self):
        return str(self.title)


ROWS = [
    Row("location", _("Location")),
    Row("state", _("State")),
    Row("lifetime", _("Lifetime")),
    Row("usage", _("Usage")),
    Row("security", _("Security")),
    Row("size", _("Storage size")),
    Row("implementation", _("Implementation")),
    Row("revocation", _("Revocation"), ours=True),
    Row("confidentiality", _("Confidentiality"), ours=True),
    Row("integrity", _("Integrity"), ours=True),
    Row("theft", _("Theft by script"), ours=True),
    Row("cross-site", _("Cross-site requests"), ours=True),
    Row("scale-out", _("Several servers"), ours=True),
    Row("cost", _("Cost"), ours=True),
]
SLUGS = [row.slug for row in ROWS]


def row(slug):
    """The row with this slug, or None."""
    return next((each for each in ROWS if each.slug == slug), None)
