"""The root of the API, the resource behind all doors at once, and whether this server is well."""

from django.db import connection
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.functional import classproperty
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.doors import ENDPOINTS
from authcompare.mechanism import mechanisms, variants
from authcompare.resource import ProtectedView


class ApiRoot(APIView):
    """All doors to the one resource, and where each of their endpoints is."""

    def get(self, request):
        get_token(request)  # every client gets its CSRF token here, if nowhere else
        return Response(
            {
                "protected": request.build_absolute_uri(reverse("any-protected")),
                "schema": request.build_absolute_uri(reverse("schema")),
                "docs": request.build_absolute_uri(reverse("docs")),
                "doors": [
                    {
                        "mechanism": variant.mechanism.name,
                        "variant": variant.slug,
                        "title": str(variant.title),
                        "summary": str(variant.summary),
                        "lab": variant.lab,
                        "carrier": variant.carrier.header,
                        **{
                            endpoint: request.build_absolute_uri(variant.path + address)
                            for endpoint, (address, _) in ENDPOINTS.items()
                            if "<" not in address
                        },
                    }
                    for variant in variants()
                ],
            }
        )


class AnyDoorView(ProtectedView):
    """The protected resource behind every mechanism's default door. The first in order that finds a credential of
    its own decides, and the Authenticated-By header names it."""

    @classproperty
    def authentication_classes(cls):
        return [mechanism.default.authentication for mechanism in mechanisms()]

    def get_authenticate_header(self, request):
        """All challenges, since each of them would do (RFC 9110 section 11.6.1)."""
        return ", ".join(door.authenticate_header(request) for door in self.get_authenticators())


@require_safe
@never_cache
def healthz(request):
    """200 when this server can answer and its database too; for load balancers and the demo's own start."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
