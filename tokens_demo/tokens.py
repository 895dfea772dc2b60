"""SimpleJWT's tokens, made strict: one spelling each, sane claims, and a key id for the others who verify them."""

import binascii
import re
from functools import cache

import jwt
from django.utils.translation import gettext as _
from jwt.utils import base64url_decode, base64url_encode
from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.models import TokenUser
from rest_framework_simplejwt.settings import api_settings

from authcompare.models import User
from tokens_demo import keys

# A signature proves who wrote a claim, not that it makes sense: what ends in a query must have the form of an id, and
# what is reckoned with must be whole seconds since 1970 (`True` is a number to Python, and to JSON so is 1e300).
FORMS = {
    "sub": (str, r"[0-9]{1,18}"),
    "jti": (str, r"[!-~]{1,32}"),
    "iat": (int, r"[0-9]{1,11}"),
    "exp": (int, r"[0-9]{1,11}"),
    "nbf": (int, r"[0-9]{1,11}"),
    "token_type": (str, r"access|refresh"),
    "family": (str, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "username": (str, r"[^\x00]{1,150}"),
    "role": (str, r"[a-z]{1,10}"),
    "password": (str, r"[!-~]{1,64}"),
}
REQUIRED = {"sub", "jti", "iat", "exp", "token_type"}


class Backend(TokenBackend):
    """SimpleJWT's, which signs and verifies; this one also names the key (RFC 7515 section 4.1.4)."""

    def encode(self, payload):
        claims = {**payload, "iss": self.issuer, "aud": self.audience}
        headers = {"kid": keys.key_id()} if keys.published() else None
        return jwt.encode(claims, self.prepared_signing_key, algorithm=self.algorithm, headers=headers)


@cache
def backend():
    return Backend(
        api_settings.ALGORITHM,
        api_settings.SIGNING_KEY,
        api_settings.VERIFYING_KEY,
        api_settings.AUDIENCE,
        api_settings.ISSUER,
        leeway=api_settings.LEEWAY,
    )


def canonical(token):
    """Is it three base64url parts, each in its one spelling? Otherwise many strings were the same token: decoders
    overlook "=" at the end and the spare bits of the last character (RFC 4648 section 3.5)."""
    parts = token.split(".")
    try:
        return len(parts) == 3 and all(base64url_encode(base64url_decode(part)).decode() == part for part in parts)
    except (ValueError, binascii.Error):
        return False


class Strict:
    """Mixed into SimpleJWT's token classes: whatever is odd about a token is a TokenError, never a crash."""

    def __init__(self, token=None, verify=True):
        if isinstance(token, bytes):
            token = token.decode("latin-1")
        if token is not None and not canonical(token):
            raise TokenError(_("This is not a JWT."))
        try:
            super().__init__(token, verify)
        except (RecursionError, OverflowError, ValueError, TypeError) as error:
            raise TokenError(_("Token is invalid")) from error

    def get_token_backend(self):
        return backend()

    def verify(self):
        super().verify()
        for claim, (kind, form) in FORMS.items():
            value = self.payload.get(claim)
            if (value is None and claim not in REQUIRED) or (type(value) is kind and re.fullmatch(form, str(value))):
                continue
            raise TokenError(_("Token is invalid"))


class AccessToken(Strict, tokens.AccessToken):
    """Presented with every request."""


class RefreshToken(Strict, tokens.RefreshToken):
    """Presented to the refresh endpoint alone, once."""


class AnyToken(Strict, tokens.UntypedToken):
    """Of either type, for the verify endpoint."""


class ClaimedUser(TokenUser):
    """A user as an access token states it, without a look at the database. As current as the token, no more."""

    @property
    def pk(self):
        return int(self.token["sub"])

    id = pk

    @property
    def role(self):
        return self.token.get("role", User.Role.READER)

    @property
    def username(self):
        return self.token.get("username", "")


def reason(error):
    """A TokenError as one word for the answer's code: "token_expired" or "token_invalid"."""
    return "token_expired" if isinstance(error, ExpiredTokenError) else "token_invalid"
