"""URLs of the site. Each app has its own urls.py; mechanisms/urls.py derives those of the mechanisms."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from authcompare.api import exceptions
from authcompare.mechanisms.views import mechanism_page

urlpatterns = [
    path("", include("authcompare.mechanisms.urls")),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=["authcompare"]), name="javascript-catalog"),
    # Before 0.2.0 these models were in the app "authcompare". The targets check that the user is staff.
    re_path(
        r"^admin/authcompare/(?P<rest>(user|sandbox)/.*|)$",
        RedirectView.as_view(url="/admin/accounts/%(rest)s", query_string=True),
    ),
    re_path(
        r"^admin/authcompare/(?P<rest>note/.*)$",
        RedirectView.as_view(url="/admin/note/%(rest)s", query_string=True),
    ),
    path("admin/", admin.site.urls),
    path("experiments/", include("authcompare.experiments.urls")),
    path("comparison/", include("authcompare.comparison.urls")),
    path("glossary/", include("authcompare.learning.urls")),
    path("walkthrough/", include("authcompare.walkthrough.urls")),
    path("classroom/", include("authcompare.classroom.urls")),
    path("<slug:slug>/", mechanism_page, name="mechanism"),  # after all other pages with a one-word path
]
if settings.LAB:
    urlpatterns += [
        path("", include("authcompare.walkthrough.api")),
        path("", include("authcompare.classroom.api")),
        path("", include("authcompare.lab.urls")),
        path("", include("authcompare.experiments.api")),
        path("", include("authcompare.api.recording.urls")),
    ]

handler400 = exceptions.bad_request
handler403 = exceptions.forbidden
handler404 = exceptions.not_found
handler500 = exceptions.server_error
