"""URL of a recorded exchange, which exists with LAB=1 only."""

from django.urls import path

from authcompare.api.recording.api import exchange

urlpatterns = [path("wire/<str:id>/", exchange, name="wire")]
