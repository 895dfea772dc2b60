"""Who is asking? Whoever the session row says."""

from django.contrib.auth import get_user
from rest_framework import authentication

from authcompare.authentication import Door
from authcompare.carrier import CookieCarrier


class SessionAuthentication(Door, authentication.SessionAuthentication):
    """Believes the server's own memory.

    Django's middlewares have found the row by the id in the cookie, and its user; a changed password, a deactivated
    user or an expired row leave nobody. What is left to do here is the CSRF check (see Door): the browser sends the
    cookie with every request, whoever wrote the page that causes it.
    """

    mechanism = "session"
    carrier = CookieCarrier("SESSION_COOKIE_NAME")

    def identify(self, request):
        user = get_user(request._request)
        return (user, None) if user.is_authenticated else None


class UnprotectedSessionAuthentication(SessionAuthentication):
    """WEAK on purpose, in the lab only: the same without the CSRF check. Its hardened twin is the class above."""

    csrf = False

    def identify(self, request):
        found = super().identify(request)
        return found if found and found[0].sandbox_id else None
