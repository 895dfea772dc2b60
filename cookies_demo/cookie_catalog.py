"""Catalogue of this site's cookies: purpose, reader and attributes.

Other modules set these cookies. A test compares the catalogue with the real Set-Cookie headers.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

MEANING = {
    "Max-Age": _("the browser deletes it after this many seconds"),
    "HttpOnly": _("scripts can neither read nor change it"),
    "Path=/": _("sent to every path of this host"),
    "SameSite=Lax": _("not sent with requests from other sites, unless the user follows a link"),
    "Secure": _("sent over HTTPS only"),
}


@dataclass(frozen=True)
class CatalogEntry:
    """One cookie of this site."""

    name: str
    purpose: str
    reader: str  # the intended reader
    age: str  # lifetime in words
    httponly: bool = True

    @property
    def attributes(self) -> list[dict]:
        """Return the attributes of its Set-Cookie header: [{"name", "value", "about"}]."""
        requested = {
            "Max-Age": self.age,
            **({"HttpOnly": ""} if self.httponly else {}),
            "Path": "/",
            "SameSite": "Lax",
            **({"Secure": ""} if settings.HTTPS else {}),
        }
        return [
            {"name": name, "value": value, "about": MEANING.get(name) or MEANING[f"{name}={value}"]}
            for name, value in requested.items()
        ]


def inventory() -> list[CatalogEntry]:
    """Return the cookies in the order in which a visitor gets them."""
    server, both = _("the server only"), _("the server and scripts of this site")
    requested = _("the lifetime you choose at sign-in")
    return [
        CatalogEntry(
            settings.CSRF_COOKIE_NAME,
            _("Protects against cross-site requests: scripts copy it into a header, which other sites cannot do."),
            both,
            _("a year"),
            httponly=False,
        ),
        CatalogEntry(
            settings.PREFS_COOKIE_NAME,
            _("Theme and language, and at the plain door a user name. It proves nothing: do not trust it."),
            both,
            _("a year, or the lifetime you choose at sign-in"),
            httponly=False,
        ),
        CatalogEntry(
            settings.PREFS_SIGNED_COOKIE_NAME,
            _("Your user name, signed by the server. For the signed door."),
            server,
            requested,
        ),
        CatalogEntry(
            settings.SESSION_COOKIE_NAME,
            _("The id of your session: a random string and nothing else."),
            server,
            requested,
        ),
        CatalogEntry(
            settings.ACCESS_COOKIE_NAME, _("A token in a cookie. For one of the token doors."), server, requested
        ),
        CatalogEntry(
            settings.LEARNER_COOKIE_NAME,
            _("A random key that identifies you in the walkthrough or a class, from your first prediction on."),
            server,
            _("30 days"),
        ),
        CatalogEntry(
            settings.VISITOR_COOKIE_NAME,
            _("A random id, signed by the server: it finds again what your browser observed in experiments."),
            server,
            _("30 days"),
        ),
    ]


def presented(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the cookies of the request as [(name, value)] in the order sent. A name may occur twice."""
    pairs = (pair.strip().partition("=") for pair in request.META.get("HTTP_COOKIE", "").split(";"))
    return [(name, value) for name, _equals, value in pairs if name]
