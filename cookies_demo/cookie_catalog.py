"""Every cookie of this site: what it is for, and what is asked of the browser when it is set.

Written down here, since each is set elsewhere. A test collects what really is set, and compares.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

MEANING = {
    "Max-Age": _("the browser forgets it after so many seconds"),
    "HttpOnly": _("scripts can neither read nor change it"),
    "Path=/": _("sent to every address of this host"),
    "SameSite=Lax": _("other sites' requests go without it, unless somebody follows a link"),
    "Secure": _("sent over HTTPS only"),
}


@dataclass(frozen=True)
class Ours:
    """One cookie of this site."""

    name: str
    purpose: str
    reader: str  # who is meant to read it
    age: str  # in words, where it depends
    httponly: bool = True

    @property
    def attributes(self):
        """What its Set-Cookie asks for: [{"name", "value", "about"}]."""
        asked = {
            "Max-Age": self.age,
            **({"HttpOnly": ""} if self.httponly else {}),
            "Path": "/",
            "SameSite": "Lax",
            **({"Secure": ""} if settings.HTTPS else {}),
        }
        return [
            {"name": name, "value": value, "about": MEANING.get(name) or MEANING[f"{name}={value}"]}
            for name, value in asked.items()
        ]


def inventory():
    """In the order in which a visitor meets them."""
    server, both = _("the server alone"), _("the server, and scripts of this site")
    asked = _("the lifetime you ask for")
    return [
        Ours(
            settings.CSRF_COOKIE_NAME,
            _("Proves that a page of this site sent a request: scripts copy it into a header, as no other site can."),
            both,
            _("a year"),
            httponly=False,
        ),
        Ours(
            settings.PREFS_COOKIE_NAME,
            _("Theme and language, and at the plain door a name. No secret, and nothing should depend on it."),
            both,
            _("a year, or the lifetime you ask for"),
            httponly=False,
        ),
        Ours(
            settings.PREFS_SIGNED_COOKIE_NAME, _("Who you are, signed by the server: the signed door."), server, asked
        ),
        Ours(settings.SESSION_COOKIE_NAME, _("The id of your session: a number, and nothing else."), server, asked),
        Ours(
            settings.ACCESS_COOKIE_NAME, _("A token that travels in a cookie: one of the token doors."), server, asked
        ),
        Ours(
            settings.LEARNER_COOKIE_NAME,
            _("Who you are in the walkthrough or in a class: a random key, from your first prediction on."),
            server,
            _("thirty days"),
        ),
        Ours(
            settings.VISITOR_COOKIE_NAME,
            _("A random id, signed by the server: it finds again what your browser observed in experiments."),
            server,
            _("thirty days"),
        ),
    ]


def presented(request):
    """The cookies that came with this request, as [(name, value)], in the order sent; a name may come twice."""
    pairs = (pair.strip().partition("=") for pair in request.META.get("HTTP_COOKIE", "").split(";"))
    return [(name, value) for name, _equals, value in pairs if name]
