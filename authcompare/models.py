"""The one user model, the one protected resource, and the sandbox that throwaway users belong to."""

import secrets

from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from authcompare.hashers import SandboxHasher


def new_sandbox_id():
    """Unguessable (128 bits): whoever knows the id may do with the sandbox's accounts as they like."""
    return secrets.token_urlsafe(16)


class Sandbox(models.Model):
    """The throwaway accounts of one visitor. One that never expires holds the demo's own cast."""

    id = models.CharField(primary_key=True, max_length=32, default=new_sandbox_id, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("sandbox")
        verbose_name_plural = _("sandboxes")

    def __str__(self):
        return f"{self.id[:4]}…"

    @property
    def expired(self):
        return self.expires_at is not None and self.expires_at <= timezone.now()


class User(AbstractUser):
    """Everybody who can have a note, whichever mechanism lets them in."""

    class Role(models.TextChoices):
        EDITOR = "editor", _("editor: reads and changes the note")
        READER = "reader", _("reader: reads the note")

    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.EDITOR)
    sandbox = models.ForeignKey(
        Sandbox, models.CASCADE, null=True, blank=True, related_name="users", verbose_name=_("sandbox")
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def save(self, *args, **kwargs):
        """Whoever is new gets a note: the protected resource is always there to be asked for."""
        new = self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if new:
                Note.objects.create(owner=self)

    @property
    def hasher(self):
        """The one hasher for this account. A sandbox account never moves to the default: a rehash ends sessions."""
        return SandboxHasher.algorithm if self.sandbox_id and settings.LAB else "default"

    def set_password(self, raw_password):
        self.password = hashers.make_password(raw_password, hasher=self.hasher)
        self._password = raw_password

    def check_password(self, raw_password):
        def upgrade(raw_password):
            self.password = hashers.make_password(raw_password, hasher=self.hasher)
            self.save(update_fields=["password"])

        return hashers.check_password(raw_password, self.password, upgrade, preferred=self.hasher)


class Note(models.Model):
    """The protected resource: one private note per user. `revision` counts its changes and makes its ETag."""

    owner = models.OneToOneField(User, models.CASCADE, related_name="note", verbose_name=_("owner"))
    title = models.CharField(_("title"), max_length=120, default="A private note")
    body = models.TextField(_("body"), max_length=4000, blank=True, default="Only I should be able to read this.")
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self):
        return self.title

    @property
    def etag(self):
        """A strong entity tag (RFC 9110 section 8.8.3): another note or another revision never has the same."""
        return f'"{self.pk}-{self.revision}"'


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
