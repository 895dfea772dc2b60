"""The addresses of the classroom's pages. Whatever else is a single word is a class's code."""

from django.urls import path

from authcompare.classroom import pages

urlpatterns = [
    path("", pages.entrance, name="classroom"),
    path("<str:code>/", pages.entrance, name="classroom-join"),
    path("<str:code>/screen/", pages.screen, name="classroom-screen"),
    path("<str:code>/console/", pages.console, name="classroom-console"),
    path("<str:code>/export.<str:kind>", pages.export, name="classroom-export"),
]
