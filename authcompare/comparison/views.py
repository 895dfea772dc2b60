"""The comparison's page, and its downloads."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from authcompare.comparison.exports import FORMATS
from authcompare.comparison.recommender import Advice
from authcompare.comparison.table import Comparison
from authcompare.experiments.observations import observations
from authcompare.mechanisms.source_code import highlighted

DOWNLOADS = [("md", "Markdown"), ("csv", "CSV"), ("json", "JSON")]


@require_safe
@never_cache
@ensure_csrf_cookie
def page(request):
    """Show every statement with its verdict and evidence.

    `?format=` downloads it; `?end=at-once` and other answers ask for a recommendation.
    """
    observed = observations(request)
    comparison, advice = Comparison(observed), Advice(request.GET, observed)
    if "format" in request.GET:
        return download(comparison, request.GET["format"])
    context = {
        "comparison": comparison,
        "advice": advice,
        "recipe": highlighted(advice.best.variant.recipe) if advice.has_answers else "",
        "formats": DOWNLOADS,
        "last_run": max((each.observed_at for each in observed.values()), default=None),
    }
    return render(request, "comparison/page.html", context)


def download(comparison, format):
    if format not in FORMATS:
        raise Http404
    content_type, write = FORMATS[format]
    return HttpResponse(
        write(comparison),
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="authcompare-comparison.{format}"'},
    )
