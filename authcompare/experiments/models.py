"""Observations of the experiments: on this server, and in a visitor's own browser."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Observation

RETENTION = timedelta(days=30)  # a visitor's observations are deleted after this time


class StoredObservation(models.Model):
    """The last observation of one experiment at one variant."""

    experiment = models.SlugField(_("experiment"))
    mechanism = models.CharField(_("mechanism"), max_length=40)
    variant = models.CharField(_("variant"), max_length=40)
    outcome = models.CharField(_("observed"), max_length=80)
    facts = models.JSONField(_("facts"), default=list)  # [[label, value], ...]; never a credential

    in_your_browser = False

    class Meta:
        abstract = True

    @property
    def key(self):
        """The key of this observation: (experiment, "mechanism variant"); the same as Trial.key."""
        return self.experiment, f"{self.mechanism} {self.variant}"

    def observation(self) -> Observation:
        """Return it as an Observation, with its facts in the active language."""
        facts = [
            tuple(gettext(part) if isinstance(part, str) and part else part for part in fact) for fact in self.facts
        ]
        return Observation(self.outcome, facts, observed_at=self.at, in_your_browser=self.in_your_browser)


class Evidence(StoredObservation):
    """The last observation that this server made."""

    expected = models.CharField(_("expected"), max_length=80)
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["experiment", "mechanism", "variant"], name="one_evidence_per_variant")
        ]

    def __str__(self):
        return f"{self.experiment} {self.mechanism} {self.variant}"


class BrowserObservation(StoredObservation):
    """The last observation that one visitor's browser made. Only that visitor sees it."""

    visitor = models.CharField(_("visitor"), max_length=32)
    at = models.DateTimeField(_("at"), auto_now=True, db_index=True)

    in_your_browser = True

    class Meta:
        verbose_name = _("browser observation")
        verbose_name_plural = _("browser observations")
        constraints = [
            models.UniqueConstraint(
                fields=["visitor", "experiment", "mechanism", "variant"], name="one_observation_per_visitor_and_variant"
            )
        ]

    def __str__(self):
        return f"{self.visitor}: {self.experiment} {self.mechanism} {self.variant}"

    @classmethod
    def expired(cls):
        """Return the observations that are older than the retention time."""
        return cls.objects.filter(at__lte=timezone.now() - RETENTION)
