"""What the server keeps of its tokens: which are out, which are denied, and which came from which sign-in.

Never a token itself: whoever reads the database must not be able to present one. SimpleJWT's own blacklist app keeps
the raw refresh tokens, rotates without a lock and does not notice a rotated token coming back; hence these.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Family(models.Model):
    """One sign-in, and every token that came from it by rotation (RFC 9700 section 4.14.2)."""

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

    def __str__(self):
        return str(self.id)

    def end(self, reason):
        """Deny every token of this sign-in that has not expired, and let no new one come from it.

        Call it inside a transaction that holds this row's lock, so that no rotation slips through meanwhile.
        """
        now = timezone.now()
        if self.ended_at is None:
            self.ended_at = now
            self.save(update_fields=["ended_at"])
        out = self.outstanding.filter(expires_at__gt=now)
        DeniedToken.objects.bulk_create(
            [DeniedToken(jti=token.jti, expires_at=token.expires_at, reason=reason) for token in out],
            ignore_conflicts=True,
        )


class OutstandingToken(models.Model):
    """A token that has been issued: its id and its place in the family, not the token."""

    class Type(models.TextChoices):
        ACCESS = "access", _("access")
        REFRESH = "refresh", _("refresh")

    jti = models.CharField(_("token id"), max_length=32, unique=True)
    family = models.ForeignKey(Family, models.CASCADE, related_name="outstanding", verbose_name=_("family"))
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children", verbose_name=_("came from"))
    token_type = models.CharField(_("type"), max_length=10, choices=Type)
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("outstanding token")
        verbose_name_plural = _("outstanding tokens")

    def __str__(self):
        return f"{self.token_type} {self.jti[:8]}…"


class DeniedToken(models.Model):
    """The denylist: a token that is refused although its signature is right and its time not up."""

    class Reason(models.TextChoices):
        ROTATED = "rotated", _("rotated: a newer one took its place")
        SIGNED_OUT = "signed_out", _("signed out")
        ENDED = "ended", _("ended from the list of sign-ins")
        REUSED = "reused", _("a rotated token of the family came back")
        ADMIN = "admin", _("denied by an administrator")

    jti = models.CharField(_("token id"), max_length=32, unique=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    denied_at = models.DateTimeField(_("denied"), default=timezone.now)
    expires_at = models.DateTimeField(_("needed until"), db_index=True)

    class Meta:
        verbose_name = _("denied token")
        verbose_name_plural = _("denied tokens")

    def __str__(self):
        return f"{self.jti[:8]}…"
