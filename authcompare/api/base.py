"""The base class of every view of the API."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.api import recording


class Endpoint(APIView):
    """A view whose responses no cache keeps, and whose steps the recorder sees.

    A cache that kept a response would hand one user's note to another (RFC 9111 section 5.2.2.5). The
    Authenticated-By header names the mechanism that decided.
    """

    recorded: bool = False  # does the recorder keep its exchanges?
    variant: Any = None  # the variant that it belongs to, if any

    def get_readers(self) -> list[BaseAuthentication]:
        """Return the authenticators whose credentials this view reads, through DRF or by itself."""
        return self.get_authenticators()

    @property
    def requires_credential(self) -> bool:
        """Return whether a request without a valid credential is refused."""
        return any(isinstance(permission, IsAuthenticated) for permission in self.get_permissions())

    def presented(self, request: Request) -> str | None:
        """Return the credential that this request presents, as text, or None."""
        credential = self.variant.transport.read(request._request) if self.variant else None
        return credential.text if credential else None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        trace = recording.current()
        if trace and self.recorded:
            trace.record(request._request, self.variant, self.presented(request))
        super().initial(request, *args, **kwargs)
        if trace:
            trace.begin("view", f"{type(self).__name__}.{request.method.lower()}")

    def perform_authentication(self, request: Request) -> None:
        names = [type(authenticator).__name__ for authenticator in request.authenticators]
        with recording.step("authentication", " → ".join(names)) as facts:
            super().perform_authentication(request)
            facts["found"] = str(request.user) if names else ""

    def check_permissions(self, request: Request) -> None:
        with recording.step("permission", ", ".join(type(p).__name__ for p in self.get_permissions())):
            super().check_permissions(request)

    def check_throttles(self, request: Request) -> None:
        with recording.step("throttle", ", ".join(type(t).__name__ for t in self.get_throttles())):
            super().check_throttles(request)

    def handle_exception(self, error: Exception) -> Response:
        trace = recording.current()
        if trace and isinstance(error, APIException):
            codes = error.get_codes()
            trace.end(refused=codes if isinstance(codes, str) else "invalid")
        return super().handle_exception(error)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Authenticated-By"] = getattr(request, "authenticated_by", "none")
        trace = recording.current()
        if trace and hasattr(response, "add_post_render_callback"):
            trace.begin("render", type(getattr(response, "accepted_renderer", None)).__name__)
            response.add_post_render_callback(lambda response: trace.begin("middleware", "outward"))
        return response
