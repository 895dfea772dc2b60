"""Pages of the learning app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from authcompare.learning.glossary import terms_by_letter


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Show every term with its definition and source."""
    return render(request, "learning/glossary.html", {"letters": terms_by_letter()})
