"""The contract of a mechanism and of its variants, and the URLs they yield."""

import inspect
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.urls import path

from authcompare.mechanisms import api


@dataclass(frozen=True)
class Promises:
    """What a variant promises. Each experiment derives its expected outcome from these, never from a name.

    When an observation breaks a promise, `manage.py compare` fails and the pages say so.
    """

    # Validity: does the server refuse a credential that is no longer good?
    detects_tampering: bool = True  # a changed credential is refused
    enforces_expiry: bool = True  # the server refuses an expired credential, whichever client sends it
    extended_by_use: bool = False  # each use moves the expiry time
    rejects_invalid: bool = True  # an invalid credential is refused at once; otherwise it counts as absent

    # Revocation: which event ends every copy of the credential?
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
    shared_needs: frozenset = frozenset({"key", "database"})  # what a second server must share to accept it
    identity_queries: int = 1  # SQL statements that finding the user takes


class Variant:
    """One form of a mechanism: a door of its own to the one resource.

    A subclass declares itself and answers the hooks; every hook has a quiet default except `sign_in`.
    """

    slug: str
    title: str
    summary: str  # one sentence: who remembers, who is believed
    authentication: type  # the DRF authentication class: a Door
    lab = False  # weak on purpose: lets in sandbox accounts in the lab, and nobody anywhere else
    example = {}  # of what `describe` tells, for the API's documentation
    sign_out_takes = None  # the serializer of what a request to sign out may say
    sign_out_raises = ()  # the exceptions that `sign_out` may end in
    promises = Promises()  # what the experiments hold this variant to
    on_pages = True  # has a column on the pages; one that serves as the weak arm of an experiment alone has none
    storage = "jar"  # where a page keeps what login answers: the cookie "jar" (by itself) or "localStorage"

    def __init__(self, mechanism):
        self.mechanism = mechanism

    @property
    def key(self) -> str:
        """The name of this variant among all variants: "session db"."""
        return f"{self.mechanism.name} {self.slug}"

    @property
    def transport(self):
        return self.authentication.transport

    @property
    def path(self):
        """Where its API stands, as "/tokens/api/" or "/tokens/api/stateless/"."""
        api = f"/{self.mechanism.slug}/api/"
        return api if self.mechanism.variants[0] is self else f"{api}{self.slug}/"

    @property
    def exists(self):
        """A lab variant has no address outside the lab. A mechanism's default keeps its address, and opens nothing."""
        return settings.LAB or not self.lab or self.mechanism.variants[0] is self

    @property
    def recipe(self):
        """Python text: what makes a door like this one in a project of your own. It is recipes/<slug>.py.txt beside the
        mechanism; "" where there is none."""
        path = Path(inspect.getfile(type(self))).with_name("recipes") / f"{self.slug}.py.txt"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def sign_in(self, request, response, user, lifetime):
        """Give `user`, whose password was right, a credential that lasts `lifetime` seconds (None: the usual time).

        Sets cookies on `response`, and returns what else the answer says: at least {"expires_at": datetime}.
        """
        raise NotImplementedError

    def sign_out(self, request, response):
        """End the credential presented, as far as this mechanism can."""

    def describe(self, request):
        """What the server knows of the credential just accepted: {"length", "parts", "issued_at", "expires_at",
        "server_state"}. Never the whole of a credential that scripts can not read: a script may call this."""
        return {}

    def state_behind(self, credential):
        """What the server keeps that gives this credential its worth, for the wire to show before and after a request:
        {"row 12ab": {"field": "text"}}. The credential is text from a request and may be anything."""
        return {}

    def devices(self, request):
        """The user's sign-ins that the server knows of, newest first:
        [{"id", "created_at", "last_seen_at", "expires_at", "user_agent", "current"}]."""
        return []

    def end_devices(self, request, devices):
        """End these sign-ins, given as `devices` gave them."""


class Mechanism:
    """One way to prove who is asking. `variants[0]` is its default, at the mechanism's plain address.

    One with a single door says so shorter: see OneDoor.
    """

    name: str  # "session": in answers, in the Authenticated-By header
    slug: str  # "sessions": in addresses
    title: str
    summary: str
    shape = "square"  # beside its colour, never colour alone: square, diamond, circle or triangle
    variants: list  # of Variant classes; an instance of the mechanism has instances of them

    panel = ""  # a template: what only this mechanism has, below the doors on its own page

    def __init__(self):
        self.variants = [variant(self) for variant in type(self).variants]

    @property
    def extra_urls(self):
        """URL patterns of what only this mechanism has."""
        return []

    def panel_context(self, request):
        """What `panel` needs to know, beside `mechanism`."""
        return {}

    def end_all(self, user):
        """End every sign-in of this user that the server can end; returns how many."""
        return 0

    def forget_expired(self):
        """Delete what the server still keeps of credentials that have expired; returns how many rows went."""
        return 0

    @property
    def doors(self):
        """The variants that exist here: outside the lab, none that is weak on purpose."""
        return [variant for variant in self.variants if variant.exists]

    @property
    def columns(self):
        """Those of them that the pages show side by side."""
        return [variant for variant in self.doors if variant.on_pages]

    @property
    def default(self):
        return self.variants[0]

    @property
    def urls(self):
        """URL patterns of all its doors, named "<slug>-<variant>-<endpoint>"."""
        patterns = []
        for variant in self.doors:
            for endpoint, (address, view) in api.ENDPOINTS.items():
                patterns.append(
                    path(
                        variant.path.lstrip("/") + address,
                        view.as_view(variant=variant, authentication_classes=[variant.authentication]),
                        name=f"{self.slug}-{variant.slug}-{endpoint}",
                    )
                )
        return patterns + self.extra_urls


class OneDoor(Mechanism, Variant):
    """A mechanism of a single form: it is its own door."""

    def __init__(self):
        self.mechanism, self.variants = self, [self]
