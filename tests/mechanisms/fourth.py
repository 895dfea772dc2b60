"""A fourth mechanism, as small as one can be: a signed ticket in a cookie."""

from datetime import timedelta

from django.core import signing
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication

from authcompare.accounts.models import User
from authcompare.mechanisms.authentication import CredentialAuthentication
from authcompare.mechanisms.base import Mechanism, Variant
from authcompare.mechanisms.transports import CookieTransport


class TicketAuthentication(CredentialAuthentication, BaseAuthentication):
    """Authenticate a request by the signed user id in its cookie."""

    mechanism = "ticket"
    transport = CookieTransport("ticket")

    def identify(self, request, credential):
        try:
            user_id = signing.loads(credential.text, salt="ticket", max_age=3600)
        except signing.BadSignature:
            return None
        user = User.objects.filter(pk=user_id, is_active=True).first()
        return user and (user, None)


class SignedTicket(Variant):
    """A signed user id in an HttpOnly cookie."""

    slug = "signed"
    title = "signed ticket"
    summary = "Your browser sends a ticket; the server checks its own signature."
    authentication = TicketAuthentication

    def sign_in(self, request, response, user, lifetime):
        response.set_cookie("ticket", signing.dumps(user.pk, salt="ticket"), httponly=True, samesite="Lax")
        return {"expires_at": timezone.now() + timedelta(hours=1)}

    def sign_out(self, request, response):
        response.delete_cookie("ticket", samesite="Lax")

    def describe(self, request):
        return {"length": len(request.credential.text), "server_state": None}


class TicketMechanism(Mechanism):
    """Authentication by a ticket."""

    name = "ticket"
    slug = "tickets"
    title = "Ticket"
    summary = "Your browser sends a ticket; the server checks its own signature."
    shape = "triangle"
    variant_classes = (SignedTicket,)
