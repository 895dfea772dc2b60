"""Who is asking? Whoever the session row says."""

from types import SimpleNamespace

from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import UpdateError
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication

from authcompare.mechanisms.authentication import CredentialAuthentication
from authcompare.mechanisms.transports import BearerTransport, CookieTransport
from sessions_demo.models import SessionStore


class SessionAuthentication(CredentialAuthentication, authentication.SessionAuthentication):
    """Believes the server's own memory.

    Django's middlewares have found the row by the id in the cookie, and its user; a changed password, a deactivated
    user or an expired row leave nobody. What is left to do here is the CSRF check (see Door): the browser sends the
    cookie with every request, whoever wrote the page that causes it.
    """

    mechanism = "session"
    transport = CookieTransport("SESSION_COOKIE_NAME")
    refusal = _("This session has ended. Sign in again.")

    def session(self, request):
        """The session presented, as Django's middleware has found it."""
        return request._request.session

    def identify(self, request):
        user = get_user(request._request)
        return (user, None) if user.is_authenticated else None


class SandboxSessionAuthentication(SessionAuthentication):
    """The same for sandbox accounts only: what the weak doors have in common."""

    def identify(self, request):
        found = super().identify(request)
        return found if found and found[0].sandbox_id else None


class UnprotectedSessionAuthentication(SandboxSessionAuthentication):
    """WEAK on purpose, in the lab only: without the CSRF check. Its hardened twin is SessionAuthentication."""

    csrf = False


class HeaderSessionAuthentication(CredentialAuthentication, authentication.BaseAuthentication):
    """The same rows, by an id in the Authorization header: no middleware knows of it, and no browser sends it alone.

    What Django's middlewares do for a cookie is done here: find the row and its user, and keep a used one alive.
    """

    mechanism = "session"
    transport = BearerTransport("session id")
    refusal = SessionAuthentication.refusal

    def session(self, request):
        return SessionStore(next(iter(self.transport.extract(request)), None))

    def identify(self, request):
        session = self.session(request)
        user = get_user(SimpleNamespace(session=session)) if session.session_key else None
        if user is None or not (user.is_authenticated and user.sandbox_id):
            return None
        if session.in_use:
            try:
                session.save()
            except UpdateError:  # signed out at this very moment, by another request
                return None
        return user, session
