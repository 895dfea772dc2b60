"""What the session mechanism is."""

from dataclasses import replace

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, login, logout, user_logged_in
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.urls import path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from authcompare.api import recording
from authcompare.api.openapi.serializers import MOMENTS
from authcompare.db import delete_in_batches
from authcompare.mechanisms.base import Mechanism, Promises, Variant
from authcompare.mechanisms.source_code import piece
from sessions_demo import api, session_decoder
from sessions_demo.authentication import (
    HeaderSessionAuthentication,
    SandboxSessionAuthentication,
    SessionAuthentication,
    UnprotectedSessionAuthentication,
)
from sessions_demo.middleware import CROSSES_SITES
from sessions_demo.models import BEGAN, LIFETIME, SessionStore, moment
from sessions_demo.models import Session as Row


class DatabaseSession(Variant):
    slug = "db"
    title = _("database session")
    summary = _("The server remembers; you hold a number.")
    authentication = SessionAuthentication
    promises = Promises(
        ends_at_sign_out=True,
        follows_password_change=True,
        reveals_user=False,
        ends_from_elsewhere=True,
        keeps_server_state=True,
        extended_by_use=True,
        rejects_invalid=False,
        known_to_middleware=True,
        identity_queries=2,
    )
    example = {
        "length": 32,
        "parts": {"id": "k3v9…x2hd"},
        **MOMENTS,
        "ends_at": "2026-09-01T16:00:00Z",
        "server_state": {
            "row": "5d41402abc4b2a76",
            "data": {"_auth_user_id": "7", "began": 1788249600.0},
            "last_seen_at": "2026-09-01T08:01:30Z",
        },
    }

    def sign_in(self, request, response, user, lifetime):
        """Whatever session was there ends, also one of the same user, where `login` alone would keep the id: an id
        planted (fixation) or stolen before sign-in is worth nothing after it."""
        request.session.flush()
        login(request, user)
        return self.begun(request.session, lifetime)

    def begun(self, session, lifetime):
        """What sign-in answers, once the session is the user's."""
        if lifetime:
            session[LIFETIME] = lifetime
        return {"expires_at": session.get_expiry_date()}

    def session(self, request):
        """The session that this request presents."""
        return self.authentication().session(request)

    def sign_out(self, request, response):
        logout(request._request)

    def describe(self, request):
        session = self.session(request)
        row = Row.objects.get(session_key=session.session_key)
        return {
            "length": len(row.session_key),
            "parts": {"id": f"{row.session_key[:4]}…{row.session_key[-4:]}"},
            "issued_at": moment(session.get(BEGAN)),
            "expires_at": row.expire_date,
            "ends_at": session.ends_at,
            "server_state": {"row": row.public_id, "data": row.get_decoded(), "last_seen_at": row.last_seen_at},
        }

    def state_behind(self, credential):
        row = Row.objects.filter(session_key=credential).first()
        if row is None:
            return {}
        data = {f"data.{key}": recording.shown(value) for key, value in row.get_decoded().items()}
        return {
            gettext("session row %(id)s") % {"id": f"{row.public_id[:6]}…"}: {
                "session_key": row.session_key,
                "expire_date": row.expire_date.isoformat(),
                "user_id": str(row.user_id),
                **data,
            }
        }

    def devices(self, request):
        current = self.session(request).session_key
        rows = Row.objects.filter(user_id=request.user.pk, expire_date__gt=timezone.now()).order_by("-created_at")
        return [
            {
                "id": row.public_id,
                "created_at": row.created_at,
                "last_seen_at": row.last_seen_at,
                "expires_at": row.expire_date,
                "user_agent": row.user_agent,
                "current": row.session_key == current,
            }
            for row in rows
        ]

    def end_devices(self, request, devices):
        Row.objects.filter(user_id=request.user.pk, public_id__in=[device["id"] for device in devices]).delete()
        if any(device["current"] for device in devices):
            self.sign_out(request, response=None)


class Unprotected(DatabaseSession):
    """WEAK on purpose: its cookie goes along with other sites' forms, and no form is asked who wrote it. Its hardened
    twin is Db."""

    slug = "unprotected"
    title = _("session without CSRF check")
    summary = _("The same row and cookie, but any site's form is believed.")
    authentication = UnprotectedSessionAuthentication
    lab = True
    promises = replace(
        DatabaseSession.promises,
        sent_cross_site=True,
    )

    def sign_in(self, request, response, user, lifetime):
        setattr(request, CROSSES_SITES, True)
        return super().sign_in(request, response, user, lifetime)


class Unrotated(DatabaseSession):
    """WEAK on purpose, an arm of experiments alone: sign-in keeps the id that was there. Its hardened twin is Db."""

    slug = "unrotated"
    title = _("session that keeps its id")
    summary = _("The same row and cookie, but sign-in promotes whatever session the browser brought.")
    authentication = SandboxSessionAuthentication
    lab = True
    on_pages = False
    promises = replace(
        DatabaseSession.promises,
        allows_fixation=True,
    )

    def sign_in(self, request, response, user, lifetime):
        """All that Django's `login` does, but for a new id: whoever planted the old one is signed in as well."""
        request.session[SESSION_KEY] = user._meta.pk.value_to_string(user)
        request.session[BACKEND_SESSION_KEY] = user.backend
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        request.user = user
        rotate_token(request)
        user_logged_in.send(type(user), request=request, user=user)
        return self.begun(request.session, lifetime)


class Header(DatabaseSession):
    """Not weak, but an arm of experiments alone: what of a session is the carrier's, and what the credential's?"""

    slug = "header"
    title = _("session id in a header")
    summary = _("The server remembers; a script of the page holds the number, and shows it.")
    authentication = HeaderSessionAuthentication
    lab = True
    on_pages = False
    storage = "localStorage"
    promises = replace(
        DatabaseSession.promises,
        known_to_middleware=False,
    )

    def sign_in(self, request, response, user, lifetime):
        """Django's own `login`, on a request of its own: no middleware sees that session, so none sets a cookie."""
        aside = HttpRequest()
        aside.META, aside.session = {**request.META}, SessionStore()
        login(aside, user)
        granted = self.begun(aside.session, lifetime)
        aside.session.save()
        return {"access": aside.session.session_key, **granted}

    def sign_out(self, request, response):
        self.session(request).flush()


class Session(Mechanism):
    name = "session"
    slug = "sessions"
    title = _("Session")
    summary = _("The server remembers; you hold a number.")
    shape = "square"
    variants = [DatabaseSession, Unprotected, Unrotated, Header]
    panel = "sessions_demo/_panel.html"

    @property
    def extra_urls(self):
        """In the lab: what can be done to one's own session."""
        if not settings.LAB:
            return []
        door = {"variant": self.default, "authentication_classes": [self.default.authentication]}
        there = {"look": api.LookView, "size": api.SizeView, "elsewhere": api.ElsewhereView}
        there |= {act.slug: act for act in api.ACTS}
        return [
            path(f"sessions/api/lab/{slug}/", view.as_view(**door), name=f"sessions-lab-{slug}")
            for slug, view in there.items()
        ]

    @cached_property
    def acts(self):
        """What can be done to one's own session, each with the source that does it."""
        return [{"view": act, "code": piece(act.act)} for act in api.ACTS]

    def panel_context(self, request):
        signed_in = request.user.is_authenticated
        row = signed_in and Row.objects.filter(session_key=request.session.session_key).first()
        return {
            "logins": list(self.logins(request)) if row else [],
            "columns": session_decoder.columns(row) if row else [],
            "layers": session_decoder.layers(row) if row else None,
            "playable": settings.LAB and bool(row and request.user.sandbox_id),
            "cookie_name": settings.SESSION_COOKIE_NAME,
            "acts": self.acts if settings.LAB else [],
        }

    def logins(self, request):
        """The devices, each with what its user agent says in plain words."""
        asking = Request(request)
        asking.user = request.user
        for device in self.default.devices(asking):
            browser, system = session_decoder.in_plain_words(device["user_agent"])
            yield {**device, "browser": browser, "system": system}

    def end_all(self, user):
        return Row.objects.filter(user_id=user.pk).delete()[0]

    def forget_expired(self):
        return delete_in_batches(Row.objects.filter(expire_date__lte=timezone.now()))
