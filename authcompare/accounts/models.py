"""The one user model, and the sandboxes that throwaway accounts belong to."""

import secrets

from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authcompare.accounts.hashers import SandboxHasher


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
        """Save the account and everything that its signals create (its note) in one transaction."""
        with transaction.atomic():
            super().save(*args, **kwargs)

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
