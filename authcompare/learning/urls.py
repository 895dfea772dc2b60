"""URL of the glossary page."""

from django.urls import path

from authcompare.learning import views

urlpatterns = [path("", views.glossary, name="glossary")]
