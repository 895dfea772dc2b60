"""Who is asking? Whoever the token says, if the token is ours."""

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError

from authcompare.authentication import Door
from authcompare.carrier import BearerCarrier, CookieCarrier
from tokens_demo.issuing import denied
from tokens_demo.tokens import AccessToken, ClaimedUser, reason


class InvalidRequest(APIException):
    """RFC 6750 section 3.1: a request that is malformed, or presents its token in more than one way, is a 400."""

    status_code = 400
    default_code = "invalid_request"
    default_detail = _("The Authorization header must read: Bearer, one space, one token.")


class TokenAuthentication(Door, JWTAuthentication):
    """Believes a signature of its own; then asks the database whether the user is still there."""

    mechanism = "token"
    carrier = BearerCarrier()

    def identify(self, request):
        raw = self.presented(request)
        if raw is None:
            return None
        try:
            token = AccessToken(raw)
        except TokenError as error:
            raise self.refusal(request, reason(error), _("This access token is not valid, or not any more.")) from None
        user = self.find_user(request, token)
        return user, token

    def presented(self, request):
        """The token in the Authorization header, as text; None when there is none for us."""
        found = self.carrier.extract(request)
        if not found:
            return None
        if not found[0] or not found[0].isascii() or any(c in found[0] for c in " ,\t"):
            request._request.bearer_error = 'error="invalid_request"'
            raise InvalidRequest
        return found[0]

    def find_user(self, request, token):
        user = self.user_model.objects.filter(pk=int(token["sub"]), is_active=True).first()
        if user is None:
            raise self.refusal(request, "user_inactive", _("This user can not sign in any more."))
        return user

    def refusal(self, request, code, detail):
        request._request.bearer_error = f'error="invalid_token", error_description="{code}"'
        return AuthenticationFailed(detail, code=code)

    def authenticate_header(self, request):
        """RFC 6750 section 3: no error code where no token was presented."""
        found = getattr(request._request, "bearer_error", None)
        return f'Bearer realm="authcompare", {found}' if found else 'Bearer realm="authcompare"'


class StatelessTokenAuthentication(TokenAuthentication):
    """Believes everything in the token and asks nobody: no query, and no way to take a token back."""

    def find_user(self, request, token):
        if "role" not in token or "username" not in token:
            raise self.refusal(request, "token_invalid", _("This token does not say enough to be believed unasked."))
        return ClaimedUser(token)


class RevocableTokenAuthentication(TokenAuthentication):
    """Believes no token on the denylist, and none from before the user's password changed."""

    def find_user(self, request, token):
        if denied(token["jti"]):
            raise self.refusal(request, "token_denied", _("This token has been taken back."))
        user = super().find_user(request, token)
        if not constant_time_compare(str(token.get("password", "")), password_mark(user)):
            raise self.refusal(request, "password_changed", _("The password has changed since this token was issued."))
        return user


class CookieTokenAuthentication(TokenAuthentication):
    """The same token in an HttpOnly cookie: no script can read it, and so the browser sends it for anybody (see Door)."""

    carrier = CookieCarrier("ACCESS_COOKIE_NAME")

    def presented(self, request):
        return request.COOKIES.get(settings.ACCESS_COOKIE_NAME) or None


def password_mark(user):
    """Changes with the password, and tells nothing of it: what Django's sessions hold for the same purpose."""
    return user.get_session_auth_hash()[:16]
