"""The session row: Django's, and what a user needs to recognise one of their sign-ins."""

import hashlib

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _


def public_id(session_key):
    """A name for a session that is safe to show: the key itself would let in whoever reads it."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


class Session(AbstractBaseSession):
    """The server's half of a session; the client holds only the key.

    Extended as Django documents it:
    https://docs.djangoproject.com/en/5.2/topics/http/sessions/#extending-database-backed-session-engines
    Unlike Django's, the key is not the primary key: that one ends up in addresses, forms and logs of the admin site.
    """

    public_id = models.CharField(_("id"), primary_key=True, max_length=16, editable=False)
    session_key = models.CharField(_("session key"), max_length=40, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions", verbose_name=_("user")
    )
    created_at = models.DateTimeField(_("signed in"), null=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True)
    user_agent = models.CharField(_("user agent"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self):
        return self.public_id

    @classmethod
    def get_session_store_class(cls):
        from sessions_demo.backend import SessionStore

        return SessionStore
