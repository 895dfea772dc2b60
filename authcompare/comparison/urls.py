"""URL of the comparison page."""

from django.urls import path

from authcompare.comparison import views

urlpatterns = [path("", views.page, name="comparison")]
