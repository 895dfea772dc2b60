"""The addresses of the classroom's pages. Whatever else is a single word is a class's code."""

from django.urls import path

from authcompare.classroom import views

urlpatterns = [
    path("", views.entrance, name="classroom"),
    path("<str:code>/", views.entrance, name="classroom-join"),
    path("<str:code>/screen/", views.screen, name="classroom-screen"),
    path("<str:code>/console/", views.console, name="classroom-console"),
    path("<str:code>/export.<str:kind>", views.export, name="classroom-export"),
]
