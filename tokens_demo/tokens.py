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

from authcompare.accounts.models import User
from tokens_demo import jwks

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
    "username": (str, r"[^\x00\ud800-\udfff]{1,150}"),
    "role": (str, r"[a-z]{1,10}"),
    "password": (str, r"[!-~]{1,64}"),
}
REQUIRED = {"sub", "jti", "iat", "exp", "token_type"}
COMMON_WORD = "mysecretkey"  # what the article's server signs with; it is in every list of words to try


class Backend(TokenBackend):
    """SimpleJWT's, which signs and verifies; this one also names the key (RFC 7515 section 4.1.4)."""

    def encode(self, payload):
        claims = {**payload, "iss": self.issuer, "aud": self.audience}
        headers = {"kid": jwks.key_id()} if self.verifying_key else None
        return jwt.encode(claims, self.prepared_signing_key, algorithm=self.algorithm, headers=headers)


class DecodingBackend(Backend):
    """WEAK on purpose, for a door of the lab: decodes where Backend, its hardened twin, verifies."""

    def decode(self, token, verify=True):
        return jwt.decode(token, options={"verify_signature": False})


class GuessableBackend(Backend):
    """WEAK on purpose, for a door of the lab: verifies as Backend does, its hardened twin, but with a secret that is
    in every list. Filled up with zeros, as an HMAC does it anyway (RFC 2104 section 2): PyJWT would warn of it."""

    def __init__(self, algorithm, signing_key, verifying_key, *said, **more):
        super().__init__("HS256", COMMON_WORD.ljust(64, "\0"), "", *said, **more)


@cache
def backend(kind=Backend):
    return kind(
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

    backend = Backend

    def __init__(self, token=None, verify=True):
        if isinstance(token, bytes):
            token = token.decode("latin-1")
        if token is not None and not canonical(token):
            raise TokenError(_("This is not a JWT."))
        try:
            super().__init__(token, verify)
        except (RecursionError, OverflowError, ValueError, TypeError, jwt.InvalidTokenError) as error:
            raise TokenError(_("Token is invalid")) from error

    def get_token_backend(self):
        return backend(self.backend)

    def verify(self):
        super().verify()
        self.check_forms()

    def check_forms(self):
        for claim, (kind, form) in FORMS.items():
            value = self.payload.get(claim)
            if (value is None and claim not in REQUIRED) or (type(value) is kind and re.fullmatch(form, str(value))):
                continue
            raise TokenError(_("Token is invalid"))


class AccessToken(Strict, tokens.AccessToken):
    """Presented with every request."""


class UnverifiedToken(AccessToken):
    """WEAK on purpose, for a door of the lab: neither signature nor end nor type is asked for. The form of each claim
    is, so that nothing breaks. The hardened twin is AccessToken."""

    backend = DecodingBackend

    def verify(self):
        self.check_forms()


class GuessableToken(AccessToken):
    """WEAK on purpose, for a door of the lab: its secret is in every list. The hardened twin is AccessToken."""

    backend = GuessableBackend


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
