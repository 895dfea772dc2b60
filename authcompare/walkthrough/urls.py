"""The URLs of the walkthrough's pages. Any other single word is the slug of a step."""

from django.urls import path

from authcompare.walkthrough import views

urlpatterns = [
    path("", views.overview, name="walkthrough"),
    path("pre-test/", views.test, {"name": "pre"}, name="walkthrough-pre"),
    path("post-test/", views.test, {"name": "post"}, name="walkthrough-post"),
    path("summary/", views.summary, name="walkthrough-summary"),
    path("summary.md", views.summary_file, name="walkthrough-summary-file"),
    path("handout/", views.handout, name="walkthrough-handout"),
    path("<slug:slug>/", views.page, name="walkthrough-step"),
    path("<slug:slug>/notes/", views.notes, name="walkthrough-notes"),
]
