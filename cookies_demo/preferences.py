"""The plain preference cookie: theme, language, view and a name. Every client can read and change it.

Its value is a query string, percent-encoded once more because Python quotes a cookie value that contains "=" or "&":
prefs=theme%3Ddark%26language%3Den%26name%3Dalice
"""

from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from django.conf import settings
from django.http.response import HttpResponseBase

THEMES = ("auto", "light", "dark")
VIEWS = ("page", "projector")
MAX_AGE_SECONDS = 365 * 24 * 60 * 60  # browsers limit it to about 400 days
MAX_NAME_CHARACTERS = 150


@dataclass(frozen=True)
class Preferences:
    """The cookie's fields; "" for a field that is missing or invalid."""

    theme: str = ""
    language: str = ""
    name: str = ""
    view: str = ""

    @classmethod
    def from_cookie(cls, value: str) -> "Preferences":
        """Return the preferences in a cookie value. Any client may have written it: unknown fields are ignored."""
        try:
            fields = dict(parse_qsl(unquote(value, errors="strict"), max_num_fields=20))
        except ValueError:
            return cls()
        return cls().changed(**{key: fields[key] for key in fields.keys() & {"theme", "language", "name", "view"}})

    @classmethod
    def of(cls, request: Any) -> "Preferences":
        """Return the preferences in this request's cookie."""
        return cls.from_cookie(request.COOKIES.get(settings.PREFS_COOKIE_NAME, ""))

    def changed(self, **changes: str) -> "Preferences":
        """Return a copy with these values; an invalid value is ignored."""
        is_valid = {
            "theme": lambda theme: theme in THEMES,
            "language": lambda language: language in dict(settings.LANGUAGES),
            "view": lambda view: view in VIEWS,
            "name": lambda name: len(name) <= MAX_NAME_CHARACTERS and "\x00" not in name,
        }
        return replace(self, **{key: value for key, value in changes.items() if value == "" or is_valid[key](value)})

    @property
    def value(self) -> str:
        """Return the cookie value."""
        return quote(urlencode({key: value for key, value in asdict(self).items() if value}))

    def write(self, response: HttpResponseBase, max_age: int = MAX_AGE_SECONDS) -> None:
        """Set the cookie without HttpOnly: scripts use it too, and nothing may depend on it."""
        response.set_cookie(
            settings.PREFS_COOKIE_NAME, self.value, max_age=max_age, samesite="Lax", secure=settings.HTTPS
        )
