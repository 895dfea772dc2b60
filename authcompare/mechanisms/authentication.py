"""The base of all authentication classes: one credential per request, CSRF for cookies, the mechanism's name."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import CSRFCheck
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from authcompare.mechanisms.transports import Credential, Transport

WRONG_ORIGIN = REASON_BAD_ORIGIN.partition("%")[0]


class AmbiguousCredential(APIException):
    """One credential cookie twice in a request: an attacker may have planted one, and the server cannot tell which."""

    status_code = 400
    default_code = "ambiguous_credential"
    default_detail = _("The request carries the same credential cookie more than once. Delete the extra cookie.")


class CSRFFailed(PermissionDenied):
    """The request changes something, travels with a cookie, and does not prove that a page of this site sent it."""

    default_code = "csrf_failed"
    default_detail = _("The CSRF token is missing or wrong: send the ac_csrf cookie's value as X-CSRFToken.")


class UserInactive(AuthenticationFailed):
    """The credential is valid, but its user is deactivated or deleted."""

    default_code = "user_inactive"
    default_detail = _("This user is deactivated or does not exist any more.")


def require_csrf_token(request: HttpRequest) -> None:
    """Raise CSRFFailed with the reason, unless a page of this site sent this request.

    DRF exempts its views from Django's CSRF middleware, so variants with a cookie call this themselves
    (https://docs.djangoproject.com/en/5.2/ref/csrf/, and DRF's SessionAuthentication).
    """

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    check = CSRFCheck(view)
    check.process_request(request)
    reason = check.process_view(request, view, (), {})
    if reason and str(reason).startswith(WRONG_ORIGIN):
        detail = _("Origin %(origin)s is not trusted: add it to CSRF_TRUSTED_ORIGINS.")
        raise CSRFFailed(detail % {"origin": request.META["HTTP_ORIGIN"]})
    if reason:
        raise CSRFFailed


class CredentialAuthentication:
    """Mixin for a mechanism's authentication class, before DRF's or SimpleJWT's class.

    A subclass sets `mechanism` and `transport`, and implements `identify`.
    """

    mechanism: str  # the mechanism's name
    transport: Transport
    raises: tuple[type[APIException], ...] = ()  # the exceptions with which `identify` refuses a credential
    csrf = True  # check unsafe methods; it applies only if the transport is sent automatically

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return (user, verified credential), or None without a credential; raise APIException to refuse it."""
        http_request: Any = request._request
        try:
            credential = self.transport.read(http_request)
            if credential is None:
                return None
            if credential.is_ambiguous:
                raise AmbiguousCredential
            identity = self.identify(request, credential)
            if identity is None:
                return None
            if self.transport.sent_automatically and self.csrf:
                require_csrf_token(http_request)
        except APIException:
            http_request.authenticated_by = self.mechanism
            raise
        http_request.authenticated_by = self.mechanism
        http_request.credential = replace(credential, verified=identity[1])
        return identity

    def identify(self, request: Request, credential: Credential) -> tuple[Any, Any] | None:
        """Return the credential's user, and what was verified about it; None if this is not a valid credential."""
        raise NotImplementedError

    def authenticate_header(self, request: Request) -> str:
        """Return the 401's challenge: without one, DRF answers 403. Only Bearer is a registered scheme."""
        return f'{self.mechanism.title()} realm="authcompare"'
