"""SESSION_ENGINE: Django's database sessions with a model of our own, an idle timeout and an absolute timeout.

OWASP recommends both: the idle timeout ends an unused session, and the absolute timeout ends one that a thief keeps
using (https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#session-expiration).
Model and store are in one file, as in Django's documentation:
https://docs.djangoproject.com/en/5.2/topics/http/sessions/#extending-database-backed-session-engines
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ISSUED_KEY = re.compile(r"[a-z0-9]{32}")  # the only form that Django issues
SIGNED_IN_AT, LIFETIME, USER_AGENT = "began", "lifetime", "user_agent"  # our keys in the session's data


def public_id(session_key: str) -> str:
    """Return an id of the session that is safe to show: the session key itself is the credential."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


class Session(AbstractBaseSession):
    """A session on the server. The client stores only its key.

    Unlike in Django's model, the session key is not the primary key: primary keys appear in the admin site's URLs,
    forms and logs.
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

    def __str__(self) -> str:
        return self.public_id

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        return SessionStore


def start_absolute_timeout(sender: type, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Count the absolute timeout from this sign-in: a receiver of user_logged_in."""
    request.session[SIGNED_IN_AT] = timezone.now().timestamp()
    request.session[USER_AGENT] = request.headers.get("User-Agent", "")[:200].replace("\x00", "")
    request.session.pop(LIFETIME, None)


class SessionStore(DatabaseSessionStore):
    """A session of one request: its data, and the row that it was read from."""

    row: Session | None = None  # as it was read or last saved

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        self.row = super()._get_session_from_db()
        return self.row

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and ISSUED_KEY.fullmatch(key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        self.row = row = super().create_model_instance(data)
        row.public_id = public_id(row.session_key)
        row.user_id = data.get(SESSION_KEY)
        row.created_at = from_timestamp(data.get(SIGNED_IN_AT))
        row.last_seen_at = timezone.now()
        row.user_agent = data.get(USER_AGENT, "")
        return row

    @property
    def idle_lifetime(self) -> int:
        """Return the seconds without a request after which the session expires."""
        return min(self.get(LIFETIME) or settings.SESSION_IDLE_LIFETIME, settings.SESSION_IDLE_LIFETIME)

    @property
    def ends_at(self) -> datetime | None:
        """Return the absolute expiry time, which use does not move; None before sign-in."""
        signed_in_at = from_timestamp(self.get(SIGNED_IN_AT))
        lifetime = self.get(LIFETIME) or settings.SESSION_ABSOLUTE_LIFETIME
        return signed_in_at and signed_in_at + timedelta(seconds=min(lifetime, settings.SESSION_ABSOLUTE_LIFETIME))

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Return the expiry time of row and cookie if the session were saved now. Django calls this at every save."""
        idle = timezone.now() + timedelta(seconds=self.idle_lifetime)
        return min(idle, self.ends_at) if self.ends_at else idle

    def get_expiry_age(self, **kwargs: Any) -> int:
        return max(0, round((self.get_expiry_date() - timezone.now()).total_seconds()))

    def get_expire_at_browser_close(self) -> bool:
        return False

    @property
    def needs_extension(self) -> bool:
        """Return whether this request should move the row's expiry time. Each move is a write, so not all do."""
        gained = self.row and self.get_expiry_date() - self.row.expire_date
        return bool(gained and gained > timedelta(seconds=self.idle_lifetime / 20))


def from_timestamp(seconds: float | None) -> datetime | None:
    """Return seconds since 1970 as a datetime, and None as None."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
