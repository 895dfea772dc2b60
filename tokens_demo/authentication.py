"""Authentication by a JWT that this server signed."""

from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError

from authcompare.mechanisms.authentication import CredentialAuthentication, UserInactive
from authcompare.mechanisms.transports import BearerTransport, CookieTransport, Credential
from tokens_demo.rotation import is_denied
from tokens_demo.tokens import AccessToken, ClaimedUser, GuessableAccessToken, UnverifiedAccessToken, error_code


class InvalidRequest(APIException):
    """The Authorization header is malformed: status 400 (RFC 6750 section 3.1)."""

    status_code = 400
    default_code = "invalid_request"
    default_detail = _('The Authorization header must contain "Bearer", one space and one token.')
    auth_header = 'Bearer realm="authcompare", error="invalid_request"'


class TokenInvalid(AuthenticationFailed):
    default_code = "token_invalid"
    default_detail = _("This access token is invalid or has expired. Sign in again.")


class TokenExpired(TokenInvalid):
    default_code = "token_expired"


class TokenDenied(AuthenticationFailed):
    default_code = "token_denied"
    default_detail = _("This token has been revoked. Sign in again.")


class TokenPredatesPassword(AuthenticationFailed):
    """The token contains the fingerprint of a password that has been changed."""

    default_code = "password_changed"
    default_detail = _("The password was changed after this token was issued. Sign in again.")


class TokenAuthentication(CredentialAuthentication, JWTAuthentication):
    """Authenticate a request by an access token: verify its signature, then read its user from the database."""

    mechanism = "token"
    transport = BearerTransport()
    raises = (InvalidRequest, TokenInvalid, TokenExpired, UserInactive)
    token_class: type[AccessToken] = AccessToken

    def identify(self, request: Request, credential: Credential) -> tuple[Any, AccessToken] | None:
        text = self.token_text(credential)
        if text is None:
            return None
        try:
            token = self.token_class(text)
        except TokenError as error:
            expired = error_code(error) == TokenExpired.default_code
            raise self.refusal(request, TokenExpired if expired else TokenInvalid) from None
        return self.find_user(request, token), token

    def token_text(self, credential: Credential) -> str | None:
        """Return the token, or None if there is none; raise InvalidRequest if the header is malformed."""
        text = credential.text
        if not text or not text.isascii() or any(character in text for character in " ,\t"):
            raise InvalidRequest
        return text

    def find_user(self, request: Request, token: AccessToken) -> Any:
        """Return the token's user; raise AuthenticationFailed if the user is gone or the token is not accepted."""
        user = self.user_model.objects.filter(pk=int(token["sub"]), is_active=True).first()
        if user is None:
            raise self.refusal(request, UserInactive)
        return user

    def refusal(self, request: Request, error: type[AuthenticationFailed]) -> AuthenticationFailed:
        """Return this error, and note its code for the challenge."""
        request._request.bearer_error = f'error="invalid_token", error_description="{error.default_code}"'
        return error()

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge, with an error code only if a token was presented (RFC 6750 section 3)."""
        error = getattr(request._request, "bearer_error", None)
        return f'Bearer realm="authcompare", {error}' if error else 'Bearer realm="authcompare"'


class StatelessTokenAuthentication(TokenAuthentication):
    """Authenticate a request by the token's claims alone: no query, and no revocation."""

    raises = (InvalidRequest, TokenInvalid, TokenExpired)

    def find_user(self, request: Request, token: AccessToken) -> ClaimedUser:
        if not (token.get("role") and token.get("username")):
            raise self.refusal(request, TokenInvalid)  # another variant's token: it lacks the user's claims
        return ClaimedUser(token)


class RevocableTokenAuthentication(TokenAuthentication):
    """Authenticate a request by a token that is not on the denylist and not older than the user's password."""

    raises = (*TokenAuthentication.raises, TokenDenied, TokenPredatesPassword)

    def find_user(self, request: Request, token: AccessToken) -> Any:
        if is_denied(token["jti"]):
            raise self.refusal(request, TokenDenied)
        user = super().find_user(request, token)
        if not constant_time_compare(str(token.get("password", "")), password_fingerprint(user)):
            raise self.refusal(request, TokenPredatesPassword)
        return user


class CookieTokenAuthentication(TokenAuthentication):
    """Authenticate a request by an access token in an HttpOnly cookie.

    No script can read the token, but the browser also sends it with forged requests: unsafe methods need a CSRF check.
    """

    transport = CookieTransport("ACCESS_COOKIE_NAME")
    raises = (TokenInvalid, TokenExpired, UserInactive)

    def token_text(self, credential: Credential) -> str | None:
        return credential.text or None


class WeakTokenAuthentication(TokenAuthentication):
    """Authenticate sandbox accounts only, in the lab only: the base of the weak variants."""

    def find_user(self, request: Request, token: AccessToken) -> Any:
        user = super().find_user(request, token)
        if not (settings.LAB and user.sandbox_id):
            raise self.refusal(request, TokenInvalid)
        return user


class UnverifiedTokenAuthentication(WeakTokenAuthentication):
    """WEAK on purpose: decode the token without verifying it, so a client can write any user's id into one.

    Hardened: TokenAuthentication.
    """

    raises = (InvalidRequest, TokenInvalid, UserInactive)
    token_class = UnverifiedAccessToken


class GuessableTokenAuthentication(WeakTokenAuthentication):
    """WEAK on purpose: verify the token with a secret that is in every word list. Hardened: TokenAuthentication."""

    token_class = GuessableAccessToken


def password_fingerprint(user: Any) -> str:
    """Return a text that changes with the password and does not reveal it: part of Django's session auth hash."""
    return user.get_session_auth_hash()[:16]
