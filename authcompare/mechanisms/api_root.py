"""The root of the API, the note behind every mechanism at once, and the health check."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.api.openapi.serializers import Root
from authcompare.mechanisms import openapi
from authcompare.mechanisms.api import ENDPOINTS
from authcompare.mechanisms.registry import mechanisms, variants
from authcompare.mechanisms.renderers import endpoints
from authcompare.note.api import NoteView


class ApiRoot(APIView):
    """All variants, and the URLs of their endpoints."""

    name = _("All doors")
    description = _("Every door to the one private note, with the URLs of its endpoints. Each page has a form.")
    browsable_template = "rest_framework/root.html"

    def overview(self) -> Iterator[dict[str, Any]]:
        """Yield all pages of the API in their groups, for the root's own page."""
        for mechanism in mechanisms():
            listed = [
                {"title": variant.title, "summary": variant.summary, "lab": variant.lab, "pages": endpoints(variant)}
                for variant in mechanism.available_variants
            ]
            extra = list(pages(mechanism.extra_urls))
            if extra:
                listed.append({"title": openapi.extras(mechanism), "pages": extra})
            yield {"title": mechanism.title, "shape": mechanism.shape, "variants": listed}
        every = {"title": AnyDoorView.name, "pages": [(reverse("any-protected"), _("The private note"))]}
        described = {
            "title": _("Description"),
            "summary": _("The whole API as one OpenAPI document, and as pages to read and try."),
            "pages": [
                (reverse("docs"), _("Documentation")),
                (f"{reverse('schema')}?format=json", _("OpenAPI document")),
            ],
        }
        lab = {
            "title": _("The lab"),
            "summary": _("Sandbox accounts, and copies of credentials."),
            "pages": [page for page in pages(get_resolver().url_patterns) if page[0].startswith("/lab/")],
        }
        groups = [every, described, lab] if settings.LAB else [every, described]
        yield {"title": _("All doors at once"), "variants": groups}

    @extend_schema(summary=_("List the doors"), responses={200: Root})
    def get(self, request: Request) -> Response:
        get_token(request)  # gives every client a CSRF token
        url = request.build_absolute_uri
        root = {
            "protected": url(reverse("any-protected")),
            "schema": url(reverse("schema")),
            "docs": url(reverse("docs")),
            "doors": [
                {
                    "mechanism": variant.mechanism.name,
                    "variant": variant.slug,
                    "title": variant.title,
                    "summary": variant.summary,
                    "lab": variant.lab,
                    "carrier": variant.transport.header,
                    **{name: url(variant.path + address) for name, (address, _view) in ENDPOINTS.items()},
                }
                for variant in variants()
            ],
        }
        return Response(Root(root).data)


def pages(patterns: Iterable[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, str]]:
    """Yield URL and title of the API's views among these URL patterns, unless the URL has parameters."""
    for pattern in patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, address)
        elif issubclass(getattr(pattern.callback, "cls", object), APIView) and "<" not in address:
            yield address, getattr(pattern.callback.cls, "name", "")


class AnyDoorView(NoteView):
    """The note behind every mechanism's default variant; the first that finds its credential decides."""

    name = _("The note, by any door")
    description = _(
        "The same note behind every mechanism's default door. The first mechanism that finds its credential decides, "
        "and the Authenticated-By header names it."
    )

    def get_authenticators(self) -> list:
        return [mechanism.default.authentication() for mechanism in mechanisms()]

    def get_authenticate_header(self, request: Request) -> str:
        """Return all challenges, since the client may answer any (RFC 9110 section 11.6.1)."""
        return ", ".join(each.authenticate_header(request) for each in self.get_authenticators())


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 when the server and its database answer; for load balancers and the start of the demo."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
