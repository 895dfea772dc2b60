"""The server's records of its tokens: the sign-ins, the issued tokens, and the denylist.

It never stores a token, so a copy of the database contains no valid credential. SimpleJWT's blacklist app stores raw
refresh tokens, rotates without a lock and does not detect that a rotated token is used again. That is why these models
exist.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Family(models.Model):
    """One sign-in, and every token that rotation derived from it (RFC 9700 section 4.14.2)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="token_families")
    variant = models.CharField(_("variant"), max_length=20)
    access_lifetime = models.PositiveIntegerField(_("access lifetime in seconds"))
    user_agent = models.CharField(_("user agent"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("signed in"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last refreshed"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("token family")
        verbose_name_plural = _("token families")

    def __str__(self) -> str:
        return str(self.id)

    def end(self, reason: str) -> None:
        """Deny every unexpired token of this sign-in, and issue no new one.

        Call it in a transaction that holds this row's lock: otherwise a concurrent rotation could issue a token.
        """
        now = timezone.now()
        if self.ended_at is None:
            self.ended_at = now
            self.save(update_fields=["ended_at"])
        unexpired = self.outstanding.filter(expires_at__gt=now)
        DeniedToken.objects.bulk_create(
            [DeniedToken(jti=token.jti, expires_at=token.expires_at, reason=reason) for token in unexpired],
            ignore_conflicts=True,
        )


class OutstandingToken(models.Model):
    """An issued token: its id and its place in the family, not the token itself."""

    class Type(models.TextChoices):
        ACCESS = "access", _("access")
        REFRESH = "refresh", _("refresh")

    jti = models.CharField(_("token id"), max_length=32, unique=True)
    family = models.ForeignKey(Family, models.CASCADE, related_name="outstanding", verbose_name=_("family"))
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="children", verbose_name=_("parent token")
    )
    token_type = models.CharField(_("type"), max_length=10, choices=Type)
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("outstanding token")
        verbose_name_plural = _("outstanding tokens")

    def __str__(self) -> str:
        return f"{self.token_type} {self.jti[:8]}…"


class DeniedToken(models.Model):
    """A row of the denylist: the server refuses this token, although its signature and expiry time are valid."""

    class Reason(models.TextChoices):
        ROTATED = "rotated", _("rotated: a newer token replaced it")
        SIGNED_OUT = "signed_out", _("signed out")
        ENDED = "ended", _("ended from the list of active sign-ins")
        REUSED = "reused", _("a rotated token of the family was used again")
        ADMIN = "admin", _("denied by an administrator")

    jti = models.CharField(_("token id"), max_length=32, unique=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    denied_at = models.DateTimeField(_("denied"), default=timezone.now)
    expires_at = models.DateTimeField(_("needed until"), db_index=True)

    class Meta:
        verbose_name = _("denied token")
        verbose_name_plural = _("denied tokens")

    def __str__(self) -> str:
        return f"{self.jti[:8]}…"
