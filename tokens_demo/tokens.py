"""SimpleJWT's tokens, with strict parsing: one spelling per token, claims of a known format, and a key id."""

import binascii
import re
from functools import cache
from typing import Any

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

# A valid signature proves who wrote a claim, not that the claim has a usable value. A claim that reaches a query must
# have the format of an id, and a time must be whole seconds since 1970: in Python True is a number, in JSON 1e300 is.
CLAIM_FORMATS: dict[str, tuple[type, str]] = {
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
COMMON_WORD = "mysecretkey"  # the article's secret; every word list contains it


class SigningBackend(TokenBackend):
    """SimpleJWT's backend, which also writes the key id into the header (RFC 7515 section 4.1.4)."""

    def encode(self, payload: dict[str, Any]) -> str:
        claims = {**payload, "iss": self.issuer, "aud": self.audience}
        headers = {"kid": jwks.key_id()} if self.verifying_key else None
        return jwt.encode(claims, self.prepared_signing_key, algorithm=self.algorithm, headers=headers)


class DecodingBackend(SigningBackend):
    """WEAK on purpose, for a variant of the lab: decode without verifying. Hardened: SigningBackend."""

    def decode(self, token: str, verify: bool = True) -> dict[str, Any]:
        return jwt.decode(token, options={"verify_signature": False})


class GuessableBackend(SigningBackend):
    """WEAK on purpose, for a variant of the lab: sign and verify with a common word. Hardened: SigningBackend.

    The word is padded with zeros, as an HMAC pads every key (RFC 2104 section 2): PyJWT warns of a short one.
    """

    def __init__(self, algorithm: str, signing_key: str, verifying_key: str, *args: Any, **kwargs: Any) -> None:
        super().__init__("HS256", COMMON_WORD.ljust(64, "\0"), "", *args, **kwargs)


@cache
def backend(backend_class: type[SigningBackend] = SigningBackend) -> SigningBackend:
    """Return the backend of this class with the keys of the settings, created once."""
    return backend_class(
        api_settings.ALGORITHM,
        api_settings.SIGNING_KEY,
        api_settings.VERIFYING_KEY,
        api_settings.AUDIENCE,
        api_settings.ISSUER,
        leeway=api_settings.LEEWAY,
    )


def is_canonical(token: str) -> bool:
    """Return whether the token has three base64url parts in canonical spelling.

    Decoders ignore "=" at the end and spare bits in the last character (RFC 4648 section 3.5), so without this check
    several texts are the same token.
    """
    parts = token.split(".")
    try:
        return len(parts) == 3 and all(base64url_encode(base64url_decode(part)).decode() == part for part in parts)
    except (ValueError, binascii.Error):
        return False


class StrictTokenMixin:
    """A SimpleJWT token class that raises TokenError for every malformed token, and no other exception."""

    backend_class: type[SigningBackend] = SigningBackend

    def __init__(self, token: str | bytes | None = None, verify: bool = True) -> None:
        if isinstance(token, bytes):
            token = token.decode("latin-1")
        if token is not None and not is_canonical(token):
            raise TokenError(_("This is not a JWT."))
        try:
            super().__init__(token, verify)
        except (RecursionError, OverflowError, ValueError, TypeError, jwt.InvalidTokenError) as error:
            raise TokenError(_("The token is invalid.")) from error

    def get_token_backend(self) -> SigningBackend:
        return backend(self.backend_class)

    def verify(self) -> None:
        super().verify()
        self.check_formats()

    def check_formats(self) -> None:
        """Raise TokenError if a required claim is missing or a claim has another format than CLAIM_FORMATS says."""
        for claim, (kind, pattern) in CLAIM_FORMATS.items():
            value = self.payload.get(claim)
            if (value is None and claim not in REQUIRED) or (type(value) is kind and re.fullmatch(pattern, str(value))):
                continue
            raise TokenError(_("The token is invalid."))


class AccessToken(StrictTokenMixin, tokens.AccessToken):
    """The token that a client sends with every request."""


class UnverifiedAccessToken(AccessToken):
    """WEAK on purpose, for a variant of the lab: check no signature, expiry time or type. Hardened: AccessToken.

    The format of each claim is checked, so that a malformed claim causes no crash.
    """

    backend_class = DecodingBackend

    def verify(self) -> None:
        self.check_formats()


class GuessableAccessToken(AccessToken):
    """WEAK on purpose, for a variant of the lab: its secret is in every word list. Hardened: AccessToken."""

    backend_class = GuessableBackend


class RefreshToken(StrictTokenMixin, tokens.RefreshToken):
    """The token that a client sends to the refresh endpoint only, once."""


class AnyToken(StrictTokenMixin, tokens.UntypedToken):
    """A token of either type, for the verify endpoint."""


class ClaimedUser(TokenUser):
    """A user as the access token's claims describe them, without a query. The claims are as old as the token."""

    @property
    def pk(self) -> int:
        return int(self.token["sub"])

    id = pk

    @property
    def role(self) -> str:
        return self.token.get("role", User.Role.READER)

    @property
    def username(self) -> str:
        return self.token.get("username", "")


def error_code(error: TokenError) -> str:
    """Return a TokenError's code for the response: "token_expired" or "token_invalid"."""
    return "token_expired" if isinstance(error, ExpiredTokenError) else "token_invalid"
