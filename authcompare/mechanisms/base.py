"""The contract of a mechanism and its variants. Everything else in the project is derived from it."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.functional import Promise
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from authcompare.api.recording.trace import State
from authcompare.mechanisms.authentication import CredentialAuthentication
from authcompare.mechanisms.transports import Transport

StrOrPromise = str | Promise  # a text, or a lazy translation


@dataclass(frozen=True)
class Promises:
    """The promises of a variant. Each experiment derives its expected outcome from them, never from a name.

    When an observation breaks a promise, `manage.py compare` fails and the pages say so.
    """

    # Validity
    detects_tampering: bool = True  # a changed credential is refused
    enforces_expiry: bool = True  # the server refuses an expired credential, whichever client sends it
    extended_by_use: bool = False  # each use moves the expiry time
    rejects_invalid: bool = True  # an invalid credential is refused at once; otherwise it counts as absent

    # Revocation: the events that end every copy of the credential
    ends_at_sign_out: bool = False  # signing out
    ends_from_elsewhere: bool = False  # ending it from the list of active sign-ins on another device
    follows_deactivation: bool = True  # deactivating the user
    follows_password_change: bool = False  # changing the user's password
    follows_role_change: bool = True  # removing a right from the user takes effect at the next request

    # Secrecy
    reveals_user: bool = True  # the credential names its user to every reader, without a key
    strong_secret: bool = True  # no word list contains the secret that the credential is made with

    # Browser
    allows_fixation: bool = False  # sign-in keeps a credential that an attacker planted before it
    sent_cross_site: bool = False  # the browser sends the credential with forms of other sites, too

    # Server
    keeps_server_state: bool = False  # the server stores something behind the credential (see `server_state`)
    refreshable: bool = False  # sign-in also returns a refresh token, which is exchanged for new tokens
    known_to_middleware: bool = False  # Django's own middleware finds the user before any view runs
    shared_needs: frozenset[str] = frozenset({"key", "database"})  # what a second server must share to accept it
    identity_queries: int = 1  # SQL statements that finding the user takes


class Variant:
    """One form of a mechanism, with a URL of its own in front of the note.

    A subclass sets the attributes and overrides hooks. Every hook but `sign_in` has a default that does nothing.
    """

    # Identity

    slug: str  # in URLs, and in `key`
    title: StrOrPromise
    summary: StrOrPromise  # one sentence: what the client sends, and what the server checks
    authentication: type[CredentialAuthentication]  # the DRF authentication class
    promises = Promises()  # what the experiments expect of this variant
    lab = False  # weak or unusual on purpose: in the lab only, for sandbox accounts only

    def __init__(self, mechanism: "Mechanism") -> None:
        self.mechanism = mechanism

    @property
    def key(self) -> str:
        """Return the name of this variant among all variants: "session db"."""
        return f"{self.mechanism.name} {self.slug}"

    @property
    def transport(self) -> Transport:
        """Return the transport of this variant's credential."""
        return self.authentication.transport

    @property
    def path(self) -> str:
        """Return the path of its API: "/tokens/api/" for a mechanism's default, else "/tokens/api/stateless/"."""
        api_path = f"/{self.mechanism.slug}/api/"
        return api_path if self.mechanism.default is self else f"{api_path}{self.slug}/"

    @property
    def is_available(self) -> bool:
        """Return whether this variant has a URL here. A mechanism's default always has one, so links keep working."""
        return settings.LAB or not self.lab or self.mechanism.default is self

    # Sign-in and sign-out

    sign_out_takes: type[Serializer[Any]] | None = None  # the serializer of a sign-out request's body
    sign_out_raises: tuple[type[APIException], ...] = ()  # the exceptions that `sign_out` may raise

    def sign_in(self, request: HttpRequest, response: Response, user: Any, lifetime: int | None) -> dict[str, Any]:
        """Issue a credential to `user`, whose password was right, for `lifetime` seconds (None: the default).

        Set cookies on `response`; return what the response body adds: at least {"expires_at": datetime}.
        """
        raise NotImplementedError

    def sign_out(self, request: Request, response: Response) -> None:
        """End the presented credential as far as this mechanism can. No authentication has run."""

    # Description

    example: dict[str, Any] = {}  # a result of `describe`, for the API documentation

    def describe(self, request: Request) -> dict[str, Any]:
        """Return what the server knows about the accepted credential: `request.credential`, with `verified` set.

        Keys: "length", "parts", "issued_at", "expires_at", "server_state". Scripts may call this endpoint, so a
        credential that scripts cannot read must not appear whole.
        """
        return {}

    # Active sign-ins

    def active_sign_ins(self, request: Request) -> list[dict[str, Any]]:
        """Return the user's sign-ins that the server stores, newest first.

        Keys: "id", "created_at", "last_seen_at", "expires_at", "user_agent", "current".
        """
        return []

    def end_sign_ins(self, request: Request, sign_ins: list[dict[str, Any]]) -> None:
        """End these sign-ins, which `active_sign_ins` returned."""

    # Server-side state

    def server_state(self, credentials: Sequence[str]) -> State:
        """Return what the server stores behind these credentials: {"session row 12ab": {"field": "text"}}.

        The recorder calls this, before and after a request. A credential is unverified text: look it up, trust nothing.
        """
        return {}

    # Pages

    on_pages = True  # shown as a column; False for a variant that only experiments use
    storage = "jar"  # where a page stores the credential: the browser's cookie "jar", or "localStorage"

    @property
    def recipe(self) -> str:
        """Return the text of recipes/<slug>.py.txt beside the mechanism, for a project of your own; "" without one."""
        file = Path(inspect.getfile(type(self))).with_name("recipes") / f"{self.slug}.py.txt"
        return file.read_text(encoding="utf-8") if file.exists() else ""


class Mechanism:
    """One way to authenticate a request, in one or more variants. The first variant is its default."""

    # Identity

    name: str  # "session": in JSON and in the Authenticated-By header
    slug: str  # "sessions": in URLs
    title: StrOrPromise
    summary: StrOrPromise
    shape = "square"  # shown beside its colour: square, diamond, circle or triangle
    variant_classes: Sequence[type[Variant]]

    def __init__(self) -> None:
        self.variants = [variant(self) for variant in self.variant_classes]

    @property
    def default(self) -> Variant:
        """Return the variant at the mechanism's own URL."""
        return self.variants[0]

    @property
    def available_variants(self) -> list[Variant]:
        """Return the variants that have a URL here: outside the lab, none that is weak on purpose."""
        return [variant for variant in self.variants if variant.is_available]

    @property
    def shown_variants(self) -> list[Variant]:
        """Return the available variants that pages show side by side."""
        return [variant for variant in self.available_variants if variant.on_pages]

    # URLs

    @property
    def extra_urls(self) -> list[URLPattern]:
        """Return the URL patterns that only this mechanism has."""
        return []

    # Pages

    panel = ""  # a template: the part of the mechanism's own page that only this mechanism has

    def panel_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return the context of `panel`, beside `mechanism`."""
        return {}

    # Administration

    def end_all_sign_ins(self, user: Any) -> int:
        """End every sign-in of this user that the server can end; return how many."""
        return 0

    def delete_expired(self) -> int:
        """Delete what the server still stores of expired credentials; return the number of deleted rows."""
        return 0
