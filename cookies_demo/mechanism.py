"""What the cookie mechanism is."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from django.conf import settings
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from authcompare.api.openapi.serializers import MOMENTS
from authcompare.mechanisms.base import Mechanism, Promises, Variant
from cookies_demo import api
from cookies_demo.authentication import SALT, PlainCookieAuthentication, SignedCookieAuthentication, sign
from cookies_demo.cookie_catalog import inventory, presented
from cookies_demo.preferences import KEPT, THEMES, Preferences

USUAL_LIFETIME = 30 * 60  # seconds, of the signed cookie


class Plain(Variant):
    slug = "plain"
    title = _("plain preference cookie")
    summary = _("You hold a name; the server believes it.")
    authentication = PlainCookieAuthentication
    promises = Promises(
        detects_tampering=False,
        enforces_expiry=False,
        rejects_invalid=False,
        shared_needs=frozenset({"database"}),
    )
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


class Signed(Variant):
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


class Cookie(Mechanism):
    name = "cookie"
    slug = "cookies"
    title = _("Cookie")
    summary = _("You hold a plain preference; the server believes it.")
    shape = "diamond"
    variants = [Plain, Signed]

    panel = "cookies_demo/_panel.html"

    @property
    def extra_urls(self):
        """The form that every page has; and in the lab, asking for cookies and seeing which come back."""
        found = [path("cookies/preferences/", api.preferences, name="preferences")]
        if settings.LAB:
            found += [
                path("cookies/api/lab/try/", api.TryView.as_view(), name="cookies-lab-try"),
                path("cookies/api/lab/clean-up/", api.CleanUpView.as_view(), name="cookies-lab-clean-up"),
                *(
                    path(at.lstrip("/"), api.EchoView.as_view(), name=f"cookies-lab-{w}")
                    for w, at in api.ECHOES.items()
                ),
            ]
        return found

    def panel_context(self, request):
        came = {}
        for name, value in presented(request):
            came.setdefault(name, len(name) + len(value))
        ours = inventory()
        known = {cookie.name for cookie in ours}
        return {
            "cookies": [{"cookie": cookie, "bytes": came.get(cookie.name)} for cookie in ours],
            "tried": {name: size for name, size in came.items() if api.tried(name)},
            "strangers": [name for name in came if name not in known and not api.tried(name)],
            "came_bytes": sum(came.values()),
            "try_paths": api.PATHS,
            "echoes": api.ECHOES,
            "preferences": Preferences.of(request),
            "raw": request.COOKIES.get(settings.PREFS_COOKIE_NAME, ""),
            "themes": THEMES,
            "signed_salt": SALT,
            "signed": self.signed(request),
        }

    def signed(self, request):
        """What the signed door says of the cookie that came with this page; None when it does not believe it."""
        door = self.variants[1]
        asking = Request(request)
        try:
            found = door.authentication().authenticate(asking)
        except APIException:
            return None
        if found is None:
            return None
        asking.auth = found[1]
        return door.describe(asking)
