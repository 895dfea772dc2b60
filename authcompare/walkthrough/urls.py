"""The addresses of the walkthrough's pages. Whatever else is a single word is a step."""

from django.urls import path

from authcompare.walkthrough import pages

urlpatterns = [
    path("", pages.overview, name="walkthrough"),
    path("pre-test/", pages.test, {"round": "pre"}, name="walkthrough-pre"),
    path("post-test/", pages.test, {"round": "post"}, name="walkthrough-post"),
    path("summary/", pages.summary, name="walkthrough-summary"),
    path("summary.md", pages.summary_file, name="walkthrough-summary-file"),
    path("handout/", pages.handout, name="walkthrough-handout"),
    path("<slug:slug>/", pages.page, name="walkthrough-step"),
    path("<slug:slug>/notes/", pages.notes, name="walkthrough-notes"),
]
