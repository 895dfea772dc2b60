"""All addresses. Those of the mechanisms come from the registry: none is named here."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from authcompare.api import exceptions, recording
from authcompare.comparison import views as comparison
from authcompare.experiments import views as experiments
from authcompare.learning import views as learning
from authcompare.mechanisms import api_root, source_code, views
from authcompare.mechanisms.registry import mechanisms

urlpatterns = [
    path("", views.side_by_side, name="side-by-side"),
    path("api/", api_root.ApiRoot.as_view(), name="api-root"),
    path("api/protected/", api_root.AnyDoorView.as_view(), name="any-protected"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(), name="docs"),
    path("healthz", api_root.healthz, name="healthz"),
    path("code/style.css", source_code.style, name="code-style"),
    path("code/<str:mechanism>/<str:variant>/<str:endpoint>/<str:method>/", source_code.code, name="code"),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=["authcompare"]), name="javascript-catalog"),
    path("admin/", admin.site.urls),
    *(pattern for mechanism in mechanisms() for pattern in mechanism.urls),
    path("experiments/", experiments.index, name="experiments"),
    path("experiments/<slug:slug>/", experiments.page, name="experiment"),
    path("comparison/", comparison.page, name="comparison"),
    path("glossary/", learning.glossary, name="glossary"),
    path("walkthrough/", include("authcompare.walkthrough.urls")),
    path("classroom/", include("authcompare.classroom.urls")),
    path("<slug:slug>/", views.mechanism_page, name="mechanism"),
]
if settings.LAB:
    urlpatterns += [path("", include("authcompare.walkthrough.api")), path("", include("authcompare.classroom.api"))]
    urlpatterns += [path("", include("authcompare.lab.urls")), path("", include("authcompare.experiments.api"))]
    urlpatterns += [path("wire/<str:id>/", recording.opened, name="wire")]

handler400 = exceptions.bad_request
handler403 = exceptions.forbidden
handler404 = exceptions.not_found
handler500 = exceptions.server_error
