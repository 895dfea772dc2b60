"""Transports: how a credential travels, in the Cookie header or in the Authorization header.

A transport knows no mechanism. It parses the request's credential once and stores it as `request.credential`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True)
class Credential:
    """The credential of one request."""

    text: str
    transport: "Transport"
    is_ambiguous: bool = False  # the request carries several, and `text` is one of them
    verified: Any = None  # once accepted: the verified claims or the database row behind it


class Transport:
    """One way to carry a credential."""

    header: str  # the request header that carries it
    name: str  # what to look for: the cookie's name, or the header's
    sent_automatically: bool  # a browser attaches it to every request, forged ones too: unsafe methods need CSRF checks
    readable: bool  # scripts of the page can read it

    def read(self, request: HttpRequest) -> Credential | None:
        """Return the request's credential; parse it the first time, then read `request.credential`."""
        known: Credential | None = getattr(request, "credential", None)
        if known is None or known.transport is not self:
            values = self.extract(request)
            known = Credential(self.decode(request, values[0]), self, len(values) > 1) if values else None
            request.credential = known  # type: ignore[attr-defined]
        return known

    def extract(self, request: HttpRequest) -> list[str]:
        """Return every credential of this kind in the request, in the order sent."""
        raise NotImplementedError

    def decode(self, request: HttpRequest, value: str) -> str:
        """Return an extracted value without the transport's own encoding."""
        return value

    def present(self, credential: str) -> dict[str, str]:
        """Return the request headers that present this credential."""
        raise NotImplementedError

    def collect(self, answer: Mapping[str, Any], cookies: Mapping[str, str]) -> str | None:
        """Return the credential in a login's JSON `answer` or in the `cookies` that it set, or None."""
        raise NotImplementedError

    @property
    def openapi(self) -> dict[str, str]:
        """Return the OpenAPI security scheme object."""
        raise NotImplementedError


class CookieTransport(Transport):
    """A cookie, named by a setting, or by `setting` itself if no such setting exists."""

    header = "Cookie"
    sent_automatically = True

    def __init__(self, setting: str, *, readable: bool = False) -> None:
        self.setting = setting
        self.readable = readable  # set without HttpOnly

    @property
    def name(self) -> str:  # type: ignore[override]
        return getattr(settings, self.setting, self.setting)

    def extract(self, request: HttpRequest) -> list[str]:
        pairs = (pair.partition("=") for pair in request.META.get("HTTP_COOKIE", "").split(";"))
        return [value.strip() for name, _, value in pairs if name.strip() == self.name]  # spaces as Django strips them

    def decode(self, request: HttpRequest, value: str) -> str:
        return request.COOKIES.get(self.name, value)  # Django removes quotes and decodes UTF-8

    def present(self, credential: str) -> dict[str, str]:
        return {"Cookie": f"{self.name}={credential}"}

    def collect(self, answer: Mapping[str, Any], cookies: Mapping[str, str]) -> str | None:
        return cookies.get(self.name)

    @property
    def openapi(self) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": self.name}


class BearerTransport(Transport):
    """The Authorization header with the Bearer scheme (RFC 6750 section 2.1)."""

    header = "Authorization"
    name = "Authorization"
    sent_automatically = False
    readable = True

    def __init__(self, bearer_format: str = "JWT") -> None:
        self.bearer_format = bearer_format  # for readers of the API documentation

    def extract(self, request: HttpRequest) -> list[str]:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").strip(" \t").partition(" ")
        return [token.strip(" ")] if scheme.lower() == "bearer" else []

    def present(self, credential: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {credential}"}

    def collect(self, answer: Mapping[str, Any], cookies: Mapping[str, str]) -> str | None:
        return answer.get("access")

    @property
    def openapi(self) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": self.bearer_format}
