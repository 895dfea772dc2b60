"""The topics of the comparison: the article's seven rows, then additional ones."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Topic:
    """One row of the comparison. Experiments and statements belong to it by its slug."""

    slug: str
    title: str
    ours: bool = False  # the article does not have it

    def __str__(self):
        return str(self.title)


TOPICS = [
    Topic("location", _("Location")),
    Topic("state", _("State")),
    Topic("lifetime", _("Lifetime")),
    Topic("usage", _("Usage")),
    Topic("security", _("Security")),
    Topic("size", _("Storage size")),
    Topic("implementation", _("Implementation")),
    Topic("revocation", _("Revocation"), ours=True),
    Topic("confidentiality", _("Confidentiality"), ours=True),
    Topic("integrity", _("Integrity"), ours=True),
    Topic("theft", _("Theft by script"), ours=True),
    Topic("cross-site", _("Cross-site requests"), ours=True),
    Topic("scale-out", _("Several servers"), ours=True),
    Topic("cost", _("Cost"), ours=True),
]
SLUGS = [topic.slug for topic in TOPICS]


def find_topic(slug: str) -> Topic | None:
    """Return the topic with this slug, or None."""
    return next((each for each in TOPICS if each.slug == slug), None)
