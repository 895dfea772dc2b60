"""URLs of every mechanism, of the side-by-side page, of the API's root and documentation, and of the source code."""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from authcompare.mechanisms import api_root, source_code, views
from authcompare.mechanisms.api import ENDPOINTS
from authcompare.mechanisms.base import Mechanism
from authcompare.mechanisms.registry import mechanisms


def mechanism_urls(mechanism: Mechanism) -> list[URLPattern]:
    """Return the URL patterns of all available variants, named "<slug>-<variant>-<endpoint>", and the extra ones."""
    patterns = [
        path(
            variant.path.lstrip("/") + address,
            view.as_view(variant=variant, authentication_classes=[variant.authentication]),
            name=f"{mechanism.slug}-{variant.slug}-{endpoint}",
        )
        for variant in mechanism.available_variants
        for endpoint, (address, view) in ENDPOINTS.items()
    ]
    return patterns + mechanism.extra_urls


urlpatterns = [
    path("", views.side_by_side, name="side-by-side"),
    path("api/", api_root.ApiRoot.as_view(), name="api-root"),
    path("api/protected/", api_root.AnyDoorView.as_view(), name="any-protected"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(), name="docs"),
    path("healthz", api_root.healthz, name="healthz"),
    path("code/style.css", source_code.style, name="code-style"),
    path("code/<str:mechanism>/<str:variant>/<str:endpoint>/<str:method>/", source_code.code, name="code"),
    *(pattern for mechanism in mechanisms() for pattern in mechanism_urls(mechanism)),
]
