"""The comparison's page, and its downloads."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from authcompare.comparison.evidence import WORDS, of_this_server
from authcompare.comparison.exports import FORMATS
from authcompare.comparison.extra_rows import FEW
from authcompare.comparison.recommender import Advice
from authcompare.comparison.table import Comparison
from authcompare.comparison.verdicts import STATES
from authcompare.experiments.registry import all_experiments
from authcompare.mechanisms.source_code import highlighted

DOWNLOADS = [("md", "Markdown"), ("csv", "CSV"), ("json", "JSON")]


@require_safe
@never_cache
@ensure_csrf_cookie
def page(request):
    """Every claim with its verdict and evidence. `?format=` downloads it, `?end=at-once` and others ask for advice."""
    book = of_this_server()
    comparison, advice = Comparison(book), Advice(request.GET, book)
    if "format" in request.GET:
        return download(comparison, request.GET["format"])
    context = {
        "comparison": comparison,
        "advice": advice,
        "recipe": highlighted(advice.best.variant.recipe) if advice.given else "",
        "formats": DOWNLOADS,
        "last_run": max((seen.at for seen in book.values()), default=None),
        "config": {
            "states": STATES,
            "words": WORDS,
            "texts": {tried.slug: texts(tried) for tried in all_experiments() if tried.browser},
            "few": FEW,
            "attacks": {tried.slug: tried.attack for tried in all_experiments() if tried.browser},
        },
    }
    return render(request, "comparison/page.html", context)


def texts(tried):
    return {choice.outcome: choice.text for choice in tried.choices}


def download(comparison, wanted):
    if wanted not in FORMATS:
        raise Http404
    kind, write = FORMATS[wanted]
    return HttpResponse(
        write(comparison),
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="authcompare-comparison.{wanted}"'},
    )
