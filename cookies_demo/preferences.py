"""The plain preference cookie: theme, language and a name, for anyone to read and to change.

Its value is a query string, percent-encoded once more since "=" and "&" would make Python quote it:
prefs=theme%3Ddark%26language%3Den%26name%3Dalice
"""

from dataclasses import asdict, dataclass, replace
from urllib.parse import parse_qsl, quote, unquote, urlencode

from django.conf import settings

THEMES = ("auto", "light", "dark")
VIEWS = ("page", "projector")
KEPT = 365 * 24 * 60 * 60  # seconds; browsers cap it at about 400 days
LONGEST_NAME = 150


@dataclass(frozen=True)
class Preferences:
    """What the cookie says; "" where it says nothing or nothing that makes sense."""

    theme: str = ""
    language: str = ""
    name: str = ""
    view: str = ""

    @classmethod
    def read(cls, value):
        """From the cookie's value, which anybody may have written: what is unknown is passed over."""
        try:
            found = dict(parse_qsl(unquote(value, errors="strict"), max_num_fields=20))
        except ValueError:
            return cls()
        return cls().changed(**{key: found[key] for key in found.keys() & {"theme", "language", "name", "view"}})

    @classmethod
    def of(cls, request):
        return cls.read(request.COOKIES.get(settings.PREFS_COOKIE_NAME, ""))

    def changed(self, **changes):
        """A copy with these values where they are acceptable."""
        acceptable = {
            "theme": lambda theme: theme in THEMES,
            "language": lambda language: language in dict(settings.LANGUAGES),
            "view": lambda view: view in VIEWS,
            "name": lambda name: len(name) <= LONGEST_NAME and "\x00" not in name,
        }
        return replace(self, **{key: value for key, value in changes.items() if value == "" or acceptable[key](value)})

    @property
    def value(self):
        return quote(urlencode({key: value for key, value in asdict(self).items() if value}))

    def write(self, response, max_age=KEPT):
        """Set the cookie, without HttpOnly: it is meant for scripts too, and nothing should depend on it."""
        response.set_cookie(
            settings.PREFS_COOKIE_NAME, self.value, max_age=max_age, samesite="Lax", secure=settings.HTTPS
        )
