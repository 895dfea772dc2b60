"""Permission that every view can use whose credential the browser sends by itself."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from authcompare.mechanisms.authentication import CSRFFailed, require_csrf_token


class HasCSRFToken(BasePermission):
    """Require the CSRF token of every request that changes something."""

    message = CSRFFailed.default_detail
    code = CSRFFailed.default_code

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method not in SAFE_METHODS:
            require_csrf_token(request._request)
        return True
