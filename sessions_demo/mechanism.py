"""The session mechanism and its variants."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, login, logout, user_logged_in
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.api.openapi.serializers import TIMES
from authcompare.api.recording.redaction import redact_value
from authcompare.api.recording.trace import State
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
from sessions_demo.models import LIFETIME, SIGNED_IN_AT, Session, SessionStore, from_timestamp


class DatabaseSession(Variant):
    """A session id in an HttpOnly cookie; a row in the database behind it."""

    slug = "db"
    title = _("database session")
    summary = _("Your browser sends a random id; the server looks up the session that it stores under this id.")
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
        **TIMES,
        "ends_at": "2026-09-01T16:00:00Z",
        "server_state": {
            "row": "5d41402abc4b2a76",
            "data": {"_auth_user_id": "7", "began": 1788249600.0},
            "last_seen_at": "2026-09-01T08:01:30Z",
        },
    }

    def sign_in(self, request: HttpRequest, response: Response, user: Any, lifetime: int | None) -> dict[str, Any]:
        """End the browser's old session, and sign in with a new one.

        `login` alone keeps the old id if the user is the same: then an id that was planted (fixation) or stolen before
        sign-in would be valid after it.
        """
        request.session.flush()
        login(request, user)
        return self.set_lifetime(request.session, lifetime)

    def set_lifetime(self, session: Any, lifetime: int | None) -> dict[str, Any]:
        """Limit a new session to `lifetime` seconds, and return what the response body adds."""
        if lifetime:
            session[LIFETIME] = lifetime
        return {"expires_at": session.get_expiry_date()}

    def sign_out(self, request: Request, response: Response) -> None:
        self.end_session(request)

    def end_session(self, request: Request) -> None:
        """Delete the session that this request presents."""
        logout(request._request)

    def describe(self, request: Request) -> dict[str, Any]:
        session: SessionStore = request.credential.verified
        row = session.row
        return {
            "length": len(row.session_key),
            "parts": {"id": f"{row.session_key[:4]}…{row.session_key[-4:]}"},
            "issued_at": from_timestamp(session.get(SIGNED_IN_AT)),
            "expires_at": row.expire_date,
            "ends_at": session.ends_at,
            "server_state": {"row": row.public_id, "data": row.get_decoded(), "last_seen_at": row.last_seen_at},
        }

    def active_sign_ins(self, request: Request) -> list[dict[str, Any]]:
        return self.sign_ins_of(request.user, current=request.credential.verified.session_key)

    def sign_ins_of(self, user: Any, current: str) -> list[dict[str, Any]]:
        """Return the user's active sign-ins; `current` is the session key of this one."""
        rows = Session.objects.filter(user_id=user.pk, expire_date__gt=timezone.now()).order_by("-created_at")
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

    def end_sign_ins(self, request: Request, sign_ins: list[dict[str, Any]]) -> None:
        Session.objects.filter(user_id=request.user.pk, public_id__in=[each["id"] for each in sign_ins]).delete()
        if any(each["current"] for each in sign_ins):
            self.end_session(request)

    def server_state(self, credentials: Sequence[str]) -> State:
        rows = {row.session_key: row for row in Session.objects.filter(session_key__in=credentials)}
        state = {}
        for row in (rows[credential] for credential in credentials if credential in rows):
            name = gettext("session row %(id)s") % {"id": f"{row.public_id[:6]}…"}
            state[name] = {
                "session_key": row.session_key,
                "expire_date": row.expire_date.isoformat(),
                "user_id": str(row.user_id),
                **{f"data.{key}": redact_value(value) for key, value in row.get_decoded().items()},
            }
        return state


class UnprotectedSession(DatabaseSession):
    """WEAK on purpose: no CSRF check, and the browser sends the cookie with other sites' forms.

    Hardened: DatabaseSession.
    """

    slug = "unprotected"
    title = _("session without CSRF check")
    summary = _("The same session and cookie, but the server accepts the form of any site.")
    authentication = UnprotectedSessionAuthentication
    lab = True
    promises = replace(DatabaseSession.promises, sent_cross_site=True)

    def sign_in(self, request: HttpRequest, response: Response, user: Any, lifetime: int | None) -> dict[str, Any]:
        setattr(request, CROSSES_SITES, True)
        return super().sign_in(request, response, user, lifetime)


class UnrotatedSession(DatabaseSession):
    """WEAK on purpose, for experiments only: sign-in keeps the browser's old session id. Hardened: DatabaseSession."""

    slug = "unrotated"
    title = _("session that keeps its id")
    summary = _("The same session and cookie, but sign-in keeps the id that the browser brings.")
    authentication = SandboxSessionAuthentication
    lab = True
    on_pages = False
    promises = replace(DatabaseSession.promises, allows_fixation=True)

    def sign_in(self, request: HttpRequest, response: Response, user: Any, lifetime: int | None) -> dict[str, Any]:
        """Sign in like Django's `login`, but keep the id: an attacker who planted it is signed in, too."""
        request.session[SESSION_KEY] = user._meta.pk.value_to_string(user)
        request.session[BACKEND_SESSION_KEY] = user.backend
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        request.user = user
        rotate_token(request)
        user_logged_in.send(type(user), request=request, user=user)
        return self.set_lifetime(request.session, lifetime)


class HeaderSession(DatabaseSession):
    """A session id in the Authorization header, for experiments only.

    It is not weak: it separates what the transport does from what the credential does.
    """

    slug = "header"
    title = _("session id in a header")
    summary = _("A script of the page stores the session id and sends it; the server looks up the session.")
    authentication = HeaderSessionAuthentication
    lab = True
    on_pages = False
    storage = "localStorage"
    promises = replace(DatabaseSession.promises, known_to_middleware=False)

    def sign_in(self, request: HttpRequest, response: Response, user: Any, lifetime: int | None) -> dict[str, Any]:
        """Call Django's `login` on a separate request: no middleware sees that session, so none sets a cookie."""
        separate: Any = HttpRequest()
        separate.META, separate.session = {**request.META}, SessionStore()
        login(separate, user)
        answer = self.set_lifetime(separate.session, lifetime)
        separate.session.save()
        return {"access": separate.session.session_key, **answer}

    def end_session(self, request: Request) -> None:
        credential = self.transport.read(request._request)
        SessionStore(credential.text if credential else None).flush()


class SessionMechanism(Mechanism):
    """Authentication by a session that the server stores."""

    name = "session"
    slug = "sessions"
    title = _("Session")
    summary = _("The server stores the session; your browser stores only its id.")
    shape = "square"
    variant_classes = (DatabaseSession, UnprotectedSession, UnrotatedSession, HeaderSession)
    panel = "sessions_demo/_panel.html"

    @property
    def extra_urls(self) -> list[URLPattern]:
        """Return, in the lab, the URLs of the actions on the visitor's own session."""
        if not settings.LAB:
            return []
        behind = {"variant": self.default, "authentication_classes": [self.default.authentication]}
        views = {"look": api.LookView, "size": api.SizeView, "elsewhere": api.ElsewhereView}
        views |= {act.slug: act for act in api.ACTS}
        return [
            path(f"sessions/api/lab/{slug}/", view.as_view(**behind), name=f"sessions-lab-{slug}")
            for slug, view in views.items()
        ]

    @cached_property
    def acts(self) -> list[dict[str, Any]]:
        """The actions on the visitor's own session, each with its source code."""
        return [{"view": act, "code": piece(act.act)} for act in api.ACTS]

    def panel_context(self, request: HttpRequest) -> dict[str, Any]:
        signed_in = request.user.is_authenticated
        row = Session.objects.filter(session_key=request.session.session_key).first() if signed_in else None
        return {
            "logins": list(self.described_sign_ins(request)) if row else [],
            "columns": session_decoder.columns(row) if row else [],
            "layers": session_decoder.layers(row) if row else None,
            "playable": settings.LAB and bool(row and request.user.sandbox_id),
            "cookie_name": settings.SESSION_COOKIE_NAME,
            "acts": self.acts if settings.LAB else [],
        }

    def described_sign_ins(self, request: HttpRequest) -> Iterator[dict[str, Any]]:
        """Yield the active sign-ins, each with the browser and system that its user agent names."""
        for sign_in in self.default.sign_ins_of(request.user, current=request.session.session_key):
            browser, system = session_decoder.in_plain_words(sign_in["user_agent"])
            yield {**sign_in, "browser": browser, "system": system}

    def end_all_sign_ins(self, user: Any) -> int:
        return Session.objects.filter(user_id=user.pk).delete()[0]

    def delete_expired(self) -> int:
        return delete_in_batches(Session.objects.filter(expire_date__lte=timezone.now()))
