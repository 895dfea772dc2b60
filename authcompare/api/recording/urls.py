"""URL of a recorded exchange, which exists with LAB=1 only."""

from django.urls import path

from authcompare.api import recording

urlpatterns = [path("wire/<str:id>/", recording.opened, name="wire")]
