"""What every door's authentication class shares: who decided, no ambiguity, and CSRF for cookies."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import CSRFCheck
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied


class AmbiguousCredential(APIException):
    """The same credential cookie twice in one request: somebody planted one of them, and nobody can tell which."""

    status_code = 400
    default_code = "ambiguous_credential"
    default_detail = _("This request carries the same credential more than once, so none of them is believed.")


class CSRFFailed(PermissionDenied):
    default_code = "csrf_failed"
    default_detail = _("The CSRF token is missing or wrong: send the ac_csrf cookie's value as X-CSRFToken.")


class UserInactive(AuthenticationFailed):
    default_code = "user_inactive"
    default_detail = _("This user can not sign in any more.")


def require_csrf_token(request):
    """Refuse with 403 unless this request proves that a page of this site sent it.

    DRF exempts its views from Django's CSRF middleware, so doors whose credential the browser attaches by itself ask
    here (https://docs.djangoproject.com/en/5.2/ref/csrf/, and DRF's SessionAuthentication).
    """
    check = CSRFCheck(lambda request: None)
    check.process_request(request)
    if check.process_view(request, None, (), {}):
        raise CSRFFailed


class CredentialAuthentication:
    """Mixed into each mechanism's authentication class, in front of DRF's or SimpleJWT's.

    A subclass says `mechanism` (its name) and `carrier`; its own story is in `identify`, which returns
    (user, credential), or None when nothing of this kind was presented, or raises AuthenticationFailed.
    """

    mechanism: str
    transport = None
    raises = ()  # the exceptions with which it refuses a credential that it knows but does not believe
    csrf = True  # checked on unsafe methods, and only where the carrier is ambient

    def authenticate(self, request):
        try:
            if len(self.transport.extract(request)) > 1:
                raise AmbiguousCredential
            found = self.identify(request)
            if found and self.transport.ambient and self.csrf:
                require_csrf_token(request._request)
        except APIException:
            request._request.authenticated_by = self.mechanism
            raise
        if found:
            request._request.authenticated_by = self.mechanism
        return found

    def identify(self, request):
        raise NotImplementedError

    def authenticate_header(self, request):
        """The challenge of a 401, which without one would be a 403. The scheme is no registered one, except Bearer: it
        tells where to look."""
        return f'{self.mechanism.title()} realm="authcompare"'
