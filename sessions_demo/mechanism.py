"""What the session mechanism is."""

from django.contrib.auth import login, logout
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authcompare import mechanism
from sessions_demo.authentication import SessionAuthentication, UnprotectedSessionAuthentication
from sessions_demo.backend import BEGAN, LIFETIME, moment
from sessions_demo.models import Session as Row


class Db(mechanism.Variant):
    slug = "db"
    title = _("database session")
    summary = _("The server remembers; you hold a number.")
    authentication = SessionAuthentication

    def sign_in(self, request, response, user, lifetime):
        """`login` changes the id: one planted before sign-in (fixation) is worth nothing after it."""
        login(request, user)
        if lifetime:
            request.session[LIFETIME] = lifetime
        return {"expires_at": request.session.get_expiry_date()}

    def sign_out(self, request, response):
        logout(request._request)

    def describe(self, request):
        session = request._request.session
        row = Row.objects.get(session_key=session.session_key)
        return {
            "length": len(row.session_key),
            "parts": {"id": f"{row.session_key[:4]}…{row.session_key[-4:]}"},
            "issued_at": moment(session.get(BEGAN)),
            "expires_at": row.expire_date,
            "ends_at": session.ends_at,
            "server_state": {"row": row.public_id, "data": row.get_decoded(), "last_seen_at": row.last_seen_at},
        }

    def devices(self, request):
        rows = Row.objects.filter(user_id=request.user.pk, expire_date__gt=timezone.now()).order_by("-created_at")
        return [
            {
                "id": row.public_id,
                "created_at": row.created_at,
                "last_seen_at": row.last_seen_at,
                "expires_at": row.expire_date,
                "user_agent": row.user_agent,
                "current": row.session_key == request._request.session.session_key,
            }
            for row in rows
        ]

    def end_devices(self, request, devices):
        ended = {device["id"] for device in devices}
        for row in Row.objects.filter(user_id=request.user.pk):
            if row.public_id in ended:
                row.delete()
        if any(device["current"] for device in devices):
            logout(request._request)


class Unprotected(Db):
    slug = "unprotected"
    title = _("session without CSRF check")
    summary = _("The same row and cookie, but any site's form is believed.")
    authentication = UnprotectedSessionAuthentication
    lab = True


class Session(mechanism.Mechanism):
    name = "session"
    slug = "sessions"
    title = _("Session")
    summary = _("The server remembers; you hold a number.")
    shape = "square"
    variants = [Db, Unprotected]

    def forget_expired(self):
        return Row.objects.filter(expire_date__lte=timezone.now()).delete()[0]
