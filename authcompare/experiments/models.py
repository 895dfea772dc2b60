"""What the experiments observed on this server."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Evidence(models.Model):
    """What an experiment saw at one door of this server when it was last run here."""

    experiment = models.SlugField(_("experiment"))
    mechanism = models.CharField(_("mechanism"), max_length=40)
    variant = models.CharField(_("variant"), max_length=40)
    expected = models.CharField(_("expected"), max_length=80)
    outcome = models.CharField(_("observed"), max_length=80)
    facts = models.JSONField(_("facts"), default=list)  # [[what, value], ...]; never a credential
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["experiment", "mechanism", "variant"], name="one_evidence_per_door")
        ]

    def __str__(self):
        return f"{self.experiment} {self.mechanism} {self.variant}"

    @property
    def agrees(self):
        return self.outcome == self.expected

    @property
    def told(self):
        """The facts in the reader's language: [(what, value), ...]."""
        return [
            tuple(gettext(part) if isinstance(part, str) and part else part for part in fact) for fact in self.facts
        ]
