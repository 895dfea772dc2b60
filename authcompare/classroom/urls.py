"""The URLs of the classroom's pages. Any other single word is the join code of a class."""

from django.urls import path

from authcompare.classroom import views

urlpatterns = [
    path("", views.entrance, name="classroom"),
    path("<str:code>/", views.entrance, name="classroom-join"),
    path("<str:code>/screen/", views.screen, name="classroom-screen"),
    path("<str:code>/console/", views.console, name="classroom-console"),
    path("<str:code>/export.<str:kind>", views.export, name="classroom-export"),
]
