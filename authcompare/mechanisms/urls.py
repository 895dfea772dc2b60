"""URLs of the side-by-side page, of the API's root and documentation, and of the source code."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from authcompare.mechanisms import api_root, source_code, views

urlpatterns = [
    path("", views.side_by_side, name="side-by-side"),
    path("api/", api_root.ApiRoot.as_view(), name="api-root"),
    path("api/protected/", api_root.AnyDoorView.as_view(), name="any-protected"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(), name="docs"),
    path("healthz", api_root.healthz, name="healthz"),
    path("code/style.css", source_code.style, name="code-style"),
    path("code/<str:mechanism>/<str:variant>/<str:endpoint>/<str:method>/", source_code.code, name="code"),
]
