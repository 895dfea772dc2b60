"""The user model, and the sandboxes of throwaway accounts."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authcompare.accounts.hashers import SandboxHasher


def new_sandbox_id() -> str:
    """Return an unguessable id (128 bits): a client that knows it controls the sandbox's accounts."""
    return secrets.token_urlsafe(16)


class Sandbox(models.Model):
    """The throwaway accounts of one visitor. The demo's own cast is in a sandbox that never expires."""

    id = models.CharField(primary_key=True, max_length=32, default=new_sandbox_id, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("sandbox")
        verbose_name_plural = _("sandboxes")

    def __str__(self) -> str:
        return f"{self.id[:4]}…"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class User(AbstractUser):
    """The owner of a note, for every mechanism."""

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the account, and create its note (note.signals), in one transaction."""
        with transaction.atomic():
            super().save(*args, **kwargs)

    @property
    def hasher(self) -> str:
        """Return the hasher of this account. A sandbox account keeps its hasher: a rehash would end its sessions."""
        return SandboxHasher.algorithm if self.sandbox_id and settings.LAB else "default"

    def set_password(self, raw_password: str | None) -> None:
        self.password = hashers.make_password(raw_password, hasher=self.hasher)
        self._password = raw_password

    def check_password(self, raw_password: str) -> bool:
        def upgrade(raw_password: str) -> None:
            self.password = hashers.make_password(raw_password, hasher=self.hasher)
            self.save(update_fields=["password"])

        return hashers.check_password(raw_password, self.password, upgrade, preferred=self.hasher)
