"""What the cookie mechanism is."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from django.conf import settings
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authcompare import mechanism
from authcompare.answers import MOMENTS
from cookies_demo.authentication import PlainCookieAuthentication, SignedCookieAuthentication, sign
from cookies_demo.preferences import KEPT, Preferences
from cookies_demo.views import preferences

USUAL_LIFETIME = 30 * 60  # seconds, of the signed cookie


class Plain(mechanism.Variant):
    slug = "plain"
    title = _("plain preference cookie")
    summary = _("You hold a name; the server believes it.")
    authentication = PlainCookieAuthentication
    lab = True
    example = {
        "length": 40,
        "parts": {"theme": "dark", "language": "en", "name": "alice-7f3a21"},
        "issued_at": None,
        "expires_at": None,
        "server_state": None,
    }

    def sign_in(self, request, response, user, lifetime):
        """Keeps theme and language, adds the name. How long it lasts is up to the browser alone."""
        max_age = lifetime or KEPT
        Preferences.of(request).changed(name=user.get_username()).write(response, max_age)
        return {"expires_at": timezone.now() + timedelta(seconds=max_age)}

    def sign_out(self, request, response):
        """All a server can do: ask this browser to forget the name. A copy elsewhere never hears of it."""
        Preferences.of(request).changed(name="").write(response)

    def describe(self, request):
        value = request.COOKIES.get(settings.PREFS_COOKIE_NAME, "")
        found = Preferences.of(request)
        return {
            "length": len(value),
            "parts": {"theme": found.theme, "language": found.language, "name": found.name},
            "issued_at": None,
            "expires_at": None,
            "server_state": None,
        }


class Signed(mechanism.Variant):
    slug = "signed"
    title = _("signed cookie")
    summary = _("You hold the server's signed word; it checks its own signature.")
    authentication = SignedCookieAuthentication
    example = {
        "length": 108,
        "parts": {"statement": "id=7&name=alice-7f3a21&lifetime=300", "time": "1uKx2Q", "signature": "Jw3f…9aQc"},
        **MOMENTS,
        "server_state": None,
    }

    def sign_in(self, request, response, user, lifetime):
        max_age = lifetime or USUAL_LIFETIME
        response.set_cookie(
            settings.PREFS_SIGNED_COOKIE_NAME,
            sign(user, max_age),
            max_age=max_age,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        return {"expires_at": timezone.now() + timedelta(seconds=max_age)}

    def sign_out(self, request, response):
        response.delete_cookie(settings.PREFS_SIGNED_COOKIE_NAME, samesite="Lax")

    def describe(self, request):
        value = request.COOKIES[settings.PREFS_SIGNED_COOKIE_NAME]
        signed_at = datetime.fromtimestamp(request.auth["signed_at"], UTC)
        statement, stamp, signature = unquote(value).rsplit(":", 2)
        return {
            "length": len(value),
            "parts": {"statement": statement, "time": stamp, "signature": f"{signature[:4]}…{signature[-4:]}"},
            "issued_at": signed_at,
            "expires_at": signed_at + timedelta(seconds=request.auth["lifetime"]),
            "server_state": None,
        }


class Cookie(mechanism.Mechanism):
    name = "cookie"
    slug = "cookies"
    title = _("Cookie")
    summary = _("You hold a plain preference; the server believes it.")
    shape = "diamond"
    variants = [Plain, Signed]

    @property
    def extra_urls(self):
        return [path("cookies/preferences/", preferences, name="preferences")]
