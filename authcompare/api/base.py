"""What every view of the API shares."""

from rest_framework.exceptions import APIException
from rest_framework.views import APIView

from authcompare.api import recording


class Endpoint(APIView):
    """No cache keeps its answer, the answer says which mechanism decided, and the wire sees its steps.

    A cache that kept an answer would hand one user's note to another (RFC 9111 section 5.2.2.5).
    """

    recorded = False  # are its exchanges worth keeping on the wire?
    variant = None  # the door it belongs to, if it belongs to one

    def presented(self, request):
        """The credential that this request brings, as text, or None."""
        credential = self.variant.transport.read(request._request) if self.variant else None
        return credential.text if credential else None

    def initial(self, request, *args, **kwargs):
        trace = recording.current()
        if trace and self.recorded:
            trace.record(request._request, self.variant, self.presented(request))
        super().initial(request, *args, **kwargs)
        if trace:
            trace.begin("view", f"{type(self).__name__}.{request.method.lower()}")

    def perform_authentication(self, request):
        doors = request.authenticators
        with recording.step("authentication", " → ".join(type(door).__name__ for door in doors)) as facts:
            super().perform_authentication(request)
            facts["found"] = str(request.user) if doors else ""

    def check_permissions(self, request):
        with recording.step("permission", ", ".join(type(p).__name__ for p in self.get_permissions())):
            super().check_permissions(request)

    def check_throttles(self, request):
        with recording.step("throttle", ", ".join(type(t).__name__ for t in self.get_throttles())):
            super().check_throttles(request)

    def handle_exception(self, error):
        trace = recording.current()
        if trace and isinstance(error, APIException):
            codes = error.get_codes()
            trace.end(refused=codes if isinstance(codes, str) else "invalid")
        return super().handle_exception(error)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Authenticated-By"] = getattr(request, "authenticated_by", "none")
        trace = recording.current()
        if trace and hasattr(response, "add_post_render_callback"):
            trace.begin("render", type(getattr(response, "accepted_renderer", None)).__name__)
            response.add_post_render_callback(lambda response: trace.begin("middleware", "outward"))
        return response
