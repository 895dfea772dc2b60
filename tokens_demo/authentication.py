"""Who is asking? Whoever the token says, if the token is ours."""

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError

from authcompare.mechanisms.authentication import CredentialAuthentication, UserInactive
from authcompare.mechanisms.transports import BearerTransport, CookieTransport
from tokens_demo.rotation import denied
from tokens_demo.tokens import AccessToken, ClaimedUser, GuessableToken, UnverifiedToken, reason


class InvalidRequest(APIException):
    """RFC 6750 section 3.1: a request that is malformed, or presents its token in more than one way, is a 400."""

    status_code = 400
    default_code = "invalid_request"
    default_detail = _("The Authorization header must read: Bearer, one space, one token.")
    auth_header = 'Bearer realm="authcompare", error="invalid_request"'


class TokenInvalid(AuthenticationFailed):
    default_code = "token_invalid"
    default_detail = _("This access token is not valid, or not any more.")


class TokenExpired(TokenInvalid):
    default_code = "token_expired"


class TokenDenied(AuthenticationFailed):
    default_code = "token_denied"
    default_detail = _("This token has been taken back.")


class PasswordChanged(AuthenticationFailed):
    default_code = "password_changed"
    default_detail = _("The password has changed since this token was issued.")


class TokenAuthentication(CredentialAuthentication, JWTAuthentication):
    """Believes a signature of its own; then asks the database whether the user is still there."""

    mechanism = "token"
    transport = BearerTransport()
    raises = (InvalidRequest, TokenInvalid, TokenExpired, UserInactive)
    token_class = AccessToken

    def identify(self, request):
        raw = self.presented(request)
        if raw is None:
            return None
        try:
            token = self.token_class(raw)
        except TokenError as error:
            expired = reason(error) == TokenExpired.default_code
            raise self.refusal(request, TokenExpired if expired else TokenInvalid) from None
        user = self.find_user(request, token)
        return user, token

    def presented(self, request):
        """The token in the Authorization header, as text; None when there is none for us."""
        found = self.transport.extract(request)
        if not found:
            return None
        if not found[0] or not found[0].isascii() or any(c in found[0] for c in " ,\t"):
            raise InvalidRequest
        return found[0]

    def find_user(self, request, token):
        user = self.user_model.objects.filter(pk=int(token["sub"]), is_active=True).first()
        if user is None:
            raise self.refusal(request, UserInactive)
        return user

    def refusal(self, request, refused):
        request._request.bearer_error = f'error="invalid_token", error_description="{refused.default_code}"'
        return refused()

    def authenticate_header(self, request):
        """RFC 6750 section 3: no error code where no token was presented."""
        found = getattr(request._request, "bearer_error", None)
        return f'Bearer realm="authcompare", {found}' if found else 'Bearer realm="authcompare"'


class StatelessTokenAuthentication(TokenAuthentication):
    """Believes everything in the token and asks nobody: no query, and no way to take a token back."""

    raises = (InvalidRequest, TokenInvalid, TokenExpired)

    def find_user(self, request, token):
        if not (token.get("role") and token.get("username")):
            raise self.refusal(request, TokenInvalid)  # it does not say enough to be believed unasked
        return ClaimedUser(token)


class RevocableTokenAuthentication(TokenAuthentication):
    """Believes no token on the denylist, and none from before the user's password changed."""

    raises = (*TokenAuthentication.raises, TokenDenied, PasswordChanged)

    def find_user(self, request, token):
        if denied(token["jti"]):
            raise self.refusal(request, TokenDenied)
        user = super().find_user(request, token)
        if not constant_time_compare(str(token.get("password", "")), password_mark(user)):
            raise self.refusal(request, PasswordChanged)
        return user


class CookieTokenAuthentication(TokenAuthentication):
    """The same token in an HttpOnly cookie: no script can read it, but the browser sends it for anybody (see Door)."""

    transport = CookieTransport("ACCESS_COOKIE_NAME")
    raises = (TokenInvalid, TokenExpired, UserInactive)

    def presented(self, request):
        return request.COOKIES.get(settings.ACCESS_COOKIE_NAME) or None


class WeakTokenAuthentication(TokenAuthentication):
    """What the weak doors share: they open in the lab only, and for sandbox accounts only."""

    def find_user(self, request, token):
        user = super().find_user(request, token)
        if not (settings.LAB and user.sandbox_id):
            raise self.refusal(request, TokenInvalid)
        return user


class UnverifiedTokenAuthentication(WeakTokenAuthentication):
    """WEAK on purpose: decodes the token and takes that for verifying it, so that whoever writes another user's id
    into one is that user. The hardened twin is TokenAuthentication."""

    raises = (InvalidRequest, TokenInvalid, UserInactive)
    token_class = UnverifiedToken


class GuessableTokenAuthentication(WeakTokenAuthentication):
    """WEAK on purpose: verifies everything, with a secret that anybody finds in a list of words. The hardened twin is
    TokenAuthentication."""

    token_class = GuessableToken


def password_mark(user):
    """Changes with the password, and tells nothing of it: what Django's sessions hold for the same purpose."""
    return user.get_session_auth_hash()[:16]
