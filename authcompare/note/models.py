"""The protected resource."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from authcompare.accounts.models import User


class Note(models.Model):
    """The protected resource: one private note per user. `revision` counts its changes."""

    owner = models.OneToOneField(User, models.CASCADE, related_name="note", verbose_name=_("owner"))
    title = models.CharField(_("title"), max_length=120, default="A private note")
    body = models.TextField(_("body"), max_length=4000, blank=True, default="Only I should be able to read this.")
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        """Return a strong entity tag (RFC 9110 section 8.8.3), unique to this note and revision."""
        return f'"{self.pk}-{self.revision}"'
