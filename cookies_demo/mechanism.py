"""The cookie mechanism and its variants."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.api.openapi.serializers import TIMES
from authcompare.mechanisms.base import Mechanism, Promises, Variant
from cookies_demo import api
from cookies_demo.authentication import SALT, PlainCookieAuthentication, SignedCookieAuthentication, sign
from cookies_demo.cookie_catalog import inventory, presented
from cookies_demo.preferences import MAX_AGE_SECONDS, THEMES, Preferences

DEFAULT_LIFETIME_SECONDS = 30 * 60  # of the signed cookie


class PlainCookie(Variant):
    """WEAK on purpose, in the lab only: a user name in a cookie that every client can edit. Hardened: SignedCookie."""

    slug = "plain"
    title = _("plain preference cookie")
    summary = _("Your browser sends your name; the server believes it unchecked.")
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

    def sign_in(self, request: HttpRequest, response: Response, user: Any, lifetime: int | None) -> dict[str, Any]:
        """Add the name to the preferences. Only the browser enforces the lifetime."""
        max_age = lifetime or MAX_AGE_SECONDS
        Preferences.of(request).changed(name=user.get_username()).write(response, max_age)
        return {"expires_at": timezone.now() + timedelta(seconds=max_age)}

    def sign_out(self, request: Request, response: Response) -> None:
        """Remove the name from this browser's cookie. A copy of the cookie stays valid."""
        Preferences.of(request).changed(name="").write(response)

    def describe(self, request: Request) -> dict[str, Any]:
        preferences: Preferences = request.credential.verified
        return {
            "length": len(request.credential.text),
            "parts": {"theme": preferences.theme, "language": preferences.language, "name": preferences.name},
            "issued_at": None,
            "expires_at": None,
            "server_state": None,
        }


class SignedCookie(Variant):
    """A user id in an HttpOnly cookie, with the server's signature and an expiry time."""

    slug = "signed"
    title = _("signed cookie")
    summary = _("Your browser sends your id with the server's signature; the server checks the signature.")
    authentication = SignedCookieAuthentication
    example = {
        "length": 108,
        "parts": {"statement": "id=7&name=alice-7f3a21&lifetime=300", "time": "1uKx2Q", "signature": "Jw3f…9aQc"},
        **TIMES,
        "server_state": None,
    }

    def sign_in(self, request: HttpRequest, response: Response, user: Any, lifetime: int | None) -> dict[str, Any]:
        max_age = lifetime or DEFAULT_LIFETIME_SECONDS
        response.set_cookie(
            settings.PREFS_SIGNED_COOKIE_NAME,
            sign(user, max_age),
            max_age=max_age,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        return {"expires_at": timezone.now() + timedelta(seconds=max_age)}

    def sign_out(self, request: Request, response: Response) -> None:
        """Delete this browser's cookie. A copy of the cookie stays valid until it expires."""
        response.delete_cookie(settings.PREFS_SIGNED_COOKIE_NAME, samesite="Lax")

    def describe(self, request: Request) -> dict[str, Any]:
        cookie: str = request.credential.text
        fields: dict[str, Any] = request.credential.verified
        signed_at = datetime.fromtimestamp(fields["signed_at"], UTC)
        statement, stamp, signature = unquote(cookie).rsplit(":", 2)
        return {
            "length": len(cookie),
            "parts": {"statement": statement, "time": stamp, "signature": f"{signature[:4]}…{signature[-4:]}"},
            "issued_at": signed_at,
            "expires_at": signed_at + timedelta(seconds=fields["lifetime"]),
            "server_state": None,
        }


class CookieMechanism(Mechanism):
    """Authentication by what a cookie itself says, without state on the server."""

    name = "cookie"
    slug = "cookies"
    title = _("Cookie")
    summary = _("Your browser stores your preferences and your name; the server believes them.")
    shape = "diamond"
    variant_classes = (PlainCookie, SignedCookie)
    panel = "cookies_demo/_panel.html"

    @property
    def extra_urls(self) -> list[URLPattern]:
        """Return the URL of the preferences form and, in the lab, of the cookie experiments."""
        patterns = [path("cookies/preferences/", api.preferences, name="preferences")]
        if settings.LAB:
            patterns += [
                path("cookies/api/lab/try/", api.TryView.as_view(), name="cookies-lab-try"),
                path("cookies/api/lab/clean-up/", api.CleanUpView.as_view(), name="cookies-lab-clean-up"),
                *(
                    path(address.lstrip("/"), api.EchoView.as_view(), name=f"cookies-lab-{name}")
                    for name, address in api.ECHOES.items()
                ),
            ]
        return patterns

    def panel_context(self, request: HttpRequest) -> dict[str, Any]:
        sizes: dict[str, int] = {}  # of the cookies in this request: name and value, in bytes
        for name, value in presented(request):
            sizes.setdefault(name, len(name) + len(value))
        catalog = inventory()
        known = {cookie.name for cookie in catalog}
        return {
            "cookies": [{"cookie": cookie, "bytes": sizes.get(cookie.name)} for cookie in catalog],
            "tried": {name: size for name, size in sizes.items() if api.tried(name)},
            "strangers": [name for name in sizes if name not in known and not api.tried(name)],
            "came_bytes": sum(sizes.values()),
            "try_paths": api.PATHS,
            "echoes": api.ECHOES,
            "preferences": Preferences.of(request),
            "raw": request.COOKIES.get(settings.PREFS_COOKIE_NAME, ""),
            "themes": THEMES,
            "signed_salt": SALT,
            "signed": self.describe_signed_cookie(request),
        }

    def describe_signed_cookie(self, request: HttpRequest) -> dict[str, Any] | None:
        """Return the description of this request's signed cookie, or None if there is none or it is invalid."""
        variant = self.variants[1]
        api_request = Request(request)
        try:
            accepted = variant.authentication().authenticate(api_request)
        except APIException:
            return None
        return variant.describe(api_request) if accepted else None
