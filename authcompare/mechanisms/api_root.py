"""The root of the API, the resource behind all doors at once, and whether this server is well."""

from django.conf import settings
from django.db import connection
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.api.openapi.operations import Operation
from authcompare.api.openapi.serializers import Root
from authcompare.lab import api
from authcompare.mechanisms import openapi
from authcompare.mechanisms.api import ENDPOINTS
from authcompare.mechanisms.registry import mechanisms, variants
from authcompare.mechanisms.renderers import endpoints
from authcompare.note.api import NoteView


class ApiRoot(APIView):
    """All doors to the one resource, and where each of their endpoints is."""

    name = _("All doors")
    description = _(
        "Every door to the one private note, with the addresses of its endpoints. Each can be tried right here."
    )
    operations = {"GET": Operation(_("List the doors"), gives={200: Root})}
    browsable_template = "rest_framework/root.html"

    def overview(self):
        """All pages of the API, as the root's own page shows them: [{"title", "shape", "doors": [{"title", "summary",
        "lab", "pages": [(address, title)]}]}]."""
        for mechanism in mechanisms():
            doors = [
                {"title": door.title, "summary": door.summary, "lab": door.lab, "pages": endpoints(door)}
                for door in mechanism.available_variants
            ]
            extra = pages(mechanism.extra_urls)
            if extra:
                doors.append({"title": openapi.extras(mechanism), "pages": extra})
            yield {"title": mechanism.title, "shape": mechanism.shape, "doors": doors}
        any_door = {"title": AnyDoorView.name, "pages": [(reverse("any-protected"), _("The private note"))]}
        document = (f"{reverse('schema')}?format=json", _("OpenAPI document"))
        described = {
            "title": _("Described"),
            "summary": _("All of this as one OpenAPI document, and as pages to read and try."),
            "pages": [(reverse("docs"), _("Documentation")), document],
        }
        weak = {
            "title": _("The lab"),
            "summary": _("Throwaway accounts, and copies of credentials."),
            "pages": pages(api.urlpatterns),
        }
        yield {"title": _("All doors at once"), "doors": [any_door, described, *([weak] if settings.LAB else [])]}

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
                        "carrier": variant.transport.header,
                        **{
                            endpoint: request.build_absolute_uri(variant.path + address)
                            for endpoint, (address, __) in ENDPOINTS.items()
                            if "<" not in address
                        },
                    }
                    for variant in variants()
                ],
            }
        )


def pages(patterns):
    """Those of these URL patterns that are views of the API: [(address, title)]."""
    views = ((f"/{pattern.pattern}", getattr(pattern.callback, "cls", None)) for pattern in patterns)
    return [(address, view.name) for address, view in views if hasattr(view, "operations")]


class AnyDoorView(NoteView):
    """The protected resource behind every mechanism's default door. The first in order that finds a credential of
    its own decides, and the Authenticated-By header names it."""

    name = _("The note, by any door")
    description = _(
        "The same note behind every mechanism's default door at once. The first in order that finds a credential of "
        "its own decides, and the Authenticated-By header names it."
    )

    @property
    def doors(self):
        return [mechanism.default for mechanism in mechanisms()]

    def get_authenticators(self):
        return [door.authentication() for door in self.doors]

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
