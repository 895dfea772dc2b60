"""A fourth mechanism, as small as one can be: a signed ticket in a cookie. It stands in for whatever comes next."""

from datetime import timedelta

from django.core import signing
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication

from authcompare.accounts.models import User
from authcompare.mechanisms.authentication import CredentialAuthentication
from authcompare.mechanisms.base import OneDoor
from authcompare.mechanisms.transports import CookieTransport


class TicketAuthentication(CredentialAuthentication, BaseAuthentication):
    mechanism = "ticket"
    transport = CookieTransport("ticket")

    def identify(self, request):
        try:
            holder = signing.loads(request.COOKIES.get("ticket", ""), salt="ticket", max_age=3600)
        except signing.BadSignature:
            return None
        user = User.objects.filter(pk=holder, is_active=True).first()
        return user and (user, None)


class Ticket(OneDoor):
    name = "ticket"
    slug = "tickets"
    title = "Ticket"
    summary = "You hold a ticket; the server knows its own stamp."
    shape = "triangle"
    authentication = TicketAuthentication

    def sign_in(self, request, response, user, lifetime):
        response.set_cookie("ticket", signing.dumps(user.pk, salt="ticket"), httponly=True, samesite="Lax")
        return {"expires_at": timezone.now() + timedelta(hours=1)}

    def sign_out(self, request, response):
        response.delete_cookie("ticket", samesite="Lax")

    def describe(self, request):
        return {"length": len(request.COOKIES["ticket"]), "server_state": None}
