"""The contract of a mechanism and of its variants, and the URLs they yield."""

import inspect
from pathlib import Path

from django.conf import settings
from django.urls import path

from authcompare.mechanisms import api


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
    # What it promises. Experiments hold every door to this, and the build fails where it is not so.
    checks_changes = True  # a credential that was changed is refused
    checks_end = True  # it is refused after its end, from whichever client it comes
    ends_at_sign_out = False  # a copy is worth nothing once its owner has signed out
    reveals_user = True  # whoever reads the credential, without any key, learns whose it is
    follows_activity = True  # ... is refused once its user is deactivated
    follows_password = False  # ... is refused once its user's password has changed
    follows_role = True  # ... can do no more than its user's role allows by now
    ends_from_elsewhere = False  # ... is refused once its user, signed in elsewhere, has ended all other sign-ins
    keeps_state = False  # the server keeps something behind it: `state_behind` tells
    extended_by_use = False  # using it moves its end
    refreshable = False  # sign-in brings a second credential beside it, which is exchanged for new ones of both
    refuses_bad = True  # a bad one is refused at once; otherwise it counts as none, and the next door may be asked
    known_to_middleware = False  # Django's own middleware knows its user, before any view is asked
    resists_guessing = True  # nobody who has a list of common secrets can make one
    takes_planted = False  # sign-in promotes a credential that somebody planted in the browser before it
    crosses_sites = False  # the browser sends it with forms of other sites, too
    needs = frozenset({"key", "database"})  # what another server must share to let it in
    identity_queries = 1  # SQL statements it takes to know who is asking
    on_pages = True  # has a column on the pages; one that serves as the weak arm of an experiment alone has none
    storage = "jar"  # where a page keeps what login answers: the cookie "jar" (by itself) or "localStorage"

    def __init__(self, mechanism):
        self.mechanism = mechanism

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
