"""SESSION_ENGINE: Django's database sessions with a row of our own, an idle timeout, and an absolute one.

OWASP asks for both timeouts: an idle timeout ends a session that is no longer used, an absolute one ends a session that
a thief keeps using (https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#session-expiration).
Model and store stand together as in Django's documentation:
https://docs.djangoproject.com/en/5.2/topics/http/sessions/#extending-database-backed-session-engines
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEY = re.compile(r"[a-z0-9]{32}")  # the only form Django ever issues
BEGAN, LIFETIME, USER_AGENT = "began", "lifetime", "user_agent"  # our own keys in the session's data


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
        return SessionStore


def begin(sender, request, user, **kwargs):
    """On sign-in, by whichever door: the absolute timeout counts from now."""
    request.session[BEGAN] = timezone.now().timestamp()
    request.session[USER_AGENT] = request.headers.get("User-Agent", "")[:200].replace("\x00", "")
    request.session.pop(LIFETIME, None)


class SessionStore(DatabaseSessionStore):
    @classmethod
    def get_model_class(cls):
        return Session

    row_expires_at = None  # as the row said when it was read

    def _get_session_from_db(self):
        row = super()._get_session_from_db()
        self.row_expires_at = row and row.expire_date
        return row

    def _validate_session_key(self, key):
        return bool(key and KEY.fullmatch(key))

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.public_id = public_id(row.session_key)
        row.user_id = data.get(SESSION_KEY)
        row.created_at = moment(data.get(BEGAN))
        row.last_seen_at = timezone.now()
        row.user_agent = data.get(USER_AGENT, "")
        return row

    @property
    def idle_lifetime(self):
        """Seconds without a request after which it ends."""
        return min(self.get(LIFETIME) or settings.SESSION_IDLE_LIFETIME, settings.SESSION_IDLE_LIFETIME)

    @property
    def ends_at(self):
        """When it ends however much it is used; None before sign-in."""
        began = moment(self.get(BEGAN))
        lifetime = self.get(LIFETIME) or settings.SESSION_ABSOLUTE_LIFETIME
        return began and began + timedelta(seconds=min(lifetime, settings.SESSION_ABSOLUTE_LIFETIME))

    def get_expiry_date(self, **kwargs):
        """The row's and the cookie's end, from now: Django asks at every save."""
        idle = timezone.now() + timedelta(seconds=self.idle_lifetime)
        return min(idle, self.ends_at) if self.ends_at else idle

    def get_expiry_age(self, **kwargs):
        return max(0, round((self.get_expiry_date() - timezone.now()).total_seconds()))

    def get_expire_at_browser_close(self):
        return False

    @property
    def in_use(self):
        """Should this request push the row's end back? Not at every request: each time is a write."""
        gained = self.row_expires_at and self.get_expiry_date() - self.row_expires_at
        return bool(gained and gained > timedelta(seconds=self.idle_lifetime / 20))


def moment(timestamp):
    return timestamp and datetime.fromtimestamp(timestamp, UTC)
