"""URLs of the experiments' pages."""

from django.urls import path

from authcompare.experiments import views

urlpatterns = [
    path("", views.index, name="experiments"),
    path("<slug:slug>/", views.page, name="experiment"),
]
