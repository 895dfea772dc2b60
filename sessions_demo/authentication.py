"""Authentication by a database session."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import UpdateError
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.request import Request

from authcompare.mechanisms.authentication import CredentialAuthentication
from authcompare.mechanisms.transports import BearerTransport, CookieTransport, Credential
from sessions_demo.models import SessionStore


class SessionAuthentication(CredentialAuthentication, authentication.SessionAuthentication):
    """Authenticate a request by the session whose id is in its cookie.

    Django's middlewares have read the row and its user: an expired row, a changed password or a deactivated user means
    no user. The CSRF check remains, since the browser sends the cookie with forged requests too.
    """

    mechanism = "session"
    transport = CookieTransport("SESSION_COOKIE_NAME")
    refusal = _("This session has ended. Sign in again.")

    def identify(self, request: Request, credential: Credential) -> tuple[Any, SessionStore] | None:
        user = get_user(request._request)
        return (user, request._request.session) if user.is_authenticated else None


class SandboxSessionAuthentication(SessionAuthentication):
    """Authenticate sandbox accounts only: the base of the weak variants."""

    def identify(self, request: Request, credential: Credential) -> tuple[Any, SessionStore] | None:
        identity = super().identify(request, credential)
        return identity if identity and identity[0].sandbox_id else None


class UnprotectedSessionAuthentication(SandboxSessionAuthentication):
    """WEAK on purpose, in the lab only: without the CSRF check. Hardened: SessionAuthentication."""

    csrf = False


class HeaderSessionAuthentication(CredentialAuthentication, authentication.BaseAuthentication):
    """Authenticate a request by the session whose id is in its Authorization header.

    Django's middlewares know only the cookie, so this class does their work: it reads the row and its user, and extends
    a session that is in use.
    """

    mechanism = "session"
    transport = BearerTransport("session id")
    refusal = SessionAuthentication.refusal

    def identify(self, request: Request, credential: Credential) -> tuple[Any, SessionStore] | None:
        session = SessionStore(credential.text)
        user: Any = get_user(SimpleNamespace(session=session)) if session.session_key else None
        if user is None or not (user.is_authenticated and user.sandbox_id):
            return None
        if session.needs_extension:
            try:
                session.save()
            except UpdateError:  # another request has just signed out
                return None
        return user, session
