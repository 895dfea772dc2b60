"""Authentication by a cookie: a plain one that the server believes unchecked, and a signed one."""

from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from authcompare.mechanisms.authentication import CredentialAuthentication, UserInactive
from authcompare.mechanisms.transports import CookieTransport, Credential
from cookies_demo.preferences import Preferences

SALT = "cookies_demo.signed"
User = get_user_model()


class CredentialExpired(AuthenticationFailed):
    default_code = "credential_expired"
    default_detail = _("The signed cookie has expired. Sign in again.")


class BadSignature(AuthenticationFailed):
    default_code = "bad_signature"
    default_detail = _("The signature does not match the cookie. Sign in again.")


class PlainCookieAuthentication(CredentialAuthentication, BaseAuthentication):
    """WEAK on purpose, in the lab and for sandbox accounts only: believe the name in the preference cookie.

    A client that edits the cookie becomes another user. Hardened: SignedCookieAuthentication.
    """

    mechanism = "cookie"
    transport = CookieTransport("PREFS_COOKIE_NAME", readable=True)

    def identify(self, request: Request, credential: Credential) -> tuple[Any, Preferences] | None:
        if not settings.LAB:
            return None
        preferences = Preferences.from_cookie(credential.text)
        if not preferences.name:
            return None
        user = User.objects.filter(username=preferences.name, sandbox__isnull=False, is_active=True).first()
        return (user, preferences) if user else None


class SignedCookieAuthentication(CredentialAuthentication, BaseAuthentication):
    """Authenticate a request by a cookie that the server signed, until it expires.

    The client can read the cookie but not change it. The server cannot revoke it.
    """

    mechanism = "cookie"
    transport = CookieTransport("PREFS_SIGNED_COOKIE_NAME")
    raises = (CredentialExpired, BadSignature, UserInactive)

    def identify(self, request: Request, credential: Credential) -> tuple[Any, dict[str, Any]] | None:
        if not credential.text:
            return None
        try:
            fields = unsign(credential.text)
        except signing.SignatureExpired:
            raise CredentialExpired from None
        except signing.BadSignature:
            raise BadSignature from None
        user = User.objects.filter(pk=fields["id"], is_active=True).first()
        if user is None:
            raise UserInactive
        return user, fields


def sign(user: Any, lifetime: int) -> str:
    """Return the signed cookie's value: user id, name, lifetime in seconds, time of signing, and the signature."""
    fields = urlencode({"id": user.pk, "name": user.get_username(), "lifetime": lifetime})
    return quote(signing.TimestampSigner(salt=SALT).sign(fields), safe=":")


def unsign(cookie: str) -> dict[str, Any]:
    """Return {"id", "name", "lifetime", "signed_at"} (seconds, seconds since 1970); raise signing.BadSignature."""
    signer = signing.TimestampSigner(salt=SALT)
    signed = unquote(cookie)
    fields: dict[str, Any] = dict(parse_qsl(signer.unsign(signed)))
    fields["lifetime"] = int(fields["lifetime"])
    signer.unsign(signed, max_age=fields["lifetime"])  # checked last: the lifetime is one of the signed fields
    return fields | {"signed_at": signing.b62_decode(signed.split(":")[-2])}
