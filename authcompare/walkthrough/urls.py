"""The addresses of the walkthrough's pages. Whatever else is a single word is a step."""

from django.urls import path

from authcompare.walkthrough import views

urlpatterns = [
    path("", views.overview, name="walkthrough"),
    path("pre-test/", views.test, {"round": "pre"}, name="walkthrough-pre"),
    path("post-test/", views.test, {"round": "post"}, name="walkthrough-post"),
    path("summary/", views.summary, name="walkthrough-summary"),
    path("summary.md", views.summary_file, name="walkthrough-summary-file"),
    path("handout/", views.handout, name="walkthrough-handout"),
    path("<slug:slug>/", views.page, name="walkthrough-step"),
    path("<slug:slug>/notes/", views.notes, name="walkthrough-notes"),
]
