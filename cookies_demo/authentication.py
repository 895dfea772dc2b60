"""Who is asking? Whoever the cookie says: once without a question, once with the server's signature."""

from urllib.parse import parse_qsl, quote, unquote, urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from authcompare.mechanisms.authentication import CredentialAuthentication, UserInactive
from authcompare.mechanisms.transports import CookieTransport
from cookies_demo.preferences import Preferences

SALT = "cookies_demo.signed"
User = get_user_model()


class CredentialExpired(AuthenticationFailed):
    default_code = "credential_expired"
    default_detail = _("The signed cookie has expired.")


class BadSignature(AuthenticationFailed):
    default_code = "bad_signature"
    default_detail = _("The cookie's signature does not fit.")


class PlainCookieAuthentication(CredentialAuthentication, BaseAuthentication):
    """WEAK on purpose, in the lab and for sandbox accounts only: believes the name in the preference cookie.

    Whoever edits the cookie is somebody else. The hardened twin is SignedCookieAuthentication.
    """

    mechanism = "cookie"
    transport = CookieTransport("PREFS_COOKIE_NAME", readable=True)

    def identify(self, request):
        if not settings.LAB:
            return None
        name = Preferences.of(request).name
        user = name and User.objects.filter(username=name, sandbox__isnull=False, is_active=True).first()
        return (user, None) if user else None


class SignedCookieAuthentication(CredentialAuthentication, BaseAuthentication):
    """Believes a statement that the server itself has signed, and only while it is young enough.

    Readable by its owner, but nobody can change it; and nobody can take it back before it ends.
    """

    mechanism = "cookie"
    transport = CookieTransport("PREFS_SIGNED_COOKIE_NAME")
    raises = (CredentialExpired, BadSignature, UserInactive)

    def identify(self, request):
        cookie = request.COOKIES.get(settings.PREFS_SIGNED_COOKIE_NAME)
        if not cookie:
            return None
        try:
            statement, signed_at = unsign(cookie)
        except signing.SignatureExpired:
            raise CredentialExpired from None
        except signing.BadSignature:
            raise BadSignature from None
        user = User.objects.filter(pk=statement["id"], is_active=True).first()
        if user is None:
            raise UserInactive
        return user, {**statement, "signed_at": signed_at}


def sign(user, lifetime):
    """The value of the signed cookie: who, for how many seconds, since when, and the signature over all of it."""
    statement = urlencode({"id": user.pk, "name": user.get_username(), "lifetime": lifetime})
    return quote(signing.TimestampSigner(salt=SALT).sign(statement), safe=":")


def unsign(cookie):
    """({"id", "name", "lifetime"}, when it was signed in seconds since 1970); raises signing.BadSignature."""
    signer = signing.TimestampSigner(salt=SALT)
    signed = unquote(cookie)
    statement = dict(parse_qsl(signer.unsign(signed)))
    statement["lifetime"] = int(statement["lifetime"])
    signer.unsign(signed, max_age=statement["lifetime"])  # only now: how long is part of what was signed
    return statement, signing.b62_decode(signed.split(":")[-2])
